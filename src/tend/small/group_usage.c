/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/small/group_usage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "host/condition_machine.h"
#include "tend/small/group_files.h"

#define FILE_MAX (1U << 20)

/* The text of a file in a directory; NULL when it is not there. */
static char *read_file(const char *directory, const char *name) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        char *text = NULL;

        if (!directory)
                return NULL;
        strbuf_addf(&path, "%s/%s", directory, name);
        (void)file_read(strbuf_text(&path), FILE_MAX, &text, NULL, NULL); /* NULL then */
        return text;
}

static bool read_number(const char *directory, const char *name, uint64_t *ret) {
        AUTO_FREE char *text = read_file(directory, name);
        return text && parse_u64(str_trim(str_of(text)), 10, ret) >= 0;
}

/* The number behind a word, "usage_usec 123". */
static bool find_number(const char *text, const char *word, uint64_t *ret) {
        Str rest = str_of(text), next;

        while (text && str_next_word(&rest, &next))
                if (str_equal_c(next, word) && str_next_word(&rest, &next))
                        return parse_u64(next, 10, ret) >= 0;
        return false;
}

/* Adds up all "rbytes=" or the like (version 2), all numbers behind "Read" (version 1). */
static uint64_t sum_of(const char *text, const char *key) {
        Str rest = str_of(text), word;
        bool follows = !strchr(key, '=');
        uint64_t sum = 0, number;

        while (str_next_word(&rest, &word)) {
                if (follows ? !str_equal_c(word, key) || !str_next_word(&rest, &word)
                            : !str_skip_prefix(&word, key))
                        continue;
                if (parse_u64(word, 10, &number) >= 0)
                        sum += number;
        }
        return sum;
}

/* --- one group -------------------------------------------------------------------------------- */

/* A file of version 1's controller where the group is in its hierarchy, else of version 2's. */
static char *
read_either(const char *group, const char *controller, const char *old, const char *file) {
        AUTO_FREE char *old_directory = group_controller_directory(controller, group);
        AUTO_FREE char *directory = old_directory ? NULL : group_directory(group);

        return old_directory ? read_file(old_directory, old) : read_file(directory, file);
}

/* The group of the whole machine is counted by the kernel elsewhere. */
static bool is_machine(const char *group) {
        static const char *const no_containers[] = { "none", "kvm", "qemu", "vm-other" };
        const char *kind = machine_virtualization();
        bool is_vm = false;

        for (size_t i = 0; i < ARRAY_LENGTH(no_containers); i++)
                is_vm |= streq(kind, no_containers[i]);
        return is_vm && streq(group, "/");
}

/* Time of all processors but idle, from the first line of /proc/stat (proc(5)). */
static uint64_t machine_cpu_nsec(void) {
        static const bool counts[] = {
                true, true, true, false, false, true, true, false, true, true
        };
        AUTO_FREE char *text = read_file("/proc", "stat");
        Str rest = str_of(text), word;
        uint64_t ticks = 0, number;

        if (!text || !str_next_word(&rest, &word)) /* "cpu" */
                return 0;
        for (size_t i = 0; i < ARRAY_LENGTH(counts) && str_next_word(&rest, &word); i++)
                if (counts[i] && parse_u64(word, 10, &number) >= 0)
                        ticks += number;
        return ticks * (USEC_PER_SEC * NSEC_PER_USEC / (uint64_t)MAX(sysconf(_SC_CLK_TCK), 1));
}

static void read_cpu(GroupUsage *usage) {
        AUTO_FREE char *old_directory = group_controller_directory("cpuacct", usage->group);
        AUTO_FREE char *directory = group_directory(usage->group);
        AUTO_FREE char *text = old_directory ? NULL : read_file(directory, "cpu.stat");
        uint64_t usec;

        if (is_machine(usage->group))
                usage->cpu_nsec = machine_cpu_nsec();
        else if (find_number(text, "usage_usec", &usec))
                usage->cpu_nsec = usec * NSEC_PER_USEC;
        else if (!read_number(old_directory, "cpuacct.usage", &usage->cpu_nsec))
                usage->cpu_nsec = 0;
}

