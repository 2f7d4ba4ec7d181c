/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the manager says about one unit, as a plain struct: filled from the properties of
 * org.freedesktop.systemd1, tendd's or systemd's alike. A property that is missing leaves NULL, 0
 * or UNIT_VIEW_UNKNOWN. */

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "base/auto.h"
#include "tend/tend.h"

#define UNIT_VIEW_UNKNOWN UINT64_MAX

/* One line of an Exec*= setting and how it ran last. */
typedef struct UnitCommand {
        const char *list; /* "ExecStart" */
        unsigned index;   /* among the lines of that list */
        char *path;
        char **arguments;
        bool ignore_failure;
        uint64_t start_usec, exit_usec; /* realtime, 0 = did not happen */
        uint32_t pid;
        int code;   /* CLD_EXITED and so on */
        int status; /* exit status or signal */
} UnitCommand;

/* One condition or assertion. */
typedef struct UnitCondition {
        char *type; /* "ConditionPathExists" */
        char *value;
        bool trigger, negate;
        int state; /* 1 holds, -1 does not, 0 was not looked at */
} UnitCondition;

typedef struct UnitView {
        char *id, *description, *load_state, *active_state, *sub_state;
        char *fragment_path, *source_path, *unit_file_state, *unit_file_preset;
        char *load_error; /* the message; NULL when loaded */
        char *job;        /* object path of the queued job, "/" = none */
        char *result, *status_text, *control_group, *following, *freezer_state;
        char *where, *what, *sysfs_path, *type;
        char **listen; /* of a socket: kind, address, kind, address ... */
        char **dropin_paths, **documentation, **triggered_by, **triggers;
        char **requires, **requisite, **binds_to, **wants, **upholds, **part_of, **after, **before;
        char **required_by, **requisite_of, **bound_by, **wanted_by, **upheld_by, **consists_of;
        char **conflicts;
        uint64_t state_change_usec, active_enter_usec, active_exit_usec, inactive_enter_usec,
                inactive_exit_usec, condition_usec;
        uint64_t need_daemon_reload, transient, condition_result, assert_result;
        uint64_t main_pid, control_pid, exec_main_pid, n_restarts;
        uint64_t exec_main_code, exec_main_status, exec_main_start_usec, exec_main_exit_usec;
        uint64_t assert_usec, inactive_exit_monotonic_usec, runtime_max_usec, status_errno;
        uint64_t next_usec, next_monotonic_usec, last_trigger_usec, timeout_idle_usec;
        uint64_t accept, n_connections, n_accepted, n_refused;
        uint64_t memory_available, memory_min, memory_low, memory_high, memory_swap_max,
                memory_limit, ip_in, ip_out, io_read, io_written;
        uint64_t memory_current, cpu_usage_nsec, tasks_current, tasks_max, memory_max;
        UnitCommand *commands; /* of all lists, in the order of the reply */
        unsigned n_commands;
        UnitCondition *conditions;
        unsigned n_conditions;
} UnitView;

/* Reads the reply of GetAll. */
int unit_view_read(sd_bus_message *reply, UnitView *ret);

/* Asks the manager for all properties of a unit; -errno with the D-Bus error filled. */
int unit_view_get(const Tend *tend, const char *unit, sd_bus_error *error, UnitView *ret);

/* Releases what it owns. */
void unit_view_done(UnitView *view);
DEFINE_AUTO_DONE(UnitView, unit_view_done);

/* The command that ended last in a way that counts as failure; NULL. */
const UnitCommand *unit_view_failed_command(const UnitView *view);

/* Whether ActiveState is one of: active, reloading, refreshing. */
bool unit_view_is_up(const UnitView *view);
