/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/front/analyze.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/duration.h"
#include "base/enum_name.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "tend/analyze/analyze_boot.h"
#include "tend/analyze/analyze_elf.h"
#include "tend/analyze/analyze_files.h"
#include "tend/analyze/analyze_security.h"
#include "tend/analyze/analyze_syscalls.h"
#include "tend/analyze_time.h"
#include "tend/cmd_condition.h"
#include "tend/cmd_verify.h"
#include "tend/program.h"
#include "tend/unit_offline.h"
#include "unit/exit_status.h"
#include "unit/search_path.h"

/* What the options said. */
typedef struct Analyze {
        Tend *tend;
        VerifyOptions verify;
        const char *unit; /* --unit= */
        BootOptions boot;
        const char *json, *policy, *profile;
        uint32_t threshold; /* tenths */
        bool has_threshold, offline, has_offline, global;
        AnalyzeTimeOptions time;
} Analyze;

typedef struct AnalyzeVerb {
        const char *name;
        unsigned min_arguments, max_arguments;
        int (*run)(Analyze *analyze, char **arguments); /* this, or the next */
        int (*run_boot)(const BootOptions *options, char **arguments);
} AnalyzeVerb;

enum {
        OPTION_BASE_TIME = 256,
        OPTION_GENERATORS,
        OPTION_ITERATIONS,
        OPTION_MAN,
        OPTION_NO_PAGER,
        OPTION_RECURSIVE_ERRORS,
        OPTION_ROOT,
        OPTION_SYSTEM,
        OPTION_UNIT,
        OPTION_USER,
        OPTION_VERSION,
        OPTION_FROM_PATTERN,
        OPTION_FUZZ,
        OPTION_GLOBAL,
        OPTION_IMAGE,
        OPTION_JSON,
        OPTION_OFFLINE,
        OPTION_ORDER,
        OPTION_PROFILE,
        OPTION_REQUIRE,
        OPTION_SECURITY_POLICY,
        OPTION_THRESHOLD,
        OPTION_TO_PATTERN,
};

/* clang-format off */
static const struct option long_options[] = {
        { "base-time", required_argument, NULL, OPTION_BASE_TIME },
        { "generators", optional_argument, NULL, OPTION_GENERATORS },
        { "help", no_argument, NULL, 'h' },
        { "iterations", required_argument, NULL, OPTION_ITERATIONS },
        { "man", optional_argument, NULL, OPTION_MAN },
        { "no-pager", no_argument, NULL, OPTION_NO_PAGER },
        { "quiet", no_argument, NULL, 'q' },
        { "recursive-errors", required_argument, NULL, OPTION_RECURSIVE_ERRORS },
        { "root", required_argument, NULL, OPTION_ROOT },
        { "system", no_argument, NULL, OPTION_SYSTEM },
        { "unit", required_argument, NULL, OPTION_UNIT },
        { "user", no_argument, NULL, OPTION_USER },
        { "version", no_argument, NULL, OPTION_VERSION },
        { "from-pattern", required_argument, NULL, OPTION_FROM_PATTERN },
        { "fuzz", required_argument, NULL, OPTION_FUZZ },
        { "global", no_argument, NULL, OPTION_GLOBAL },
        { "host", required_argument, NULL, 'H' },
        { "image", required_argument, NULL, OPTION_IMAGE },
        { "json", required_argument, NULL, OPTION_JSON },
        { "machine", required_argument, NULL, 'M' },
        { "offline", required_argument, NULL, OPTION_OFFLINE },
        { "order", no_argument, NULL, OPTION_ORDER },
        { "profile", required_argument, NULL, OPTION_PROFILE },
        { "require", no_argument, NULL, OPTION_REQUIRE },
        { "security-policy", required_argument, NULL, OPTION_SECURITY_POLICY },
        { "threshold", required_argument, NULL, OPTION_THRESHOLD },
        { "to-pattern", required_argument, NULL, OPTION_TO_PATTERN },
        { 0 },
};
/* clang-format on */

/* --- unit-paths
 * ------------------------------------------------------------------------------------- */