static uint64_t machine_memory(void) {
        AUTO_FREE char *text = read_file("/proc", "meminfo");
        uint64_t total = 0, available = 0;

        if (!find_number(text, "MemTotal:", &total) ||
            !find_number(text, "MemAvailable:", &available) || available > total)
                return 0;
        return (total - available) * 1024; /* they are in KiB */
}

static void read_memory(GroupUsage *usage) {
        AUTO_FREE char *text =
                read_either(usage->group, "memory", "memory.usage_in_bytes", "memory.current");

        if (is_machine(usage->group))
                usage->memory = machine_memory();
        else if (!text || parse_u64(str_trim(str_of(text)), 10, &usage->memory) < 0)
                usage->memory = 0;
        usage->has_memory = usage->memory > 0;
}

static void read_io(GroupUsage *usage) {
        AUTO_FREE char *text =
                read_either(usage->group, "blkio", "blkio.throttle.io_service_bytes", "io.stat");
        bool is_new = text && strchr(text, '=');

        if (!text)
                return;
        usage->read = sum_of(text, is_new ? "rbytes=" : "Read");
        usage->written = sum_of(text, is_new ? "wbytes=" : "Write");
}

/* How many tasks the machine has: the second number of "1/123" in /proc/loadavg. */
static uint64_t machine_tasks(void) {
        AUTO_FREE char *text = read_file("/proc", "loadavg");
        Str rest = str_of(text), word;
        uint64_t number = 0;

        while (text && str_next_word(&rest, &word)) {
                ssize_t slash = str_find_char(word, '/');
                if (slash < 0)
                        continue;
                word = (Str){ word.data + slash + 1, word.length - (size_t)slash - 1 };
                return parse_u64(word, 10, &number) >= 0 ? number : 0;
        }
        return 0;
}

static uint64_t count_processes(const char *group, bool with_kernel) {
        AUTO_FREE char *directory = group_directory(group);
        AUTO_FREE pid_t *pids = NULL;
        size_t n = 0;
        uint64_t count = 0;

        if (group_processes(directory, &pids, &n) < 0)
                return 0; /* it is gone */
        for (size_t i = 0; i < n; i++) {
                bool is_kernel = false;
                UNUSED AUTO_FREE char *text =
                        with_kernel ? NULL : group_process_text(pids[i], &is_kernel);
                count += !is_kernel;
        }
        return count;
}

GroupCount group_usages_usual_count(void) {
        AUTO_FREE char *old_directory = group_controller_directory("pids", "/");
        AUTO_FREE char *directory = group_directory("/");
        AUTO_FREE char *text = read_file(directory, "cgroup.controllers");
        Str rest = str_of(text), word;

        if (old_directory)
                return COUNT_TASKS;
        while (text && str_next_word(&rest, &word))
                if (str_equal_c(word, "pids"))
                        return COUNT_TASKS;
        return COUNT_PROCESSES;
}

