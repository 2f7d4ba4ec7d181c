/* SPDX-License-Identifier: Apache-2.0 */

/* systemd-cgls: control groups and their processes as a tree. */

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/utf8.h"
#include "bus/bus_client.h"
#include "tend/pager.h"
#include "tend/private_bus.h"
#include "tend/program.h"
#include "tend/small/group_files.h"
#include "tend/small/small.h"
#include "tend/style.h"
#include "unit/unit_name.h"

#define DEPTH_MAX 64

typedef enum GroupListFlags {
        GROUP_LIST_ALL = 1 << 0,
        GROUP_LIST_UNITS = 1 << 1,
        GROUP_LIST_KERNEL = 1 << 2,
        GROUP_LIST_NO_ID = 1 << 3,
        GROUP_LIST_USER = 1 << 4,
} GroupListFlags;

typedef struct GroupList {
        Tend *tend;
        unsigned flags; /* GroupListFlags */
        const char *machine;
        char **units; /* named by options, owned */
        StrBuf out;
} GroupList;

static ProgramOutcome apply_units(void *userdata, const ProgramOption *option, const char *value) {
        GroupList *list = userdata;

        list->flags |= GROUP_LIST_UNITS;
        if (option->name && streq(option->name, "user-unit"))
                list->tend->scope = UNIT_SCOPE_USER;
        if (value && strv_add(&list->units, value) < 0)
                return program_fail("Out of memory.");
        return PROGRAM_GO_ON; /* more names are arguments */
}

