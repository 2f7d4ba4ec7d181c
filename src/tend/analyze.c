/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/analyze.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/enum_name.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "tend/cmd_condition.h"
#include "tend/cmd_verify.h"
#include "tend/unit_offline.h"
#include "unit/exit_status.h"
#include "unit/search_path.h"

/* What the options said. */
typedef struct Analyze {
        Tend *tend;
        VerifyOptions verify;
        const char *unit; /* --unit= */
} Analyze;

typedef struct AnalyzeVerb {
        const char *name;
        unsigned min_arguments, max_arguments;
        int (*run)(Analyze *analyze, char **arguments);
} AnalyzeVerb;

enum {
        OPTION_GENERATORS = 256,
        OPTION_MAN,
        OPTION_NO_PAGER,
        OPTION_RECURSIVE_ERRORS,
        OPTION_ROOT,
        OPTION_SYSTEM,
        OPTION_UNIT,
        OPTION_USER,
        OPTION_VERSION,
};

/* clang-format off */
static const struct option long_options[] = {
        { "generators", optional_argument, NULL, OPTION_GENERATORS },
        { "help", no_argument, NULL, 'h' },
        { "man", optional_argument, NULL, OPTION_MAN },
        { "no-pager", no_argument, NULL, OPTION_NO_PAGER },
        { "quiet", no_argument, NULL, 'q' },
        { "recursive-errors", required_argument, NULL, OPTION_RECURSIVE_ERRORS },
        { "root", required_argument, NULL, OPTION_ROOT },
        { "system", no_argument, NULL, OPTION_SYSTEM },
        { "unit", required_argument, NULL, OPTION_UNIT },
        { "user", no_argument, NULL, OPTION_USER },
        { "version", no_argument, NULL, OPTION_VERSION },
        { 0 },
};
/* clang-format on */

/* --- unit-paths
 * ------------------------------------------------------------------------------------- */

static int run_unit_paths(Analyze *analyze, char **arguments UNUSED) {
        AUTO_STRV char **directories = NULL;
        const UnitSearchOptions options = {
                .scope = analyze->tend->scope,
                .root = analyze->verify.root,
                .unit_path = getenv("SYSTEMD_UNIT_PATH"),
                .home = getenv("HOME"),
                .config_home = getenv("XDG_CONFIG_HOME"),
                .data_home = getenv("XDG_DATA_HOME"),
                .runtime_dir = getenv("XDG_RUNTIME_DIR"),
                .config_dirs = getenv("XDG_CONFIG_DIRS"),
                .data_dirs = getenv("XDG_DATA_DIRS"),
        };

        int r = search_path_make(&options, &directories);
        if (r < 0) {
                (void)fprintf(stderr, "lookup_paths_init() failed: %s\n", strerror(-r));
                return 1;
        }
        STRV_FOREACH(directory, directories)
        (void)puts(*directory); /* as all output: checked when it is closed */
        return 0;
}

/* --- exit-status
 * ------------------------------------------------------------------------------------ */

/* Names as wide as the widest; with `name` NULL only measures. */
typedef struct StatusTable {
        int codes[256];
        unsigned n_codes;
        int width;
} StatusTable;

static void add_code(StatusTable *table, int code) {
        const char *name = exit_status_name(code, EXIT_STATUS_ANY);
        table->codes[table->n_codes++] = code;
        table->width = MAX(table->width, name ? (int)strlen(name) : 1);
}

static void print_codes(const StatusTable *table) {
        printf("%-*s STATUS CLASS\n", table->width, "NAME");
        for (unsigned i = 0; i < table->n_codes; i++) {
                int code = table->codes[i];
                const char *name = exit_status_name(code, EXIT_STATUS_ANY);
                const char *class = exit_status_class_name(code);
                printf("%-*s %6d %s\n", table->width, name ? name : "-", code, class ? class : "-");
        }
}

static int run_exit_status(Analyze *analyze UNUSED, char **arguments) {
        StatusTable table = { .width = (int)strlen("NAME") };

        for (int code = 0; !arguments[0] && code <= 255; code++)
                if (exit_status_name(code, EXIT_STATUS_ANY))
                        add_code(&table, code);
        STRV_FOREACH(text, arguments) {
                int code;
                if (exit_status_parse(str_of(*text), &code) < 0) {
                        (void)fprintf(stderr, "Invalid exit status \"%s\".\n", *text);
                        return 1;
                }
                if (table.n_codes < ARRAY_LENGTH(table.codes))
                        add_code(&table, code);
        }
        print_codes(&table);
        return 0;
}

/* --- the program
 * ------------------------------------------------------------------------------------ */

static int run_verify(Analyze *analyze, char **arguments) {
        return verify_as_systemd(analyze->tend, &analyze->verify, arguments);
}

static int run_condition(Analyze *analyze, char **arguments) {
        if (analyze->unit && arguments[0]) {
                (void)fprintf(stderr, "No conditions can be passed if --unit= is used.\n");
                return 1;
        }
        if (!analyze->unit && !arguments[0]) {
                (void)fprintf(stderr, "Too few arguments for condition\n");
                return 1;
        }
        return analyze->unit ? condition_of_unit(analyze->tend, analyze->unit)
                             : cmd_condition(analyze->tend, arguments);
}