/* Where the group is not in the hierarchy that counts tasks, its processes are what is known. */
static void read_tasks(GroupUsage *usage, GroupCount count) {
        AUTO_FREE char *old_directory = group_controller_directory("pids", usage->group);
        AUTO_FREE char *directory = group_directory(usage->group);

        if (count != COUNT_TASKS)
                usage->tasks = count_processes(usage->group, count == COUNT_ALL_PROCESSES);
        else if (is_machine(usage->group))
                usage->tasks = machine_tasks();
        else if (!read_number(
                         old_directory ? old_directory : directory, "pids.current", &usage->tasks))
                usage->tasks = old_directory ? 0 : count_processes(usage->group, true);
        usage->has_tasks = usage->tasks > 0;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* Adds the names of a group and of those below it in one hierarchy. */
static int add_names(char ***names, const char *top, const char *group, unsigned depth) {
        AUTO_STRV char **below = NULL;
        AUTO_FREE char *directory =
                *top ? group_controller_directory(top, group) : group_directory(group);

        if (!directory || group_children(directory, &below) < 0)
                return 0; /* it is not there, or gone */
        int r = strv_add(names, group);
        STRV_FOREACH(name, below) {
                AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
                if (r < 0 || depth == 0)
                        break;
                strbuf_addf(&path, "%s/%s", streq(group, "/") ? "" : group, *name);
                r = strbuf_result(&path);
                if (r == 0)
                        r = add_names(names, top, strbuf_text(&path), depth - 1);
        }
        return err_pass(MIN(r, 0));
}

/* All groups that any hierarchy has, sorted: what is above stands before what is below. */
static int list_names(const GroupQuery *query, char ***ret) {
        static const char *const tops[] = { "", "cpu", "cpuacct", "memory", "blkio", "pids" };
        AUTO_STRV char **names = NULL;

        for (size_t i = 0; i < ARRAY_LENGTH(tops); i++) {
                int r = add_names(&names, tops[i], query->root, query->depth);
                if (r < 0)
                        return err_pass(r);
        }
        if (names)
                strv_sort(names);
        *ret = STEAL(names);
        return 0;
}

static uint64_t difference(uint64_t now, uint64_t before) {
        return now > before ? now - before : 0;
}

static int compare_group(const void *name, const void *usage) {
        return strcmp(name, ((const GroupUsage *)usage)->group);
}

/* Readings are kept by name. */
static const GroupUsage *find(const GroupUsages *usages, const char *group) {
        return usages->n_usages == 0 ? NULL
                                     : bsearch(group,
                                               usages->usages,
                                               usages->n_usages,
                                               sizeof(*usages->usages),
                                               compare_group);
}

static void compare_with(GroupUsage *usage, const GroupUsage *old, uint64_t span_usec) {
        if (!old || span_usec == 0)
                return;
        uint64_t cpu = difference(usage->cpu_nsec, old->cpu_nsec);
        uint64_t read = difference(usage->read, old->read);
        uint64_t written = difference(usage->written, old->written);
        usage->has_cpu = cpu > 0;
        usage->cpu_permille = cpu / span_usec; /* nanoseconds of each microsecond: thousandths */
        usage->has_io = read > 0 || written > 0;
        usage->read_rate = read * USEC_PER_SEC / span_usec;
        usage->write_rate = written * USEC_PER_SEC / span_usec;
}

/* Each group has the processes of those below it, too; the last ones are below all others. */
static void add_up(GroupUsages *usages) {
        for (unsigned i = usages->n_usages; i > 0; i--) {
                const GroupUsage *usage = &usages->usages[i - 1];
                AUTO_FREE char *parent = path_dir_name(usage->group);
                GroupUsage *above = parent && !streq(parent, usage->group)
                                            ? (GroupUsage *)(uintptr_t)find(usages, parent)
                                            : NULL;
                if (!above || !usage->has_tasks)
                        continue;
                above->tasks += usage->tasks;
                above->has_tasks = true;
        }
}

int group_usages_read(const GroupQuery *query, const GroupUsages *before, GroupUsages *ret) {
        AUTO(group_usages_done) GroupUsages usages = { .read_usec = clock_monotonic_usec() };
        uint64_t span_usec = difference(usages.read_usec, before->read_usec);
        AUTO_STRV char **names = NULL;

        int r = list_names(query, &names);
        if (r == 0 && names && !(usages.usages = calloc(strv_length(names), sizeof(GroupUsage))))
                r = -ENOMEM;
        for (char **name = names; r == 0 && name && *name; name++) {
                GroupUsage *usage = &usages.usages[usages.n_usages];
                if (name > names && streq(name[-1], *name))
                        continue; /* more than one hierarchy has it */
                usage->group = strdup(*name);
                if (!usage->group)
                        return err_new(-ENOMEM);
                usages.n_usages++;
                read_cpu(usage);
                read_memory(usage);
                read_io(usage);
                read_tasks(usage, query->count);
                compare_with(usage, find(before, usage->group), span_usec);
        }
        if (r < 0)
                return err_pass(r);
        if (query->count != COUNT_TASKS && !query->is_flat)
                add_up(&usages);
        *ret = usages;
        usages = (GroupUsages){ 0 };
        return 0;
}

void group_usages_done(GroupUsages *usages) {
        for (unsigned i = 0; i < usages->n_usages; i++)
                free(usages->usages[i].group);
        free(usages->usages);
        *usages = (GroupUsages){ 0 };
}
