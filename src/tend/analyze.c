/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/analyze.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "tend/unit_offline.h"
#include "unit/exit_status.h"
#include "unit/search_path.h"

typedef struct AnalyzeVerb {
        const char *name;
        unsigned min_arguments, max_arguments;
        int (*run)(Tend *tend, char **arguments);
} AnalyzeVerb;

enum { OPTION_SYSTEM = 256, OPTION_USER, OPTION_NO_PAGER, OPTION_VERSION };

/* clang-format off */
static const struct option long_options[] = {
        { "help", no_argument, NULL, 'h' },
        { "no-pager", no_argument, NULL, OPTION_NO_PAGER },
        { "quiet", no_argument, NULL, 'q' },
        { "system", no_argument, NULL, OPTION_SYSTEM },
        { "user", no_argument, NULL, OPTION_USER },
        { "version", no_argument, NULL, OPTION_VERSION },
        { 0 },
};
/* clang-format on */

/* --- unit-paths
 * ------------------------------------------------------------------------------------- */

static int run_unit_paths(Tend *tend, char **arguments UNUSED) {
        AUTO(host_machine_done) SpecifierMachine machine = { 0 };
        AUTO_STRV char **directories = NULL;
        const UnitSearchOptions options = {
                .scope = tend->scope,
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

static int run_exit_status(Tend *tend UNUSED, char **arguments) {
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

/* clang-format off */
static const AnalyzeVerb verbs[] = {
        { "exit-status", 0, UINT32_MAX, run_exit_status },
        { "unit-paths", 0, 0, run_unit_paths },
};
/* clang-format on */

static void print_help(void) {
        (void)puts("systemd-analyze [OPTIONS...] COMMAND ...\n\nCommands that tend answers:");
        for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++)
                (void)puts(verbs[i].name); /* as all output: checked when it is closed */
}

/* -1 = go on, else the exit status. */
static int apply_option(Tend *tend, int option) {
        switch (option) {
        case 'h':
                print_help();
                return 0;
        case OPTION_VERSION:
                (void)puts("tend " TEND_VERSION); /* as above */
                return 0;
        case 'q':
                tend->flags |= TEND_QUIET;
                return -1;
        case OPTION_NO_PAGER:
                tend->flags |= TEND_NO_PAGER;
                return -1;
        case OPTION_SYSTEM:
                tend->scope = UNIT_SCOPE_SYSTEM;
                return -1;
        case OPTION_USER:
                tend->scope = UNIT_SCOPE_USER;
                return -1;
        default:
                return 1; /* getopt has said why */
        }
}

static int run_verb(Tend *tend, char **arguments) {
        const char *name = arguments[0] ? arguments[0] : "time";
        size_t n_arguments = arguments[0] ? strv_length(arguments) - 1 : 0;

        for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++) {
                if (!streq(verbs[i].name, name))
                        continue;
                if (n_arguments < verbs[i].min_arguments || n_arguments > verbs[i].max_arguments) {
                        (void)fprintf(stderr,
                                      "Too %s arguments.\n",
                                      n_arguments < verbs[i].min_arguments ? "few" : "many");
                        return 1;
                }
                return verbs[i].run(tend, arguments + 1);
        }
        (void)fprintf(stderr, "systemd-analyze %s is not supported by tend yet.\n", name);
        return 1;
}

int analyze_main(Tend *tend, int argc, char **argv) {
        int option;

        /* Without root there is a system to look at, too: the default does not depend on the user.
         */
        tend->scope = UNIT_SCOPE_SYSTEM;
        while ((option = getopt_long(argc, argv, "hq", long_options, NULL)) >= 0) {
                int status = apply_option(tend, option);
                if (status >= 0)
                        return status;
        }
        return run_verb(tend, argv + optind);
}