/* clang-format off */
static const AnalyzeVerb verbs[] = {
        { .name = "condition", .min_arguments = 0, .max_arguments = UINT32_MAX, .run = run_condition },
        { .name = "exit-status", .min_arguments = 0, .max_arguments = UINT32_MAX, .run = run_exit_status },
        { .name = "unit-paths", .min_arguments = 0, .max_arguments = 0, .run = run_unit_paths },
        { .name = "verify", .min_arguments = 1, .max_arguments = UINT32_MAX, .run = run_verify },
};
/* clang-format on */

/* What systemd-analyze has and tend has not. */
static const char *const other_verbs[] = {
        "blame",          "calendar",   "capability",     "cat-config",  "compare-versions",
        "critical-chain", "dot",        "dump",           "filesystems", "inspect-elf",
        "plot",           "security",   "syscall-filter", "time",        "timespan",
        "timestamp",      "unit-files",
};

static void print_help(void) {
        (void)puts("systemd-analyze [OPTIONS...] COMMAND ...\n\nCommands that tend answers:");
        for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++)
                printf("  %s\n", verbs[i].name);
}

static int set_scope(Analyze *analyze, const char *value) {
        static const char *const names[] = {
                [VERIFY_ALL] = "yes",
                [VERIFY_DIRECT] = "one",
                [VERIFY_NAMED] = "no",
        };
        int scope = enum_parse(names, ARRAY_LENGTH(names), str_of(value));

        static_assert(ARRAY_LENGTH(names) == VERIFY_STARTING, "a name per scope");
        if (scope < 0) {
                (void)fprintf(stderr, "Unknown mode passed to --recursive-errors='%s'.\n", value);
                return 1;
        }
        analyze->verify.scope = (VerifyScope)scope;
        return -1;
}

static int set_boolean(const char *option, const char *value, bool *ret) {
        *ret = true;
        if (!value || parse_boolean(str_of(value), ret) >= 0)
                return -1;
        (void)fprintf(stderr, "Failed to parse boolean argument to --%s: %s.\n", option, value);
        return 1;
}

/* -1 = go on, else the exit status. */
static int apply_option(Analyze *analyze, int option) {
        bool on = true;
        int status;

        switch (option) {
        case 'h':
                print_help();
                return 0;
        case OPTION_VERSION:
                (void)puts("tend " TEND_VERSION); /* as all output: checked when it is closed */
                return 0;
        case 'q':
                analyze->tend->flags |= TEND_QUIET;
                return -1;
        case OPTION_NO_PAGER:
                analyze->tend->flags |= TEND_NO_PAGER;
                return -1;
        case OPTION_SYSTEM:
                analyze->tend->scope = UNIT_SCOPE_SYSTEM;
                return -1;
        case OPTION_USER:
                analyze->tend->scope = UNIT_SCOPE_USER;
                return -1;
        case OPTION_RECURSIVE_ERRORS:
                return set_scope(analyze, optarg);
        case OPTION_MAN:
                status = set_boolean("man", optarg, &on);
                analyze->verify.flags = VERIFY_AS_SYSTEMD | (on ? VERIFY_MANUALS : 0);
                return status;
        case OPTION_GENERATORS: /* they are the host's; what they wrote is read */
                return set_boolean("generators", optarg, &on);
        case OPTION_ROOT:
                analyze->verify.root = optarg;
                return -1;
        case OPTION_UNIT:
                analyze->unit = optarg;
                return -1;
        default:
                return 1; /* getopt has said why */
        }
}

static int run_verb(Analyze *analyze, char **arguments) {
        const char *name = arguments[0] ? arguments[0] : "time";
        size_t n_arguments = arguments[0] ? strv_length(arguments) - 1 : 0;

        if (analyze->unit && !streq(name, "condition")) {
                (void)fprintf(stderr, "Option --unit= is only supported for condition\n");
                return 1;
        }
        for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++) {
                if (!streq(verbs[i].name, name))
                        continue;
                if (n_arguments < verbs[i].min_arguments || n_arguments > verbs[i].max_arguments) {
                        (void)fprintf(stderr,
                                      "Too %s arguments.\n",
                                      n_arguments < verbs[i].min_arguments ? "few" : "many");
                        return 1;
                }
                return verbs[i].run(analyze, arguments + 1);
        }
        bool is_known = false;
        for (size_t i = 0; i < ARRAY_LENGTH(other_verbs); i++)
                is_known = is_known || streq(other_verbs[i], name);
        (void)fprintf(stderr,
                      is_known ? "systemd-analyze %s is not supported by tend yet.\n"
                               : "Unknown command verb %s.\n",
                      name);
        return 1;
}

int analyze_main(Tend *tend, int argc, char **argv) {
        Analyze analyze = {
                .tend = tend,
                .verify = { .scope = VERIFY_STARTING, .flags = VERIFY_AS_SYSTEMD | VERIFY_MANUALS },
        };
        int option;

        /* Without root there is a system to look at, too: the default does not depend on the user.
         */
        tend->scope = UNIT_SCOPE_SYSTEM;
        while ((option = getopt_long(argc, argv, "hq", long_options, NULL)) >= 0) {
                int status = apply_option(&analyze, option);
                if (status >= 0)
                        return status;
        }
        return run_verb(&analyze, argv + optind);
}
