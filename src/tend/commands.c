/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/commands.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/str.h"
#include "tend/cmd_active.h"
#include "tend/cmd_cat.h"
#include "tend/cmd_condition.h"
#include "tend/cmd_dependencies.h"
#include "tend/cmd_edit.h"
#include "tend/cmd_enable.h"
#include "tend/cmd_list.h"
#include "tend/cmd_logs.h"
#include "tend/cmd_names.h"
#include "tend/cmd_plan.h"
#include "tend/cmd_report.h"
#include "tend/cmd_show.h"
#include "tend/cmd_start.h"
#include "tend/cmd_status.h"
#include "tend/cmd_timer.h"
#include "tend/cmd_unit_files.h"
#include "tend/cmd_up.h"
#include "tend/cmd_verify.h"
#include "tend/cmd_why.h"

static int cmd_help(Tend *tend, char **arguments);
static int cmd_version(Tend *tend, char **arguments);
static int cmd_own_options(Tend *tend, char **arguments);

#define DISTANCE_MAX 2 /* edits between what was typed and what is suggested */

/* clang-format off */
static const TendCommand commands[] = {
        { "up", "[UNIT...]", "Start a manager here if none runs, and the units", 0, UINT_MAX, cmd_up, "Manager" },
        { "down", "", "Stop everything in reverse order and end the manager", 0, 0, cmd_down, NULL },
        { "init", "[UNIT]", "Be the first process of a container", 0, 1, cmd_init, NULL },
        { "daemon-reload", "", "Read changed unit files", 0, 0, cmd_daemon_reload, NULL },
        { "start", "UNIT...", "Start units", 1, UINT_MAX, cmd_start, "Units" },
        { "stop", "UNIT...", "Stop units", 1, UINT_MAX, cmd_stop, NULL },
        { "restart", "UNIT...", "Stop and start units", 1, UINT_MAX, cmd_restart, NULL },
        { "try-restart", "UNIT...", "Restart units that are running", 1, UINT_MAX, cmd_try_restart, NULL },
        { "reload", "UNIT...", "Let units read their configuration again", 1, UINT_MAX, cmd_reload, NULL },
        { "reload-or-restart", "UNIT...", "Reload where possible, else restart", 1, UINT_MAX, cmd_reload_or_restart, NULL },
        { "isolate", "UNIT", "Start one unit and stop all others", 1, 1, cmd_isolate, NULL },
        { "run", "COMMAND...", "Run a command as a unit (options as of systemd-run)", 0, UINT_MAX, cmd_own_options, NULL },
        { "kill", "UNIT...", "Send a signal to the processes of units", 1, UINT_MAX, cmd_kill, NULL },
        { "reset-failed", "[UNIT...]", "Forget failures and their counters", 0, UINT_MAX, cmd_reset_failed, NULL },
        { "cancel", "[JOB...]", "Cancel jobs", 0, UINT_MAX, cmd_cancel, NULL },
        { "status", "[UNIT...]", "Everything on one screen, or all about some units", 0, UINT_MAX, cmd_status, "What is going on" },
        { "why", "UNIT", "What led to the last change of its state", 1, 1, cmd_why, NULL },
        { "logs", "[UNIT...]", "What units wrote (options also as of journalctl)", 1, UINT_MAX, cmd_logs, NULL },
        { "report", "UNIT", "What became of its settings: which hold in full, which do not and why", 1, 1, cmd_report, NULL },
        { "is-active", "UNIT...", "Whether units are up", 1, UINT_MAX, cmd_is_active, NULL },
        { "is-failed", "UNIT...", "Whether units have failed", 1, UINT_MAX, cmd_is_failed, NULL },
        { "top", "", "Groups by what they use (options as of systemd-cgtop)", 0, UINT_MAX, cmd_own_options, NULL },
        { "plot", "", "The start as a picture (SVG)", 0, 0, cmd_own_options, NULL },
        { "show", "[UNIT|JOB...]", "Properties for machines", 0, UINT_MAX, cmd_show, NULL },
        { "list-units", "[PATTERN...]", "Loaded units", 0, UINT_MAX, cmd_list_units, NULL },
        { "list-jobs", "", "Queued jobs", 0, 0, cmd_list_jobs, NULL },
        { "list-dependencies", "[UNIT]", "What a unit needs, as a tree", 0, 1, cmd_list_dependencies, NULL },
        { "cat", "UNIT...", "The files of units", 1, UINT_MAX, cmd_cat, "Unit files" },
        { "show-file", "UNIT...", "The files of units merged into one", 1, UINT_MAX, cmd_show_file, NULL },
        { "plan-of", "UNIT", "What the executor is told to do", 1, 1, cmd_plan_of, NULL },
        { "list-unit-files", "[PATTERN...]", "Unit files there are", 0, UINT_MAX, cmd_list_unit_files, NULL },
        { "is-enabled", "UNIT...", "Whether unit files are enabled", 1, UINT_MAX, cmd_is_enabled, NULL },
        { "edit", "UNIT...", "Change units by drop-ins, or whole files with --full", 1, UINT_MAX, cmd_edit, NULL },
        { "enable", "UNIT|PATH...", "Have units started, as their [Install] sections say", 1, UINT_MAX, cmd_enable, NULL },
        { "disable", "UNIT...", "Undo that", 1, UINT_MAX, cmd_disable, NULL },
        { "reenable", "UNIT|PATH...", "Disable and enable", 1, UINT_MAX, cmd_reenable, NULL },
        { "preset", "UNIT...", "Enable or disable as presets say", 1, UINT_MAX, cmd_preset, NULL },
        { "preset-all", "", "The same for all unit files", 0, 0, cmd_preset_all, NULL },
        { "mask", "UNIT...", "Make units unusable", 1, UINT_MAX, cmd_mask, NULL },
        { "unmask", "UNIT...", "Undo that", 1, UINT_MAX, cmd_unmask, NULL },
        { "link", "PATH...", "Use unit files that lie elsewhere", 1, UINT_MAX, cmd_link, NULL },
        { "revert", "UNIT...", "Go back to what the vendor ships", 1, UINT_MAX, cmd_revert, NULL },
        { "add-wants", "TARGET UNIT...", "Let a target want units", 2, UINT_MAX, cmd_add_wants, NULL },
        { "add-requires", "TARGET UNIT...", "Let a target require units", 2, UINT_MAX, cmd_add_requires, NULL },
        { "get-default", "", "The default target", 0, 0, cmd_get_default, NULL },
        { "set-default", "TARGET", "Set the default target", 1, 1, cmd_set_default, NULL },
        { "unit-paths", "", "Where unit files are looked for", 0, 0, cmd_unit_paths, NULL },
        { "verify", "FILE|UNIT...", "What is wrong with unit files", 1, UINT_MAX, cmd_verify, NULL },
        { "security", "UNIT|FILE...", "How exposed services are (options as of systemd-analyze)", 1, UINT_MAX, cmd_own_options, NULL },
        { "condition", "CONDITION...", "Whether conditions hold on this machine", 1, UINT_MAX, cmd_condition, NULL },
        { "escape", "TEXT...", "Text as part of a unit name, and back", 0, UINT_MAX, cmd_own_options, NULL },
        { "exit-status", "[STATUS...]", "Exit statuses and their names", 0, UINT_MAX, cmd_own_options, NULL },
        { "calendar", "EXPRESSION...", "What calendar expressions mean, and when", 1, UINT_MAX, cmd_own_options, NULL },
        { "timer", "TIMER", "What became of the runs of a timer", 1, 1, cmd_timer, NULL },
        { "timers", "--simulate...", "Each run that timers would make in a period", 1, UINT_MAX, cmd_own_options, NULL },
        { "timespan", "SPAN...", "How long time spans are", 1, UINT_MAX, cmd_own_options, NULL },
        { "timestamp", "STAMP...", "Which moments time stamps mean", 1, UINT_MAX, cmd_own_options, NULL },
        { "install-names", "DIR", "Links there: tend as systemctl, systemd-run and so on", 1, 1, cmd_install_names, NULL },
        { "help", "", "This text", 0, 0, cmd_help, "tend" },
        { "version", "", "The version of tend", 0, 0, cmd_version, NULL },
};
/* clang-format on */