static int run_unit_paths(Analyze *analyze, char **arguments UNUSED) {
        static const char *const of_all_users[] = {
                "/etc/systemd/user",
                "/run/systemd/user",
                "/usr/local/share/systemd/user",
                "/usr/share/systemd/user",
                "/usr/local/lib/systemd/user",
                "/usr/lib/systemd/user",
        };
        AUTO_STRV char **directories = NULL;
        const UnitSearchOptions options = unit_offline_options(analyze->tend, analyze->verify.root);

        for (size_t i = 0; analyze->global && i < ARRAY_LENGTH(of_all_users); i++)
                (void)puts(of_all_users[i]); /* as all output: checked when it is closed */
        if (analyze->global)
                return 0;
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

static int run_calendar(Analyze *analyze, char **arguments) {
        return analyze_calendar(&analyze->time, arguments);
}

static int run_timespan(Analyze *analyze UNUSED, char **arguments) {
        return analyze_timespan(arguments);
}

static int run_timestamp(Analyze *analyze UNUSED, char **arguments) {
        return analyze_timestamp(arguments);
}

static int run_security(Analyze *analyze, char **arguments) {
        const SecurityOptions options = {
                .json = analyze->json,
                .root = analyze->verify.root,
                .policy = analyze->policy,
                .profile = analyze->profile,
                .offline = analyze->offline,
                .threshold = analyze->threshold,
                .with_held = streq(analyze->tend->program, "tend"),
        };
        return analyze_security(analyze->tend, &options, arguments);
}

static int run_inspect_elf(Analyze *analyze, char **arguments) {
        return analyze_inspect_elf(analyze->tend, analyze->json, arguments);
}

/* clang-format off */
static const AnalyzeVerb verbs[] = {
        { .name = "blame", .min_arguments = 0, .max_arguments = 0, .run_boot = analyze_blame },
        { .name = "capability", .min_arguments = 0, .max_arguments = UINT32_MAX, .run_boot = analyze_capability },
        { .name = "cat-config", .min_arguments = 1, .max_arguments = UINT32_MAX, .run_boot = analyze_cat_config },
        { .name = "compare-versions", .min_arguments = 2, .max_arguments = 3, .run_boot = analyze_compare_versions },
        { .name = "calendar", .min_arguments = 1, .max_arguments = UINT32_MAX, .run = run_calendar },
        { .name = "condition", .min_arguments = 0, .max_arguments = UINT32_MAX, .run = run_condition },
        { .name = "critical-chain", .min_arguments = 0, .max_arguments = UINT32_MAX, .run_boot = analyze_critical_chain },
        { .name = "dot", .min_arguments = 0, .max_arguments = UINT32_MAX, .run_boot = analyze_dot },
        { .name = "dump", .min_arguments = 0, .max_arguments = UINT32_MAX, .run_boot = analyze_dump },
        { .name = "exit-status", .min_arguments = 0, .max_arguments = UINT32_MAX, .run = run_exit_status },
        { .name = "filesystems", .min_arguments = 0, .max_arguments = UINT32_MAX, .run_boot = analyze_filesystems },
        { .name = "get-log-level", .min_arguments = 0, .max_arguments = 0, .run_boot = analyze_log_level },
        { .name = "get-log-target", .min_arguments = 0, .max_arguments = 0, .run_boot = analyze_log_target },
        { .name = "inspect-elf", .min_arguments = 1, .max_arguments = UINT32_MAX, .run = run_inspect_elf },
        { .name = "log-level", .min_arguments = 0, .max_arguments = 1, .run_boot = analyze_log_level },
        { .name = "log-target", .min_arguments = 0, .max_arguments = 1, .run_boot = analyze_log_target },
        { .name = "plot", .min_arguments = 0, .max_arguments = 0, .run_boot = analyze_plot },
        { .name = "security", .min_arguments = 0, .max_arguments = UINT32_MAX, .run = run_security },
        { .name = "service-watchdogs", .min_arguments = 0, .max_arguments = 1, .run_boot = analyze_service_watchdogs },
        { .name = "set-log-level", .min_arguments = 1, .max_arguments = 1, .run_boot = analyze_log_level },
        { .name = "set-log-target", .min_arguments = 1, .max_arguments = 1, .run_boot = analyze_log_target },
        { .name = "syscall-filter", .min_arguments = 0, .max_arguments = UINT32_MAX, .run_boot = analyze_syscall_filter },
        { .name = "time", .min_arguments = 0, .max_arguments = 0, .run_boot = analyze_boot_time },
        { .name = "unit-files", .min_arguments = 0, .max_arguments = UINT32_MAX, .run_boot = analyze_unit_files },
        { .name = "timespan", .min_arguments = 1, .max_arguments = UINT32_MAX, .run = run_timespan },
        { .name = "timestamp", .min_arguments = 1, .max_arguments = UINT32_MAX, .run = run_timestamp },
        { .name = "unit-paths", .min_arguments = 0, .max_arguments = 0, .run = run_unit_paths },
        { .name = "verify", .min_arguments = 1, .max_arguments = UINT32_MAX, .run = run_verify },
};
/* clang-format on */

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

static void set_verify_flag(Analyze *analyze, VerifyFlags flag, bool on) {
        analyze->verify.flags &= ~(unsigned)flag;
        analyze->verify.flags |= on ? (unsigned)flag : 0U;
}

static int add_pattern(char ***list, const char *value) {
        return strv_add(list, value) < 0 ? 1 : -1;
}

static int set_fuzz(Analyze *analyze, const char *value) {
        return duration_parse(str_of(value), USEC_PER_SEC, &analyze->boot.fuzz_usec) < 0 ? 1 : -1;
}

static int set_json(Analyze *analyze, const char *value) {
        static const char *const modes[] = { "pretty", "short", "off" };

        for (size_t i = 0; streq(value, "help") && i < ARRAY_LENGTH(modes); i++)
                (void)puts(modes[i]); /* as all output: checked when it is closed */
        if (streq(value, "help"))
                return 0;
        if (enum_parse(modes, ARRAY_LENGTH(modes), str_of(value)) < 0) {
                (void)fprintf(stderr, "Unknown argument to --json= switch: %s\n", value);
                return 1;
        }
        analyze->json = streq(value, "off") ? NULL : value;
        return -1;
}

static int set_threshold(Analyze *analyze, const char *value) {
        if (parse_u32(str_of(value), &analyze->threshold) < 0 || analyze->threshold > 100) {
                (void)fprintf(stderr, "Failed to parse threshold: %s\n", value);
                return 1;
        }
        analyze->has_threshold = true;
        return -1;
}

static int set_text(const char **place, const char *value) {
        *place = value;
        return -1;
}

/* Options of commands about the start, and of those that are not there. As apply_option. */
static int apply_boot_option(Analyze *analyze, int option) {
        BootOptions *boot = &analyze->boot;
        switch (option) {
        case OPTION_FROM_PATTERN:
                return add_pattern(&boot->from, optarg);
        case OPTION_TO_PATTERN:
                return add_pattern(&boot->to, optarg);
        case OPTION_ORDER:
                boot->order = true;
                return -1;
        case OPTION_REQUIRE:
                boot->require = true;
                return -1;
        case OPTION_FUZZ:
                return set_fuzz(analyze, optarg);
        case OPTION_GLOBAL:
                analyze->global = true;
                return -1;
        case 'H':
                return set_text(&boot->host, optarg);
        case 'M':
                return set_text(&boot->machine, optarg);
        case OPTION_IMAGE:
                return set_text(&boot->image, optarg);
        case OPTION_JSON:
                return set_json(analyze, optarg);
        case OPTION_OFFLINE:
                analyze->has_offline = true;
                return set_boolean("offline", optarg, &analyze->offline);
        case OPTION_PROFILE:
                return set_text(&analyze->profile, optarg);
        case OPTION_SECURITY_POLICY:
                return set_text(&analyze->policy, optarg);
        case OPTION_THRESHOLD:
                return set_threshold(analyze, optarg);
        default:
                return 1; /* getopt has said why */
        }
}

static int set_iterations(Analyze *analyze, const char *value) {
        uint32_t number;
        if (parse_u32(str_of(value), &number) < 0) {
                (void)fprintf(stderr, "Failed to parse iterations: %s\n", value);
                return 1;
        }
        analyze->time.iterations = number;
        return -1;
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
                return program_version(analyze, NULL, NULL) != PROGRAM_DONE;
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
                set_verify_flag(analyze, VERIFY_MANUALS, on);
                return status;
        case OPTION_GENERATORS:
                status = set_boolean("generators", optarg, &on);
                set_verify_flag(analyze, VERIFY_GENERATORS, on);
                return status;
        case OPTION_ROOT:
                analyze->verify.root = streq(optarg, "/") ? NULL : optarg;
                return -1;
        case OPTION_ITERATIONS:
                return set_iterations(analyze, optarg);
        case OPTION_BASE_TIME:
                return analyze_base_time(optarg, &analyze->time.base_time_usec) < 0 ? 1 : -1;
        case OPTION_UNIT:
                analyze->unit = optarg;
                return -1;
        default:
                return apply_boot_option(analyze, option);
        }
}

