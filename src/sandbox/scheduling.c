/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/scheduling.h"

#include <errno.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"

#define BITS_PER_LONG (8 * sizeof(unsigned long))
#define CPU_MAX 8192  /* the kernel's own limit */
#define NODE_MAX 1024 /* likewise */

int scheduling_set_nice(int level) {
        struct rlimit limit;
        int nearest, present;

        if (setpriority(PRIO_PROCESS, 0, level) == 0)
                return SCHEDULING_SET;
        if (errno != EACCES && errno != EPERM)
                return err_new(-errno);
        if (getrlimit(RLIMIT_NICE, &limit) < 0)
                return err_new(-errno);
        nearest = limit.rlim_cur > 40 ? -20 : 20 - (int)limit.rlim_cur; /* getrlimit(2) */
        errno = 0;
        present = getpriority(PRIO_PROCESS, 0);
        if (errno != 0)
                return err_new(-errno);
        if (nearest < present && setpriority(PRIO_PROCESS, 0, nearest) < 0)
                return err_new(-errno);
        return SCHEDULING_NEAREST;
}

int scheduling_set_cpu_policy(int policy, int priority, bool reset_on_fork) {
        struct sched_param parameter = { .sched_priority = priority };

        if (reset_on_fork)
                policy |= SCHED_RESET_ON_FORK;
        /* Not sched_setscheduler(3): musl leaves it out. */
        return syscall(SYS_sched_setscheduler, 0, policy, &parameter) < 0 ? err_new(-errno) : 0;
}

/* Bits of `set` below `limit` as the kernel wants them; returns the highest bit plus one. */
static unsigned to_kernel_mask(const BitSet *set, unsigned limit, unsigned long *mask) {
        unsigned n_bits = 0;

        for (unsigned bit = 0; bit < limit; bit++) {
                if (!bit_set_has(set, bit))
                        continue;
                mask[bit / BITS_PER_LONG] |= 1UL << bit % BITS_PER_LONG;
                n_bits = bit + 1;
        }
        return n_bits;
}

int scheduling_set_affinity(const BitSet *cpus) {
        unsigned long mask[CPU_MAX / BITS_PER_LONG] = { 0 };

        to_kernel_mask(cpus, MIN(CPU_MAX, cpus->n_words * 64), mask);
        return syscall(SYS_sched_setaffinity, 0, sizeof(mask), mask) < 0 ? err_new(-errno) : 0;
}

int scheduling_set_memory_policy(int policy, const BitSet *nodes) {
        unsigned long mask[NODE_MAX / BITS_PER_LONG] = { 0 };
        unsigned n_bits = 0;

        if (nodes)
                n_bits = to_kernel_mask(nodes, MIN(NODE_MAX, nodes->n_words * 64), mask);
        /* The kernel reads one bit less than it is told (set_mempolicy(2), "Bugs"). */
        if (syscall(SYS_set_mempolicy, policy, n_bits ? mask : NULL, n_bits ? n_bits + 1 : 0) == 0)
                return 0;
        return err_new(errno == ENOSYS ? -EOPNOTSUPP : -errno);
}

static int add_bit(BitSet *set, unsigned bit) {
        if (bit / 64 >= set->n_words) {
                unsigned n = bit / 64 + 1;
                uint64_t *words = reallocarray(set->words, n, sizeof(*words));

                if (!words)
                        return err_new(-ENOMEM);
                memset(words + set->n_words, 0, (n - set->n_words) * sizeof(*words));
                set->words = words;
                set->n_words = n;
        }
        set->words[bit / 64] |= UINT64_C(1) << bit % 64;
        return 0;
}

/* "0-3,8" as the kernel prints it. */
static int add_ranges(Str list, BitSet *set) {
        Str part;

        list = str_trim(list);
        while (str_next_part(&list, ',', &part)) {
                ssize_t dash = str_find_char(part, '-');
                Str last = dash < 0 ? part
                                    : (Str){ part.data + dash + 1, part.length - (size_t)dash - 1 };
                uint32_t from, to;

                if (dash >= 0)
                        part.length = (size_t)dash;
                if (part.length == 0)
                        continue;
                if (parse_u32(part, &from) < 0 || parse_u32(last, &to) < 0 || to >= CPU_MAX)
                        return err_new(-EBADMSG);
                for (; from <= to; from++) {
                        int r = add_bit(set, from);

                        if (r < 0)
                                return err_pass(r);
                }
        }
        return 0;
}

int scheduling_cpus_of_nodes(const BitSet *nodes, BitSet *cpus) {
        for (unsigned node = 0; node < MIN(NODE_MAX, nodes->n_words * 64); node++) {
                AUTO_FREE char *line = NULL;
                char path[64];
                int r;

                if (!bit_set_has(nodes, node))
                        continue;
                (void)snprintf(path, sizeof(path), "/sys/devices/system/node/node%u/cpulist", node);
                r = file_read_line(path, &line);
                if (r == 0)
                        r = add_ranges(str_of(line), cpus);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

int scheduling_set_io(int class, int priority) {
        long r = syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(class, priority));

        return r < 0 ? err_new(-errno) : 0;
}