const TendCommand *command_find(const char *name) {
        for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
                if (streq(commands[i].name, name))
                        return &commands[i];
        return NULL;
}

void commands_print_help(void) {
        for (size_t i = 0; i < ARRAY_LENGTH(commands); i++) {
                const TendCommand *command = &commands[i];
                if (command->group)
                        printf("%s%s:\n", i > 0 ? "\n" : "", command->group);
                printf("  %-17s %-13s %s\n", command->name, command->arguments, command->help);
        }
}

const char *command_suggest(const char *name) {
        const char *best = NULL;
        unsigned best_distance = DISTANCE_MAX + 1, best_spread = 0;

        for (size_t i = 0; i < ARRAY_LENGTH(commands); i++) {
                const char *candidate = commands[i].name;
                unsigned distance =
                        str_edit_distance(str_of(name), str_of(candidate), DISTANCE_MAX);
                unsigned spread = (unsigned)labs((long)strlen(name) - (long)strlen(candidate));
                spread += name[0] == candidate[0] ? 0 : DISTANCE_MAX; /* few begin wrongly */
                if (distance > DISTANCE_MAX || distance > best_distance ||
                    (distance == best_distance && spread >= best_spread))
                        continue;
                best_distance = distance;
                best_spread = spread;
                best = candidate;
        }
        return best;
}

static int cmd_help(Tend *tend UNUSED, char **arguments UNUSED) {
        commands_print_help();
        (void)puts("\nOptions: tend --help");
        return 0;
}

static int cmd_version(Tend *tend UNUSED, char **arguments UNUSED) {
        (void)puts("tend " TEND_VERSION);
        return 0;
}

/* Commands with options of their own are run before the options of tend are read; see
 * systemd_names.h.
 */
static int cmd_own_options(Tend *tend, char **arguments UNUSED) {
        tend_complain(tend, "This command must come first, before all options");
        return 2;
}
