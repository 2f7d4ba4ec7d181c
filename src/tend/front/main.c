/* SPDX-License-Identifier: Apache-2.0 */

/* tend: asks the manager, and does what needs no manager itself. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/macros.h"
#include "base/options.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/commands.h"
#include "tend/front/dispatch.h"
#include "tend/systemctl/systemctl.h"
#include "tend/systemd_names.h"
#include "tend/tend.h"

static int set_flag(void *userdata, unsigned flag) {
        ((Tend *)userdata)->flags |= flag;
        return 0;
}

#define FLAG_OPTION(name, flag)                                                                    \
        static int apply_##name(void *userdata, const char *value UNUSED) {                        \
                return set_flag(userdata, flag);                                                   \
        }

FLAG_OPTION(json, TEND_JSON)
FLAG_OPTION(quiet, TEND_QUIET)
FLAG_OPTION(no_block, TEND_NO_BLOCK)
FLAG_OPTION(no_pager, TEND_NO_PAGER)
FLAG_OPTION(wait, TEND_WAIT)
FLAG_OPTION(all, TEND_ALL)
FLAG_OPTION(follow, TEND_FOLLOW)
FLAG_OPTION(reverse, TEND_REVERSE)
FLAG_OPTION(strict, TEND_STRICT)
FLAG_OPTION(full, TEND_FULL)
FLAG_OPTION(value, TEND_VALUE)
FLAG_OPTION(force, TEND_FORCE)
FLAG_OPTION(no_reload, TEND_NO_RELOAD)
FLAG_OPTION(now, TEND_NOW)
FLAG_OPTION(runtime, TEND_RUNTIME)
FLAG_OPTION(stdin, TEND_STDIN)

static int apply_user(void *userdata, const char *value UNUSED) {
        ((Tend *)userdata)->scope = UNIT_SCOPE_USER;
        return 0;
}

static int apply_global(void *userdata, const char *value UNUSED) {
        ((Tend *)userdata)->scope = UNIT_SCOPE_USER;
        return set_flag(userdata, TEND_GLOBAL);
}

static int apply_system(void *userdata, const char *value UNUSED) {
        ((Tend *)userdata)->scope = UNIT_SCOPE_SYSTEM;
        return 0;
}

#define TEXT_OPTION(member)                                                                        \
        static int apply_##member(void *userdata, const char *value) {                             \
                ((Tend *)userdata)->member = value;                                                \
                return 0;                                                                          \
        }

TEXT_OPTION(runtime_directory)
TEXT_OPTION(mode)
TEXT_OPTION(signal)
TEXT_OPTION(kill_whom)
TEXT_OPTION(exit_with)
TEXT_OPTION(preset_mode)
TEXT_OPTION(root)
TEXT_OPTION(drop_in)

#define LIST_OPTION(member)                                                                        \
        static int apply_##member(void *userdata, const char *value) {                             \
                return strv_split_onto(&((Tend *)userdata)->member, value);                        \
        }

/* Adds the comma-separated parts of a value. */
static int strv_split_onto(char ***list, const char *value) {
        Str rest = str_of(value);
        Str part;
        int r = 0;

        while (r >= 0 && str_next_part(&rest, ',', &part))
                r = strv_add_str(list, part);
        return r;
}

LIST_OPTION(properties)
LIST_OPTION(states)
LIST_OPTION(types)

/* Unit directories may be relative; the manager has another working directory. */
static int apply_units(void *userdata, const char *value) {
        char *directory = realpath(value, NULL);
        if (!directory) {
                (void)fprintf(stderr, "tend: --units %s: %s\n", value, strerror(errno));
                return -errno;
        }
        return strv_take(&((Tend *)userdata)->unit_directories, directory);
}

static int apply_lines(void *userdata, const char *value) {
        uint32_t lines = UINT32_MAX;
        if (strcmp(value, "all") != 0 && parse_u32(str_of(value), &lines) < 0) {
                (void)fprintf(
                        stderr, "tend: --lines wants a number or \"all\", not \"%s\"\n", value);
                return -EINVAL;
        }
        ((Tend *)userdata)->lines = lines;
        return 0;
}

