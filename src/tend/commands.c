/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/commands.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/str.h"
#include "tend/cmd_active.h"
#include "tend/cmd_cat.h"
#include "tend/cmd_dependencies.h"
#include "tend/cmd_list.h"
#include "tend/cmd_logs.h"
#include "tend/cmd_plan.h"
#include "tend/cmd_show.h"
#include "tend/cmd_start.h"
#include "tend/cmd_status.h"
#include "tend/cmd_up.h"
#include "tend/cmd_why.h"

static int cmd_help(Tend *tend, char **arguments);
static int cmd_version(Tend *tend, char **arguments);
static int cmd_own_options(Tend *tend, char **arguments);

/* clang-format off */
static const Command commands[] = {
        { "up",                "[UNIT...]", "Start a manager here if none runs, and the units", 0, UINT_MAX, cmd_up },
        { "down",              "",          "Stop everything in reverse order and end the manager", 0, 0, cmd_down },
        { "init",              "[UNIT]",    "Be the first process of a container", 0, 1, cmd_init },
        { "start",             "UNIT...",   "Start units", 1, UINT_MAX, cmd_start },
        { "stop",              "UNIT...",   "Stop units", 1, UINT_MAX, cmd_stop },
        { "restart",           "UNIT...",   "Stop and start units", 1, UINT_MAX, cmd_restart },
        { "try-restart",       "UNIT...",   "Restart units that are running", 1, UINT_MAX, cmd_try_restart },
        { "reload",            "UNIT...",   "Let units read their configuration again", 1, UINT_MAX, cmd_reload },
        { "reload-or-restart", "UNIT...",   "Reload where possible, else restart", 1, UINT_MAX, cmd_reload_or_restart },
        { "isolate",           "UNIT",      "Start one unit and stop all others", 1, 1, cmd_isolate },
        { "kill",              "UNIT...",   "Send a signal to the processes of units", 1, UINT_MAX, cmd_kill },
        { "reset-failed",      "[UNIT...]", "Forget failures and their counters", 0, UINT_MAX, cmd_reset_failed },
        { "cancel",            "[JOB...]",  "Cancel jobs", 0, UINT_MAX, cmd_cancel },
        { "daemon-reload",     "",          "Read changed unit files", 0, 0, cmd_daemon_reload },
        { "is-active",         "UNIT...",   "Whether units are up", 1, UINT_MAX, cmd_is_active },
        { "is-failed",         "UNIT...",   "Whether units have failed", 1, UINT_MAX, cmd_is_failed },
        { "is-enabled",        "UNIT...",   "Whether unit files are enabled", 1, UINT_MAX, cmd_is_enabled },
        { "list-units",        "[PATTERN...]", "Loaded units", 0, UINT_MAX, cmd_list_units },
        { "list-jobs",         "",          "Queued jobs", 0, 0, cmd_list_jobs },
        { "list-unit-files",   "[PATTERN...]", "Unit files there are", 0, UINT_MAX, cmd_list_unit_files },
        { "list-dependencies", "[UNIT]",    "What a unit needs, as a tree", 0, 1, cmd_list_dependencies },
        { "status",            "[UNIT...]", "Everything on one screen, or all about some units", 0, UINT_MAX, cmd_status },
        { "why",               "UNIT",      "What led to the last change of its state", 1, 1, cmd_why },
        { "logs",              "UNIT...",   "What units wrote", 1, UINT_MAX, cmd_logs },
        { "show",              "[UNIT|JOB...]", "Properties for machines", 0, UINT_MAX, cmd_show },
        { "cat",               "UNIT...",   "The files of units", 1, UINT_MAX, cmd_cat },
        { "show-file",         "UNIT...",   "The files of units merged into one, in canonical form", 1, UINT_MAX, cmd_show_file },
        { "plan-of",           "UNIT",      "What the executor is told to do", 1, 1, cmd_plan_of },
        { "report",            "UNIT",      "Which settings the kernel or tend could not enforce", 1, 1, cmd_report },
        { "unit-paths",        "",          "Where unit files are looked for", 0, 0, cmd_unit_paths },
        { "escape",            "[OPTION...] TEXT...", "Text as part of a unit name, and back", 0, UINT_MAX, cmd_own_options },
        { "exit-status",       "[STATUS...]", "Exit statuses and their names", 0, UINT_MAX, cmd_own_options },
        { "help",              "",          "This text", 0, 0, cmd_help },
        { "version",           "",          "The version of tend", 0, 0, cmd_version },
};
/* clang-format on */

const Command *command_find(const char *name) {
        for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
                if (streq(commands[i].name, name))
                        return &commands[i];
        return NULL;
}

void commands_print_help(void) {
        (void)puts("Commands:");
        for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
                if (commands[i].help)
                        printf("  %-17s %-11s %s\n",
                               commands[i].name,
                               commands[i].arguments,
                               commands[i].help);
}

const char *command_suggest(const char *name) {
        const char *best = NULL;
        unsigned best_distance = 3;

        for (size_t i = 0; i < ARRAY_LENGTH(commands); i++) {
                unsigned distance =
                        str_edit_distance(str_of(name), str_of(commands[i].name), best_distance);
                if (distance < best_distance) {
                        best_distance = distance;
                        best = commands[i].name;
                }
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
