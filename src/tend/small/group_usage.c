/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/small/group_usage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strbuf.h"
#include "base/strv.h"
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

static void read_cpu(const char *directory, GroupUsage *usage) {
        AUTO_FREE char *text = read_file(directory, "cpu.stat");
        AUTO_FREE char *old = group_controller_directory("cpuacct", usage->group);
        uint64_t nsec;

        usage->has_cpu = find_number(text, "usage_usec", &usage->cpu_usec);
        if (!usage->has_cpu && read_number(old, "cpuacct.usage", &nsec)) {
                usage->cpu_usec = nsec / NSEC_PER_USEC;
                usage->has_cpu = true;
        }
}

static void read_memory(const char *directory, GroupUsage *usage) {
        AUTO_FREE char *old = group_controller_directory("memory", usage->group);

        if (!read_number(directory, "memory.current", &usage->memory) &&
            !read_number(old, "memory.usage_in_bytes", &usage->memory))
                usage->memory = 0;
}

static void read_io(const char *directory, GroupUsage *usage) {
        AUTO_FREE char *text = read_file(directory, "io.stat");
        AUTO_FREE char *old_directory = group_controller_directory("blkio", usage->group);
        AUTO_FREE char *old =
                text ? NULL : read_file(old_directory, "blkio.throttle.io_service_bytes");

        if (text) {
                usage->read = sum_of(text, "rbytes=");
                usage->written = sum_of(text, "wbytes=");
        } else if (old) {
                usage->read = sum_of(old, "Read");
                usage->written = sum_of(old, "Write");
        }
        usage->has_io = usage->read > 0 || usage->written > 0;
}

static void read_tasks(const char *directory, bool processes, GroupUsage *usage) {
        AUTO_FREE char *old = group_controller_directory("pids", usage->group);
        AUTO_FREE pid_t *pids = NULL;
        size_t n = 0;

        if (!processes && (read_number(directory, "pids.current", &usage->tasks) ||
                           read_number(old, "pids.current", &usage->tasks)))
                return;
        usage->tasks = group_processes(directory, &pids, &n) >= 0 ? n : 0;
}

static int
add_usage(GroupUsages *usages, const char *group, const char *directory, bool processes) {
        GroupUsage *more = reallocarray(usages->usages, usages->n_usages + 1, sizeof(*more));

        if (!more)
                return err_new(-ENOMEM);
        usages->usages = more;
        GroupUsage *usage = &more[usages->n_usages];
        *usage = (GroupUsage){ .group = strdup(group) };
        if (!usage->group)
                return err_new(-ENOMEM);
        usages->n_usages++;
        read_cpu(directory, usage);
        read_memory(directory, usage);
        read_io(directory, usage);
        read_tasks(directory, processes, usage);
        return 0;
}

static int add_group(GroupUsages *usages, const char *group, unsigned depth, bool processes) {
        AUTO_FREE char *directory = group_directory(group);
        AUTO_STRV char **names = NULL;

        if (!directory)
                return err_new(-ENOMEM);
        int r = group_children(directory, &names);
        if (r >= 0)
                r = add_usage(usages, group, directory, processes);
        if (r < 0 || depth == 0)
                return err_pass(r);
        STRV_FOREACH(name, names) {
                AUTO(strbuf_done) StrBuf below = STRBUF_INIT;
                strbuf_addf(&below, "%s/%s", streq(group, "/") ? "" : group, *name);
                r = add_group(usages, strbuf_text(&below), depth - 1, processes);
                if (r == -ENOMEM)
                        return err_pass(r); /* others: gone meanwhile */
        }
        return 0;
}

int group_usages_read(const char *group, unsigned depth, bool processes, GroupUsages *ret) {
        AUTO(group_usages_done) GroupUsages usages = { .read_usec = clock_monotonic_usec() };

        int r = add_group(&usages, group, depth, processes);
        if (r < 0)
                return err_pass(r);
        *ret = usages;
        usages = (GroupUsages){ 0 };
        return 0;
}

static const GroupUsage *find(const GroupUsages *usages, const char *group) {
        for (unsigned i = 0; i < usages->n_usages; i++)
                if (streq(usages->usages[i].group, group))
                        return &usages->usages[i];
        return NULL;
}

static uint64_t difference(uint64_t now, uint64_t before) {
        return now > before ? now - before : 0;
}

void group_usages_compare(GroupUsages *now, const GroupUsages *before) {
        uint64_t span_usec = difference(now->read_usec, before->read_usec);

        if (before->n_usages == 0 || span_usec == 0)
                return;
        for (unsigned i = 0; i < now->n_usages; i++) {
                GroupUsage *usage = &now->usages[i];
                const GroupUsage *old = find(before, usage->group);
                if (!old)
                        continue;
                usage->has_rate = usage->has_cpu;
                usage->cpu_permille = difference(usage->cpu_usec, old->cpu_usec) * 1000 / span_usec;
                usage->read_rate = difference(usage->read, old->read) * USEC_PER_SEC / span_usec;
                usage->write_rate =
                        difference(usage->written, old->written) * USEC_PER_SEC / span_usec;
        }
}

void group_usages_done(GroupUsages *usages) {
        for (unsigned i = 0; i < usages->n_usages; i++)
                free(usages->usages[i].group);
        free(usages->usages);
        *usages = (GroupUsages){ 0 };
}