/* Options that only some commands take; the exit status, 0 = good. */
static int check_options(const Analyze *analyze, const char *name) {
        static const char *const with_root[] = { "cat-config", "verify", "condition" };
        static const char *const with_global[] = { "dot", "unit-paths", "verify" };
        bool has_root = analyze->verify.root || analyze->boot.image;
        const char *message = NULL;

        if (streq(name, "security"))
                has_root = has_root && !analyze->offline;
        else if (analyze->has_offline)
                message = "Option --offline= is only supported for security right now.";
        else if (analyze->json && !streq(name, "inspect-elf"))
                message = "Option --json= is only supported for security and inspect-elf right "
                          "now.";
        else if (analyze->has_threshold)
                message = "Option --threshold= is only supported for security right now.";
        else if (analyze->global &&
                 enum_parse(with_global, ARRAY_LENGTH(with_global), str_of(name)) < 0)
                message = "Option --global only makes sense with verbs dot, unit-paths, verify.";
        else if (analyze->policy)
                message = "Option --security-policy= is only supported for security.";
        if (!message && analyze->verify.root && analyze->boot.image)
                message = "Please specify either --root= or --image=, the combination of both is "
                          "not supported.";
        else if (!message && has_root &&
                 enum_parse(with_root, ARRAY_LENGTH(with_root), str_of(name)) < 0)
                message = "Options --root= and --image= are only supported for cat-config, verify, "
                          "condition and security when used with --offline= right now.";
        if (!message && analyze->boot.image)
                message = "tend does not open disk images: mount it and say --root= with the "
                          "directory instead of --image=.";
        if (message)
                (void)fprintf(stderr, "%s\n", message); /* nowhere to report a failing stderr */
        return message ? 1 : 0;
}

