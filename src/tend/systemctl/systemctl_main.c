/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/duration.h"
#include "base/enum_name.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "tend/log_output.h"
#include "tend/systemctl/ctl_list.h"
#include "tend/systemctl/ctl_verbs.h"
#include "tend/systemctl/systemctl.h"
#include "tend/systemctl/systemctl_help.h"
#include "tend/systemd_names.h"
#include "unit/unit_name.h"

typedef ProgramOption Row;

/* --- options with a list of values
 * ------------------------------------------------------------------------- */

static const char *const load_states[] = {
        "stub", "loaded", "not-found", "bad-setting", "error", "merged", "masked",
};

/* -t: types of units; names of load states go to --state. */
static ProgramOutcome apply_types(void *userdata, const Row *option UNUSED, const char *value) {
        Systemctl *ctl = userdata;
        Str rest = str_of(value), part;

        if (value[0] == '\0')
                return program_fail("--type= requires arguments."), PROGRAM_FAILED;
        while (str_next_part(&rest, ',', &part)) {
                AUTO_FREE char *name = str_dup(part);
                if (!name)
                        return program_fail("Out of memory.");
                if (streq(name, "help"))
                        return systemctl_help_types(), PROGRAM_DONE;
                AUTO(strbuf_done) StrBuf probe = STRBUF_INIT;
                UnitType type;
                strbuf_addf(&probe, "x.%s", name);
                if (unit_name_type(strbuf_text(&probe), &type) >= 0) {
                        if (strv_add(&ctl->types, name) < 0)
                                return program_fail("Out of memory.");
                } else if (enum_parse(load_states, ARRAY_LENGTH(load_states), part) >= 0) {
                        if (strv_add(&ctl->states, name) < 0)
                                return program_fail("Out of memory.");
                } else {
                        return program_fail("Unknown unit type or load state '%s'.\n"
                                            "Use -t help to see a list of allowed values.",
                                            name);
                }
        }
        return PROGRAM_GO_ON;
}

static ProgramOutcome add_parts(char ***list, const char *value, void (*help)(void)) {
        Str rest = str_of(value), part;

        while (str_next_part(&rest, ',', &part)) {
                if (help && str_equal_c(part, "help"))
                        return help(), PROGRAM_DONE;
                if (strv_add_str(list, part) < 0)
                        return program_fail("Out of memory.");
        }
        return PROGRAM_GO_ON;
}

static ProgramOutcome apply_states(void *userdata, const Row *option UNUSED, const char *value) {
        Systemctl *ctl = userdata;

        if (value[0] == '\0')
                return program_fail("--state= requires arguments.");
        return add_parts(&ctl->states, value, systemctl_help_states);
}

static ProgramOutcome
apply_failed(void *userdata, const Row *option UNUSED, const char *value UNUSED) {
        Systemctl *ctl = userdata;
        return strv_add(&ctl->states, "failed") < 0 ? PROGRAM_FAILED : PROGRAM_GO_ON;
}

static ProgramOutcome apply_what(void *userdata, const Row *option UNUSED, const char *value) {
        Systemctl *ctl = userdata;

        if (value[0] == '\0')
                return program_fail("--what= requires arguments.");
        return add_parts(&ctl->what, value, systemctl_help_what);
}

static ProgramOutcome apply_properties(void *userdata, const Row *option, const char *value) {
        Systemctl *ctl = userdata;

        ctl->flags |= option->letter == 'P' ? (unsigned)SYSTEMCTL_VALUE : 0U;
        /* "" asks for nothing that there is */
        return value[0] == '\0'
                       ? (strv_add(&ctl->properties, "") < 0 ? PROGRAM_FAILED : PROGRAM_GO_ON)
                       : add_parts(&ctl->properties, value, NULL);
}

/* --- options with one value
 * --------------------------------------------------------------------------------- */

static ProgramOutcome apply_user(void *userdata, const Row *option, const char *value UNUSED) {
        Systemctl *ctl = userdata;
        ctl->tend->scope = streq(option->name, "user") ? UNIT_SCOPE_USER : UNIT_SCOPE_SYSTEM;
        return PROGRAM_GO_ON;
}

