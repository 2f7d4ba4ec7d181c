/* SPDX-License-Identifier: Apache-2.0 */

/* tend-journald: records what services and programs say in journal files. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/macros.h"
#include "base/options.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "journald/recorder.h"

/* What the command line says. */
typedef struct CommandLine {
        JournaldPlaces places;
        int keeper_fd;
} CommandLine;

static int complain(const char *what, const char *value) {
        (void)fprintf(stderr, "tend-journald: %s: %s\n", what, value); /* stderr may be closed */
        return -EINVAL;
}

static int set_system(void *userdata, const char *value) {
        CommandLine *line = userdata;
        (void)value;
        line->places.has_scope = true;
        line->places.scope = UNIT_SCOPE_SYSTEM;
        return 0;
}

static int set_user(void *userdata, const char *value) {
        CommandLine *line = userdata;
        (void)value;
        line->places.has_scope = true;
        line->places.scope = UNIT_SCOPE_USER;
        return 0;
}

static int set_runtime_directory(void *userdata, const char *value) {
        CommandLine *line = userdata;
        if (!path_is_absolute(str_of(value)))
                return complain("the runtime directory must be an absolute path", value);
        line->places.runtime_directory = value;
        return 0;
}

static int set_keeper_fd(void *userdata, const char *value) {
        CommandLine *line = userdata;
        if (parse_i32(str_of(value), &line->keeper_fd) < 0 || line->keeper_fd < 0)
                return complain("not a descriptor", value);
        return 0;
}

static int print_version(void *userdata, const char *value) {
        (void)userdata;
        (void)value;
        (void)puts("tend-journald " TEND_VERSION);
        exit(EXIT_SUCCESS);
}

static int print_help(void *userdata, const char *value);

/* clang-format off */
static const Option option_rows[] = {
        { .long_name = "system", .apply = set_system, .help = "record for the system (the default for root)" },
        { .long_name = "user", .apply = set_user, .help = "record for one user (the default for others)" },
        { .long_name = "runtime-dir", .argument = "DIR", .apply = set_runtime_directory, .help = "the runtime directory of the manager" },
        { .long_name = "keeper-fd", .argument = "N", .apply = set_keeper_fd, .help = "the keeper's socket, when tend-keeper starts us" },
        { .long_name = "version", .apply = print_version, .help = "print the version" },
        { .long_name = "help", .short_name = 'h', .apply = print_help, .help = "print this text" },
};
/* clang-format on */

static const OptionTable option_table = {
        .program = "tend-journald",
        .options = option_rows,
        .n_options = ARRAY_LENGTH(option_rows),
};

static int print_help(void *userdata, const char *value) {
        (void)userdata;
        (void)value;
        (void)puts("Usage: tend-journald [OPTION...]\n\n"
                   "Records messages in journal files; see tend-journald(8).\n");
        options_print_help(&option_table, stdout);
        exit(EXIT_SUCCESS);
}

int main(int argc, char **argv) {
        CommandLine line = { .keeper_fd = -1 };
        AUTO_FREE char **arguments = NULL;
        Recorder recorder;

        if (options_parse(&option_table, argc, argv, &line, &arguments) < 0)
                return EXIT_FAILURE;
        if (arguments[0]) {
                (void)complain("unexpected argument", arguments[0]); /* the answer is known */
                return EXIT_FAILURE;
        }
        int r = recorder_init(&recorder, &line.places, line.keeper_fd);
        int status = r < 0 ? EXIT_FAILURE : recorder_run(&recorder);
        recorder_done(&recorder);
        return status;
}