static int apply_timeout(void *userdata, const char *value) {
        int r = duration_parse(str_of(value), USEC_PER_SEC, &((Tend *)userdata)->timeout_usec);
        if (r < 0)
                (void)fprintf(stderr,
                              "tend: --timeout wants a time span like \"30s\", not \"%s\"\n",
                              value);
        return r;
}

/* clang-format off */
static const Option options[] = {
        { "all",         'a', NULL,     "Show everything, also what is inactive or empty", apply_all },
        { "drop-in",     0,   "NAME",   "With edit: the file name of the drop-in", apply_drop_in },
        { "exit-with",   0,   "UNIT",   "With init: end when this unit ends, with its exit status", apply_exit_with },
        { "follow",      'f', NULL,     "With logs: go on as lines are written", apply_follow },
        { "force",       0,   NULL,     "With enable and the like: replace other links", apply_force },
        { "full",        'l', NULL,     "Do not shorten lines", apply_full },
        { "global",      0,   NULL,     "Unit files of all users", apply_global },
        { "job-mode",    0,   "MODE",   "How to deal with queued jobs (replace, fail, isolate, ...)", apply_mode },
        { "json",        0,   NULL,     "Print JSON", apply_json },
        { "kill-whom",   0,   "WHOM",   "With kill: main, control or all", apply_kill_whom },
        { "lines",       'n', "N",      "Number of log lines to show (\"all\" for all)", apply_lines },
        { "no-block",    0,   NULL,     "Do not wait until jobs have ended", apply_no_block },
        { "no-pager",    0,   NULL,     "Do not pipe output into a pager", apply_no_pager },
        { "no-reload",   0,   NULL,     "The manager does not read files that were changed", apply_no_reload },
        { "now",         0,   NULL,     "With enable, disable, mask: start or stop as well", apply_now },
        { "preset-mode", 0,   "MODE",   "With presets: full, enable-only or disable-only", apply_preset_mode },
        { "property",    'p', "NAME",   "Show only these properties", apply_properties },
        { "quiet",       'q', NULL,     "Print no messages, only set the exit status", apply_quiet },
        { "reverse",     0,   NULL,     "With list-dependencies: who depends on the unit", apply_reverse },
        { "root",        0,   "DIR",    "Work on the unit files below this directory", apply_root },
        { "runtime",     0,   NULL,     "Change files until the next boot only", apply_runtime },
        { "runtime-dir", 0,   "DIR",    "Where the manager lives", apply_runtime_directory },
        { "signal",      's', "SIGNAL", "With kill: which signal", apply_signal },
        { "state",       0,   "STATE",  "Only units in these states", apply_states },
        { "stdin",       0,   NULL,     "With edit: take the text from standard input", apply_stdin },
        { "strict",      0,   NULL,     "With up and init: services fail when one of their settings does not hold in full", apply_strict },
        { "system",      0,   NULL,     "The system's manager (default as root)", apply_system },
        { "timeout",     0,   "SPAN",   "Wait at most this long", apply_timeout },
        { "type",        't', "TYPE",   "Only units of these types", apply_types },
        { "units",       0,   "DIR",    "Directory of unit files in front of all others (may be repeated)", apply_units },
        { "user",        0,   NULL,     "The user's manager (default otherwise)", apply_user },
        { "value",       0,   NULL,     "With show: only the values, not the names", apply_value },
        { "wait",        0,   NULL,     "With start: wait until the units have ended again", apply_wait },
};
/* clang-format on */

static const OptionTable option_table = {
        .program = "tend",
        .options = options,
        .n_options = ARRAY_LENGTH(options),
};

static bool is_command(const char *name) {
        return command_find(name) != NULL;
}