/* Unit files of all users: asking goes to the user's manager. */
static ProgramOutcome
apply_global(void *userdata, const Row *option UNUSED, const char *value UNUSED) {
        Systemctl *ctl = userdata;
        ctl->tend->scope = UNIT_SCOPE_USER;
        ctl->flags |= SYSTEMCTL_GLOBAL;
        return PROGRAM_GO_ON;
}

/* --after, --before, --reverse: of list-dependencies the last counts. */
static ProgramOutcome apply_walked(void *userdata, const Row *option, const char *value UNUSED) {
        Systemctl *ctl = userdata;
        ctl->flags |= option->flag;
        ctl->walked = option->flag;
        return PROGRAM_GO_ON;
}

/* Another host or machine: the last counts. */
static ProgramOutcome apply_elsewhere(void *userdata, const Row *option, const char *value) {
        Systemctl *ctl = userdata;

        ctl->host = NULL;
        ctl->machine = NULL;
        return program_set_text(userdata, option, value);
}

/* A path; "" takes an earlier one back. */
static ProgramOutcome apply_place(void *userdata, const Row *option, const char *value) {
        return program_set_text(userdata, option, value[0] ? value : NULL);
}

static ProgramOutcome
apply_quiet(void *userdata, const Row *option UNUSED, const char *value UNUSED) {
        Systemctl *ctl = userdata;
        ctl->flags |= SYSTEMCTL_QUIET;
        return PROGRAM_GO_ON;
}

static ProgramOutcome apply_legend(void *userdata, const Row *option, const char *value) {
        Systemctl *ctl = userdata;
        ProgramOutcome outcome = program_set_boolean(userdata, option, value);
        ctl->flags ^= SYSTEMCTL_NO_LEGEND; /* the option says the opposite of the flag */
        ctl->has_legend = true;
        return outcome;
}

