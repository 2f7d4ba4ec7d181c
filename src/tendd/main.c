/* SPDX-License-Identifier: Apache-2.0 */

/* tendd: the manager. Options, parts, loop. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/enum_name.h"
#include "base/macros.h"
#include "base/options.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "host/spawn.h"
#include "tendd/manager.h"

static int complain(const char *what, const char *value) {
        (void)fprintf(stderr, "tendd: %s: %s\n", what, value); /* stderr may be closed */
        return -EINVAL;
}

static int set_system(void *userdata, const char *value) {
        ManagerOptions *options = userdata;
        (void)value;
        options->has_scope = true;
        options->scope = UNIT_SCOPE_SYSTEM;
        return 0;
}

static int set_user(void *userdata, const char *value) {
        ManagerOptions *options = userdata;
        (void)value;
        options->has_scope = true;
        options->scope = UNIT_SCOPE_USER;
        return 0;
}

static int set_runtime_directory(void *userdata, const char *value) {
        ManagerOptions *options = userdata;
        if (!path_is_absolute(str_of(value)))
                return complain("the runtime directory must be an absolute path", value);
        options->runtime_directory = value;
        return 0;
}

static int add_unit_directory(void *userdata, const char *value) {
        ManagerOptions *options = userdata;
        AUTO_FREE char *path = realpath(value, NULL);
        if (!path)
                return complain("cannot use this directory of units", value);
        return strv_add(&options->unit_directories, path);
}

static int add_start_unit(void *userdata, const char *value) {
        ManagerOptions *options = userdata;
        if (!unit_name_is_valid(value, UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE))
                return complain("not the name of a unit", value);
        return strv_add(&options->start_units, value);
}

static int set_exit_with(void *userdata, const char *value) {
        ManagerOptions *options = userdata;
        if (!unit_name_is_valid(value, UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE))
                return complain("not the name of a unit", value);
        options->exit_with = value;
        return 0;
}

static int set_keeper_fd(void *userdata, const char *value) {
        ManagerOptions *options = userdata;
        int fd;
        if (parse_i32(str_of(value), &fd) < 0 || fd < 0)
                return complain("not a descriptor", value);
        options->keeper_fd = fd;
        return 0;
}

static int set_log_level(void *userdata, const char *value) {
        ManagerOptions *options = userdata;
        int level = log_level_parse(value);
        if (level < 0)
                return complain("not a log level", value);
        options->log_level = level;
        return 0;
}

static int set_log_target(void *userdata, const char *value) {
        ManagerOptions *options = userdata;
        if (!streq(value, "file") && !streq(value, "stderr"))
                return complain("not a log target (stderr, file)", value);
        options->log_to_file = streq(value, "file");
        return 0;
}

static int set_cgroups(void *userdata, const char *value) {
        ManagerOptions *options = userdata;
        int wish = enum_parse(cgroup_wish_names, CGROUP_WISH_COUNT, str_of(value));
        if (wish < 0)
                return complain("not a kind of control groups (auto, unified, legacy, none)",
                                value);
        options->cgroups = (CgroupWish)wish;
        return 0;
}

static int set_strict(void *userdata, const char *value) {
        ManagerOptions *options = userdata;
        (void)value;
        options->strict = true;
        return 0;
}

static int print_version(void *userdata, const char *value) {
        (void)userdata;
        (void)value;
        (void)puts("tendd " TEND_VERSION); /* as below: what cannot be written is lost */
        exit(EXIT_SUCCESS);
}

static int print_help(void *userdata, const char *value);

/* clang-format off */
static const Option option_rows[] = {
        { .long_name = "system", .apply = set_system, .help = "manage the system (the default for root)" },
        { .long_name = "user", .apply = set_user, .help = "manage services of one user (the default for others)" },
        { .long_name = "runtime-dir", .argument = "DIR", .apply = set_runtime_directory, .help = "where sockets and records are" },
        { .long_name = "units", .argument = "DIR", .apply = add_unit_directory, .help = "look for units here first; may be given again" },
        { .long_name = "start", .argument = "UNIT", .apply = add_start_unit, .help = "start this unit once ready; may be given again" },
        { .long_name = "exit-with", .argument = "UNIT", .apply = set_exit_with, .help = "when this unit has ended, stop everything and exit with its status" },
        { .long_name = "keeper-fd", .argument = "N", .apply = set_keeper_fd, .help = "the keeper's socket, when tend-keeper starts tendd" },
        { .long_name = "cgroups", .argument = "KIND", .apply = set_cgroups, .help = "auto, unified, legacy or none" },
        { .long_name = "strict", .apply = set_strict, .help = "services fail when the kernel refuses one of their settings" },
        { .long_name = "log-level", .argument = "LEVEL", .apply = set_log_level, .help = "emerg to debug, or 0 to 7" },
        { .long_name = "log-target", .argument = "TARGET", .apply = set_log_target, .help = "stderr or file" },
        { .long_name = "version", .apply = print_version, .help = "print the version" },
        { .long_name = "help", .short_name = 'h', .apply = print_help, .help = "print this text" },
};
/* clang-format on */

static const OptionTable option_table = {
        .program = "tendd",
        .options = option_rows,
        .n_options = ARRAY_LENGTH(option_rows),
};

static int print_help(void *userdata, const char *value) {
        (void)userdata;
        (void)value;
        (void)puts(
                "Usage: tendd [OPTION...]\n\nManages services written as systemd units; see tendd(8).\n");
        options_print_help(&option_table, stdout);
        exit(EXIT_SUCCESS);
}

/* The program that stands where ours came from, which may be a newer one. Our children stay ours.
 */
static int execute_anew(char **argv) {
        static const char gone[] = " (deleted)";
        char self[4096];
        ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

        if (n > 0) {
                Str path = { self, (size_t)n };
                if (str_has_suffix(path, gone))
                        path.length -= strlen(gone);
                self[path.length] = '\0';
                (void)execv(self, argv); /* returns only on failure */
        }
        (void)complain("cannot execute anew, services go on without a manager", strerror(errno));
        return EXIT_FAILURE;
}

int main(int argc, char **argv) {
        ManagerOptions options = { .keeper_fd = -1, .log_level = -1 };
        AUTO_FREE char **arguments = NULL;
        Manager manager;

        if (options_parse(&option_table, argc, argv, &options, &arguments) < 0)
                return EXIT_FAILURE;
        if (arguments[0]) {
                (void)complain("unexpected argument", arguments[0]); /* the answer is known */
                return EXIT_FAILURE;
        }
        int r = spawn_reserve(&options.keeper_fd);
        if (r < 0) {
                (void)complain("cannot set up descriptors", strerror(-r)); /* the answer is known */
                return EXIT_FAILURE;
        }
        r = manager_init(&manager, &options);
        int status = r < 0 ? EXIT_FAILURE : manager_run(&manager);
        bool begins_anew = manager.begins_anew;
        manager_done(&manager);
        if (begins_anew && options.keeper_fd < 0) /* else the keeper starts the next one */
                status = execute_anew(argv);
        strv_free(options.unit_directories);
        strv_free(options.start_units);
        return status;
}