static ProgramOutcome
apply_boolean(void *userdata, const ProgramOption *option, const char *value) {
        GroupList *list = userdata;
        bool on;

        if (parse_boolean(str_of(value), &on) < 0)
                return program_fail("Failed to parse --%s= value: %s", option->name, value);
        if (option->flag)
                list->flags = on ? list->flags & ~option->flag : list->flags | option->flag;
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_full(void *userdata, const ProgramOption *option, const char *value UNUSED) {
        ((GroupList *)userdata)->tend->flags |= option->flag;
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_help(void *userdata UNUSED, const ProgramOption *option UNUSED, const char *value UNUSED) {
        (void)puts("systemd-cgls [OPTIONS...] [CGROUP...]\n\n"
                   "Shows control groups and the processes in them.\n\n"
                   "  -a --all  -u --unit  --user-unit  -k  -l --full  --cgroup-id=BOOL\n"
                   "  --xattr=BOOL  --no-pager  -M --machine=NAME  -h --help  --version");
        return PROGRAM_DONE;
}

#define FLAG(bit) .apply = program_set_flag, .place = offsetof(GroupList, flags), .flag = (bit)

/* clang-format off */
static const ProgramOption options[] = {
        { "all", 'a', FLAG(GROUP_LIST_ALL) },
        { "cgroup-id", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_boolean, .flag = GROUP_LIST_NO_ID },
        { "full", 'l', .apply = apply_full, .flag = TEND_FULL },
        { "help", 'h', .apply = apply_help },
        { NULL, 'k', FLAG(GROUP_LIST_KERNEL) },
        { "machine", 'M', .argument = PROGRAM_ARGUMENT, .apply = program_set_text, .place = offsetof(GroupList, machine) },
        { "no-pager", 0, .apply = apply_full, .flag = TEND_NO_PAGER },
        { "unit", 'u', .argument = PROGRAM_OPTIONAL_ARGUMENT, .apply = apply_units },
        { "user-unit", 0, .argument = PROGRAM_OPTIONAL_ARGUMENT, .apply = apply_units },
        { "version", 0, .apply = program_version },
        { "xattr", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_boolean },
};
/* clang-format on */

static const Program program = { .options = options, .n_options = ARRAY_LENGTH(options) };

static const char *branch(bool more) {
        return more ? "\u251c\u2500" : "\u2514\u2500";
}

/* One process; lines end where the terminal does. */
static void add_process(GroupList *list, const char *prefix, pid_t pid, const char *text) {
        size_t begin = list->out.length, width = pager_width(list->tend);

        strbuf_addf(&list->out, "%s %s", prefix, text);
        (void)pid; /* in the prefix */
        if (width > 0 && !list->out.failed && list->out.length - begin > width + 8) {
                strbuf_truncate(&list->out, begin + width + 7);
                strbuf_add(&list->out, "\u2026");
        }
        strbuf_add_char(&list->out, '\n');
}

static void add_processes(GroupList *list, const char *directory, const char *prefix, bool more) {
        AUTO_FREE pid_t *pids = NULL;
        char digits[16];
        size_t n = 0;

        if (group_processes(directory, &pids, &n) < 0 || n == 0)
                return;
        int width = snprintf(digits, sizeof(digits), "%d", (int)pids[n - 1]);
        for (size_t i = 0; i < n; i++) {
                AUTO(strbuf_done) StrBuf line = STRBUF_INIT;
                bool is_kernel = false;
                AUTO_FREE char *text = group_process_text(pids[i], &is_kernel);
                if (!text || (is_kernel && !(list->flags & GROUP_LIST_KERNEL)))
                        continue;
                strbuf_addf(
                        &line, "%s%s%*d", prefix, branch(more || i + 1 < n), width, (int)pids[i]);
                add_process(list, strbuf_text(&line), pids[i], text);
        }
}

static void add_name(GroupList *list, const char *path, const char *name) {
        struct stat status;

        strbuf_add(&list->out, name);
        if (!(list->flags & GROUP_LIST_NO_ID) && stat(path, &status) == 0)
                style_addf(&list->out,
                           list->tend->flags,
                           STYLE_FAINT,
                           " (#%llu)",
                           (unsigned long long)status.st_ino);
        strbuf_add_char(&list->out, '\n');
}

/* Drops the names of groups that are not shown. */
static void drop_empty(const GroupList *list, const char *directory, char **names) {
        AUTO_STRV char **all = strv_copy(names);

        STRV_FOREACH(name, all) {
                AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
                strbuf_addf(&path, "%s/%s", directory, *name);
                if (!(list->flags & GROUP_LIST_ALL) && group_is_empty(strbuf_text(&path)))
                        strv_remove(names, *name);
        }
}

static int add_group(GroupList *list, const char *directory, const char *prefix, unsigned depth) {
        AUTO_STRV char **names = NULL;

        int r = depth > DEPTH_MAX ? -ELOOP : group_children(directory, &names);
        if (r < 0)
                return err_pass(r);
        if (names)
                drop_empty(list, directory, names);
        add_processes(list, directory, prefix, names && names[0]);
        STRV_FOREACH(name, names) {
                AUTO(strbuf_done) StrBuf path = STRBUF_INIT, below = STRBUF_INIT;
                bool more = name[1] != NULL;
                strbuf_addf(&path, "%s/%s", directory, *name);
                strbuf_addf(&list->out, "%s%s", prefix, branch(more));
                add_name(list, strbuf_text(&path), *name);
                strbuf_addf(&below, "%s%s", prefix, more ? "\u2502 " : "  ");
                (void)add_group(
                        list, strbuf_text(&path), strbuf_text(&below), depth + 1); /* gone */
        }
        return 0;
}

static int add_tree(GroupList *list, const char *group) {
        AUTO_FREE char *directory = group_directory(group);

        if (!directory)
                return 1;
        int r = add_group(list, directory, "", 0);
        if (r < 0)
                (void)program_fail("Failed to list cgroup tree: %s", strerror(-r));
        return r < 0;
}

/* The group of a unit, as its manager has it. */
static int add_unit(GroupList *list, const char *typed) {
        AUTO_FREE char *unit = NULL, *path = NULL, *group = NULL;

        if (unit_name_mangle(typed, ".service", false, &unit) < 0)
                return program_fail("Failed to mangle unit name: Invalid argument"), 1;
        if (private_bus_connect_to(list->tend, NULL, list->machine) < 0)
                return 1;
        path = bus_client_unit_path(unit);
        const char *interface =
                str_has_suffix(str_of(unit), ".slice")   ? "org.freedesktop.systemd1.Slice"
                : str_has_suffix(str_of(unit), ".scope") ? "org.freedesktop.systemd1.Scope"
                                                         : BUS_SERVICE_INTERFACE;
        if (!path ||
            bus_client_get_text(list->tend->client, path, interface, "ControlGroup", NULL, &group) <
                    0 ||
            group[0] == '\0')
                return program_fail("Unit %s not found.\nFailed to list cgroup tree: %s",
                                    unit,
                                    strerror(ENOENT)),
                       1;
        strbuf_addf(&list->out, "Unit %s (%s):\n", unit, group);
        return add_tree(list, group);
}

static int list_all(GroupList *list, char **arguments) {
        int status = 0;

        STRV_FOREACH(unit, list->units) {
                int one = add_unit(list, *unit);
                status = status ? status : one;
        }
        if (!arguments[0] && !list->units) {
                strbuf_add(&list->out, "Control group /:\n-.slice\n");
                return add_tree(list, "/");
        }
        STRV_FOREACH(name, arguments) {
                int one;
                if (list->flags & GROUP_LIST_UNITS) {
                        one = add_unit(list, *name);
                } else if ((*name)[0] == '/') {
                        Str group = str_of(*name);
                        (void)str_skip_prefix(&group, "/sys/fs/cgroup"); /* both are meant */
                        strbuf_addf(&list->out, "Control group %s:\n", group.data);
                        one = add_tree(list, group.data);
                } else {
                        strbuf_addf(&list->out, "Controller %s; Control group /:\n", *name);
                        one = program_fail("Failed to list cgroup tree: %s", strerror(ENOENT)) != 0;
                }
                status = status ? status : one;
        }
        return status;
}

int cgls_main(Tend *tend, int argc UNUSED, char **argv) {
        GroupList list = { .tend = tend };
        char **arguments;

        tend->scope = UNIT_SCOPE_SYSTEM; /* whoever asks */
        switch (program_read_options(&program, argv, &list, &arguments)) {
        case PROGRAM_GO_ON:
                break;
        case PROGRAM_DONE:
                return 0;
        case PROGRAM_FAILED:
                return 1;
        }
        int status = list_all(&list, arguments);
        if (pager_print(tend, &list.out) < 0)
                status = 1;
        strbuf_done(&list.out);
        strv_free(list.units);
        return status;
}