static int run_verb(Analyze *analyze, char **arguments) {
        const char *name = arguments[0] ? arguments[0] : "time";
        size_t n_arguments = arguments[0] ? strv_length(arguments) - 1 : 0;

        if (check_options(analyze, name) != 0)
                return 1;
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
                char **rest = arguments[0] ? arguments + 1 : arguments;
                analyze->boot.tend = analyze->tend;
                analyze->boot.root = analyze->verify.root;
                return verbs[i].run ? verbs[i].run(analyze, rest)
                                    : verbs[i].run_boot(&analyze->boot, rest);
        }
        (void)fprintf(stderr, "Unknown command verb %s.\n", name);
        return 1;
}

int analyze_main(Tend *tend, int argc, char **argv) {
        Analyze analyze = {
                .tend = tend,
                .verify = { .scope = VERIFY_STARTING, .flags = VERIFY_AS_SYSTEMD | VERIFY_MANUALS },
                .time = { .iterations = 1, .base_time_usec = USEC_INFINITY },
                .threshold = 100,
        };
        int option;

        /* Without root there is a system to look at, too: the default does not depend on the user.
         */
        if (!streq(tend->program, "tend")) /* who has the scope of its own manager */
                tend->scope = UNIT_SCOPE_SYSTEM;
        while ((option = getopt_long(argc, argv, "hqH:M:", long_options, NULL)) >= 0) {
                int status = apply_option(&analyze, option);
                if (status >= 0)
                        return status;
        }
        int status = run_verb(&analyze, argv + optind);
        strv_free(analyze.boot.from);
        strv_free(analyze.boot.to);
        return status;
}