static void print_help(void) {
        (void)puts("usage: tend [OPTION...] COMMAND [ARGUMENT...]\n\n"
                   "Runs, checks and looks after services written as systemd units.\n");
        commands_print_help();
        (void)fputs("\nAs systemctl(1) has them:", stdout); /* as all output: checked at the end */
        systemctl_print_verbs(is_command);
        (void)puts("\nOptions:");
        options_print_help(&option_table, stdout);
}

static int run_command(Tend *tend, char **arguments) {
        const char *name = arguments[0] ? arguments[0] : "status";
        const TendCommand *command = command_find(name);
        unsigned n_arguments = arguments[0] ? (unsigned)strv_length(arguments) - 1 : 0;

        if (!command) {
                const char *near = command_suggest(name);
                tend_complain(tend,
                              "Unknown command \"%s\"%s%s%s. All commands: tend help",
                              name,
                              near ? "; the nearest is \"" : "",
                              near ? near : "",
                              near ? "\"" : "");
                return 2;
        }
        if (n_arguments < command->min_arguments || n_arguments > command->max_arguments) {
                tend_complain(tend, "usage: tend %s %s", command->name, command->arguments);
                return 2;
        }
        return command->run(tend, arguments[0] ? arguments + 1 : arguments);
}

/* tend under its own name. */
static int tend_main(Tend *tend, int argc, char **argv) {
        AUTO_FREE char **arguments = NULL;

        for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
                if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
                        return print_help(), 0;
        if (argc > 1 && strcmp(argv[1], "--version") == 0)
                return puts("tend " TEND_VERSION) < 0;
        if (options_parse(&option_table, argc, argv, tend, &arguments) < 0)
                return 2;
        int r = run_command(tend, arguments);
        return r < 0 ? 1 : r;
}

/* As /sbin/init of an image: `tend init`. */
static int init_main(Tend *tend, int argc, char **argv) {
        AUTO_FREE char **words = calloc((size_t)argc + 2, sizeof(*words));
        static char init[] = "init";

        if (!words)
                return 1;
        if (getpid() != 1) {
                tend_complain(tend,
                              "This is the first process of a container; to end it: tend down");
                return 1;
        }
        words[0] = argv[0];
        words[1] = init;
        for (int i = 1; i < argc; i++)
                words[i + 1] = argv[i];
        return tend_main(tend, argc + 1, words);
}

/* What could not be written must not look like success. */
static int close_output(const Tend *tend, int status) {
        if (fflush(stdout) == 0)
                return status;
        if (errno != EPIPE)
                tend_complain(tend, "Cannot write the output: %s", strerror(errno));
        return status ? status : 1;
}

/* $NO_COLOR turns colour off; under systemd's names $SYSTEMD_COLORS with a word for no, too. */
static bool wants_colour(const char *program) {
        const char *colours = systemd_name_is_known(program) ? getenv("SYSTEMD_COLORS") : NULL;
        bool on = true;

        if (colours)
                (void)parse_boolean(str_of(colours), &on); /* other words: on */
        return on && !getenv("NO_COLOR");
}

int main(int argc, char **argv) {
        Tend tend = {
                .program = path_base_name(argc > 0 ? argv[0] : "tend"),
                .scope = geteuid() == 0 ? UNIT_SCOPE_SYSTEM : UNIT_SCOPE_USER,
                .mode = "replace",
                .signal = "SIGTERM",
                .kill_whom = "all",
                .lines = 10,
                .timeout_usec = USEC_INFINITY,
        };
        if (isatty(STDOUT_FILENO))
                tend.flags |= TEND_TERMINAL | (wants_colour(tend.program) ? TEND_COLOUR : 0U);
        int status = 0;
        if (streq(tend.program, "init"))
                status = init_main(&tend, argc, argv);
        else if (!dispatch_name(&tend, argc, argv, &status) &&
                 !dispatch_command(&tend, argc, argv, &status))
                status = tend_main(&tend, argc, argv);
        tend_release(&tend);
        return close_output(&tend, status);
}