static ProgramOutcome
apply_full(void *userdata, const Row *option UNUSED, const char *value UNUSED) {
        Systemctl *ctl = userdata;
        ctl->flags |= SYSTEMCTL_FULL;
        ctl->tend->flags |= TEND_FULL;
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_no_pager(void *userdata, const Row *option UNUSED, const char *value UNUSED) {
        Systemctl *ctl = userdata;
        ctl->tend->flags |= TEND_NO_PAGER;
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_force(void *userdata, const Row *option UNUSED, const char *value UNUSED) {
        Systemctl *ctl = userdata;
        ctl->flags |= ctl->flags & SYSTEMCTL_FORCE ? SYSTEMCTL_FORCE_TWICE : SYSTEMCTL_FORCE;
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_ignored(void *userdata UNUSED, const Row *option UNUSED, const char *value UNUSED) {
        return PROGRAM_GO_ON;
}

static ProgramOutcome apply_lines(void *userdata, const Row *option UNUSED, const char *value) {
        Systemctl *ctl = userdata;

        if (parse_u32(str_of(value), &ctl->lines) < 0)
                return program_fail("Failed to parse lines '%s'", value);
        ctl->has_lines = true;
        return PROGRAM_GO_ON;
}

static ProgramOutcome apply_output(void *userdata, const Row *option UNUSED, const char *value) {
        Systemctl *ctl = userdata;

        if (streq(value, "help"))
                return log_output_help(), PROGRAM_DONE;
        if (!log_output_is_known(value))
                return program_fail("Unknown output '%s'.", value);
        ctl->output = value;
        if (streq(value, "json"))
                ctl->json = TEXT_TABLE_JSON;
        else if (streq(value, "json-pretty"))
                ctl->json = TEXT_TABLE_JSON | TEXT_TABLE_PRETTY;
        if (ctl->json)
                ctl->flags |= SYSTEMCTL_NO_LEGEND;
        return PROGRAM_GO_ON;
}

static ProgramOutcome apply_signal(void *userdata, const Row *option UNUSED, const char *value) {
        Systemctl *ctl = userdata;

        if (streq(value, "help"))
                return systemctl_help_signals(), PROGRAM_DONE;
        if (streq(value, "list"))
                return systemctl_list_signals(), PROGRAM_DONE;
        if (parse_signal(str_of(value), &ctl->signal_number) < 0)
                return program_fail("Failed to parse signal string \"%s\".", value);
        return PROGRAM_GO_ON;
}

static ProgramOutcome apply_job_mode(void *userdata, const Row *option, const char *value) {
        Systemctl *ctl = userdata;

        if (option->name && streq(option->name, "irreversible"))
                value = "replace-irreversibly";
        else if (option->name && streq(option->name, "fail"))
                value = "fail";
        else if (option->name && streq(option->name, "ignore-dependencies"))
                value = "ignore-dependencies";
        ctl->job_mode = value;
        ctl->has_job_mode = true;
        return PROGRAM_GO_ON;
}

static ProgramOutcome apply_timestamp(void *userdata, const Row *option UNUSED, const char *value) {
        static const char *const names[] = {
                [TIMESTAMP_PRETTY] = "pretty", [TIMESTAMP_US] = "us",     [TIMESTAMP_UTC] = "utc",
                [TIMESTAMP_US_UTC] = "us+utc", [TIMESTAMP_UNIX] = "unix",
        };
        Systemctl *ctl = userdata;

        static_assert(ARRAY_LENGTH(names) == TIMESTAMP_STYLE_COUNT, "a name per style");
        for (size_t i = 0; streq(value, "help") && i < ARRAY_LENGTH(names); i++)
                (void)puts(names[i]); /* as all output: checked when it is closed */
        if (streq(value, "help"))
                return PROGRAM_DONE;
        int style = enum_parse(names, ARRAY_LENGTH(names), str_of(value));
        if (streq(value, "\u00b5s"))
                style = TIMESTAMP_US;
        if (style < 0)
                return program_fail("Invalid value: %s.", value);
        ctl->timestamps = (TimestampStyle)style;
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_inhibitors(void *userdata UNUSED, const Row *option UNUSED, const char *value) {
        bool check;

        if (!streq(value, "auto") && parse_boolean(str_of(value), &check) < 0)
                return program_fail("Failed to parse --check-inhibitors= argument: %s", value);
        return PROGRAM_GO_ON;
}

/* About the next boot, which is in nobody's hands here. */
static ProgramOutcome apply_boot_option(void *userdata, const Row *option, const char *value) {
        Systemctl *ctl = userdata;
        uint64_t usec;

        if (streq(option->name, "boot-loader-menu") &&
            duration_parse(str_of(value), USEC_PER_SEC, &usec) < 0)
                return program_fail(
                        "Failed to parse --boot-loader-menu= argument '%s': Invalid argument",
                        value);
        ctl->boot_option = option->name;
        return PROGRAM_GO_ON;
}

static ProgramOutcome apply_preset_mode(void *userdata, const Row *option, const char *value) {
        if (streq(value, "help"))
                return systemctl_help_preset_modes(), PROGRAM_DONE;
        return program_set_text(userdata, option, value);
}

/* "-.slice" was meant, not an option. */
static ProgramOutcome apply_dot(void *userdata, const Row *option UNUSED, const char *value) {
        const Systemctl *ctl = userdata;
        return program_fail("%s: invalid option -- '.'\n"
                            "Hint: to specify units starting with a dash, use \"--\":\n"
                            "      %s [OPTIONS...] COMMAND -- -.%s ...",
                            ctl->called,
                            ctl->called,
                            value ? value : "mount");
}

static void print_options(void);

static ProgramOutcome
apply_help(void *userdata UNUSED, const Row *option UNUSED, const char *value UNUSED) {
        systemctl_help();
        print_options();
        return PROGRAM_DONE;
}

/* --- tables
 * ------------------------------------------------------------------------------------------------
 */

#define PLACE(member) .place = offsetof(Systemctl, member)
#define FLAG(bit) .apply = program_set_flag, PLACE(flags), .flag = (bit)
#define TEXT(member) .argument = PROGRAM_ARGUMENT, .apply = program_set_text, PLACE(member)
#define WALKED(bit) .apply = apply_walked, .flag = (bit)
#define VALUE(function) .argument = PROGRAM_ARGUMENT, .apply = (function)

/* clang-format off */
static const ProgramOption options[] = {
        { "after", 0, WALKED(SYSTEMCTL_JOBS_AFTER) },
        { "all", 'a', FLAG(SYSTEMCTL_ALL) },
        { "before", 0, WALKED(SYSTEMCTL_JOBS_BEFORE) },
        { "boot-loader-entry", 0, VALUE(apply_boot_option) },
        { "boot-loader-menu", 0, VALUE(apply_boot_option) },
        { "check-inhibitors", 0, VALUE(apply_inhibitors) },
        { "dry-run", 0, FLAG(SYSTEMCTL_DRY_RUN) },
        { "fail", 0, .apply = apply_job_mode },
        { "failed", 0, .apply = apply_failed },
        { "firmware-setup", 0, .apply = apply_boot_option },
        { "force", 'f', .apply = apply_force },
        { "full", 'l', .apply = apply_full },
        { "global", 0, .apply = apply_global },
        { "help", 'h', .apply = apply_help },
        { "host", 'H', VALUE(apply_elsewhere), PLACE(host) },
        { "ignore-dependencies", 0, .apply = apply_job_mode },
        { "ignore-inhibitors", 'i', .apply = apply_ignored },
        { "image", 0, VALUE(apply_place), PLACE(image) },
        { "irreversible", 0, .apply = apply_job_mode },
        { "job-mode", 0, VALUE(apply_job_mode) },
        { "kill-who", 0, TEXT(kill_whom) },
        { "kill-whom", 0, TEXT(kill_whom) },
        { "legend", 0, VALUE(apply_legend), PLACE(flags), .flag = SYSTEMCTL_NO_LEGEND },
        { "lines", 'n', VALUE(apply_lines) },
        { "machine", 'M', VALUE(apply_elsewhere), PLACE(machine) },
        { "marked", 0, FLAG(SYSTEMCTL_MARKED) },
        { "message", 0, VALUE(apply_ignored) },
        { "mkdir", 0, FLAG(SYSTEMCTL_MKDIR) },
        { "no-ask-password", 0, .apply = apply_ignored },
        { "no-block", 0, FLAG(SYSTEMCTL_NO_BLOCK) },
        { "no-legend", 0, FLAG(SYSTEMCTL_NO_LEGEND) },
        { "no-pager", 0, .apply = apply_no_pager },
        { "no-reload", 0, FLAG(SYSTEMCTL_NO_RELOAD) },
        { "no-wall", 0, FLAG(SYSTEMCTL_NO_WALL) },
        { "now", 0, FLAG(SYSTEMCTL_NOW) },
        { "output", 'o', VALUE(apply_output) },
        { "plain", 0, FLAG(SYSTEMCTL_PLAIN) },
        { "preset-mode", 0, VALUE(apply_preset_mode), PLACE(preset_mode) },
        { "property", 'p', VALUE(apply_properties) },
        { NULL, 'P', VALUE(apply_properties) },
        { NULL, '.', .argument = PROGRAM_OPTIONAL_ARGUMENT, .apply = apply_dot },
        { "quiet", 'q', .apply = apply_quiet },
        { "read-only", 0, FLAG(SYSTEMCTL_READ_ONLY) },
        { "reboot-argument", 0, VALUE(apply_boot_option) },
        { "recursive", 'r', FLAG(SYSTEMCTL_RECURSIVE) },
        { "reverse", 0, WALKED(SYSTEMCTL_REVERSE) },
        { "root", 0, VALUE(apply_place), PLACE(root) },
        { "runtime", 0, FLAG(SYSTEMCTL_RUNTIME) },
        { "show-transaction", 'T', FLAG(SYSTEMCTL_SHOW_TRANSACTION) },
        { "show-types", 0, FLAG(SYSTEMCTL_SHOW_TYPES) },
        { "signal", 's', VALUE(apply_signal) },
        { "state", 0, VALUE(apply_states) },
        { "system", 0, .apply = apply_user },
        { "timestamp", 0, VALUE(apply_timestamp) },
        { "type", 't', VALUE(apply_types) },
        { "user", 0, .apply = apply_user },
        { "value", 0, FLAG(SYSTEMCTL_VALUE) },
        { "version", 0, .apply = program_version },
        { "wait", 0, FLAG(SYSTEMCTL_WAIT) },
        { "what", 0, VALUE(apply_what) },
        { "with-dependencies", 0, FLAG(SYSTEMCTL_WITH_DEPENDENCIES) },
};

#define ANY PROGRAM_ANY

static const ProgramVerb verbs[] = {
        { "add-requires", ctl_files, 2, ANY },
        { "add-wants", ctl_files, 2, ANY },
        { "bind", ctl_bind, 2, 3 },
        { "cancel", ctl_cancel, 0, ANY },
        { "cat", ctl_cat, 1, ANY },
        { "clean", ctl_clean, 1, ANY },
        { "condreload", ctl_start, 1, ANY },
        { "condrestart", ctl_start, 1, ANY },
        { "condstop", ctl_start, 1, ANY },
        { "daemon-reexec", ctl_daemon_reload, 0, 0 },
        { "daemon-reload", ctl_daemon_reload, 0, 0 },
        { "default", ctl_special, 0, 0 },
        { "disable", ctl_files, 1, ANY },
        { "edit", ctl_files, 1, ANY },
        { "emergency", ctl_special, 0, 0 },
        { "enable", ctl_files, 1, ANY },
        { "exit", ctl_exit, 0, 1 },
        { "force-reload", ctl_start, 1, ANY },
        { "freeze", ctl_freeze, 1, ANY },
        { "get-default", ctl_files, 0, 0 },
        { "halt", ctl_special, 0, 0 },
        { "help", ctl_help, 0, ANY },
        { "hibernate", ctl_special, 0, 0 },
        { "hybrid-sleep", ctl_special, 0, 0 },
        { "import-environment", ctl_import_environment, 0, ANY },
        { "is-active", ctl_is_active, 1, ANY },
        { "is-enabled", ctl_files, 1, ANY },
        { "is-failed", ctl_is_failed, 1, ANY },
        { "is-system-running", ctl_is_system_running, 0, 0 },
        { "isolate", ctl_start, 1, 1 },
        { "kexec", ctl_special, 0, 0 },
        { "kill", ctl_kill, 1, ANY },
        { "link", ctl_files, 1, ANY },
        { "list-automounts", ctl_list_automounts, 0, ANY },
        { "list-dependencies", ctl_list_dependencies, 0, ANY },
        { "list-jobs", ctl_list_jobs, 0, ANY },
        { "list-machines", ctl_list_machines, 0, ANY },
        { "list-sockets", ctl_list_sockets, 0, ANY },
        { "list-timers", ctl_list_timers, 0, ANY },
        { "list-unit-files", ctl_files, 0, ANY },
        { "list-units", ctl_list_units, 0, ANY },
        { "log-level", ctl_log_level, 0, 1 },
        { "log-target", ctl_log_target, 0, 1 },
        { "mask", ctl_files, 1, ANY },
        { "mount-image", ctl_mount_image, 3, 4 },
        { "poweroff", ctl_special, 0, 0 },
        { "preset", ctl_files, 1, ANY },
        { "preset-all", ctl_files, 0, 0 },
        { "reboot", ctl_special, 0, 1 },
        { "reenable", ctl_files, 1, ANY },
        { "reload", ctl_start, 1, ANY },
        { "reload-or-restart", ctl_start, 0, ANY },
        { "reload-or-try-restart", ctl_start, 1, ANY },
        { "rescue", ctl_special, 0, 0 },
        { "reset-failed", ctl_reset_failed, 0, ANY },
        { "restart", ctl_start, 1, ANY },
        { "revert", ctl_files, 1, ANY },
        { "service-log-level", ctl_service_log_level, 1, 2 },
        { "service-log-target", ctl_service_log_target, 1, 2 },
        { "service-watchdogs", ctl_service_watchdogs, 0, 1 },
        { "set-default", ctl_files, 1, 1 },
        { "set-environment", ctl_set_environment, 1, ANY },
        { "set-property", ctl_set_property, 2, ANY },
        { "show", ctl_show, 0, ANY },
        { "show-environment", ctl_show_environment, 0, 0 },
        { "start", ctl_start, 0, ANY },
        { "status", ctl_status, 0, ANY },
        { "stop", ctl_start, 1, ANY },
        { "suspend", ctl_special, 0, 0 },
        { "suspend-then-hibernate", ctl_special, 0, 0 },
        { "switch-root", ctl_switch_root, 1, 2 },
        { "thaw", ctl_freeze, 1, ANY },
        { "try-reload-or-restart", ctl_start, 1, ANY },
        { "try-restart", ctl_start, 1, ANY },
        { "unmask", ctl_files, 1, ANY },
        { "unset-environment", ctl_set_environment, 1, ANY },
};
/* clang-format on */

/* All of them, as they are typed, in lines. */
static void print_options(void) {
        enum { WIDTH = 90 };
        size_t used = WIDTH;

        for (size_t i = 0; i < ARRAY_LENGTH(options); i++) {
                const Row *row = &options[i];
                char letter[4] = { '-', row->letter, ' ', '\0' };
                size_t length = (row->name ? strlen(row->name) : 0) + 10;
                if (!row->name)
                        continue;
                used = used + length > WIDTH ? 0 : used;
                printf("%s%s--%s%s",
                       used == 0 ? "\n  " : "  ",
                       row->letter ? letter : "",
                       row->name,
                       row->argument == PROGRAM_NO_ARGUMENT ? "" : "=");
                used += length;
        }
        (void)putchar('\n'); /* as all output: checked when it is closed */
}

static const Program program = {
        .options = options,
        .n_options = ARRAY_LENGTH(options),
        .verbs = verbs,
        .n_verbs = ARRAY_LENGTH(verbs),
        .default_verb = "list-units",
};

static int check_combinations(const Systemctl *ctl) {
        if (ctl->flags & SYSTEMCTL_WAIT && ctl->flags & SYSTEMCTL_NO_BLOCK)
                return program_fail("--wait may not be combined with --no-block.");
        if (ctl->flags & SYSTEMCTL_MARKED && !streq(ctl->verb, "reload-or-restart"))
                return program_fail("--marked may only be used with 'reload-or-restart'.");
        if (ctl->host && ctl->tend->scope == UNIT_SCOPE_USER)
                return program_fail("Cannot access user instance remotely.");
        if ((ctl->host || ctl->machine) && streq(ctl->verb, "cat"))
                return program_fail("Cannot remotely cat units.");
        if ((ctl->host || ctl->machine) && streq(ctl->verb, "edit"))
                return program_fail("Cannot edit units remotely.");
        if (ctl->image && ctl->root)
                return program_fail("Please specify either --root= or --image=, the combination of "
                                    "both is not supported.");
        if (ctl->image)
                return program_fail("tend does not open disk images: mount %s and say --root= with "
                                    "the directory instead of --image=.",
                                    ctl->image);
        if (ctl->root && !ctl_files_has_verb(ctl->verb))
                return program_fail("Verb '%s' cannot be used with --root= or --image=.",
                                    ctl->verb);
        return 0;
}

static int run(Systemctl *ctl, char **argv) {
        char **arguments;

        switch (program_read_options(&program, argv, ctl, &arguments)) {
        case PROGRAM_GO_ON:
                break;
        case PROGRAM_DONE:
                return 0;
        case PROGRAM_FAILED:
                return 1;
        }
        if (ctl->flags & SYSTEMCTL_QUIET && !ctl->has_legend)
                ctl->flags |= SYSTEMCTL_NO_LEGEND;
        ctl->verb = arguments[0] ? arguments[0] : program.default_verb;
        if (check_combinations(ctl) != 0)
                return 1;
        const ProgramVerb *verb = program_find_verb(&program, arguments);
        if (!verb)
                return 1;
        int r = verb->run(ctl, arguments[0] ? arguments + 1 : arguments);
        return r < 0 ? 1 : r;
}

int systemctl_main(Tend *tend, int argc UNUSED, char **argv) {
        Systemctl ctl = {
                .tend = tend,
                .job_mode = "replace",
                .lines = 10,
                .signal_number = 15,
                .called = argv[0],
        };

        if (systemd_name_is_known(tend->program))
                tend->scope = UNIT_SCOPE_SYSTEM; /* whoever asks */
        int status = run(&ctl, argv);
        strv_free(ctl.types);
        strv_free(ctl.states);
        strv_free(ctl.properties);
        strv_free(ctl.what);
        return status;
}

bool systemctl_has_verb(const char *name) {
        for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++)
                if (streq(verbs[i].name, name))
                        return true;
        return false;
}

void systemctl_print_verbs(bool (*is_known)(const char *name)) {
        enum { WIDTH = 90 };
        size_t used = WIDTH;

        for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++) {
                size_t length = strlen(verbs[i].name) + 2;
                if (is_known(verbs[i].name))
                        continue;
                used = used + length > WIDTH ? 0 : used;
                printf("%s%s", used == 0 ? "\n  " : "  ", verbs[i].name);
                used += length;
        }
        (void)putchar('\n'); /* as all output: checked when it is closed */
}
