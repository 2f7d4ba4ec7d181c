/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Methods of org.freedesktop.systemd1.Manager, but for lists of units (bus_unit_list.h) and jobs
 * (bus_job.h). */

#include "bus/bus_method.h"

/* Variants of bus_manager_exit. */
typedef enum BusExit {
        BUS_EXIT,
        BUS_REBOOT,
        BUS_POWEROFF,
        BUS_HALT,
        BUS_KEXEC,
        BUS_EXIT_COUNT
} BusExit;

/* Variants of bus_manager_refuse: what this manager does not do. */
typedef enum BusRefused {
        BUS_REFUSED_MOUNT,
        BUS_REFUSED_SWITCH_ROOT,
        BUS_REFUSED_COUNT
} BusRefused;

/* Variant of bus_manager_dump: the call has a list of patterns. */
#define BUS_DUMP_PATTERNS 1

/* Variants of bus_manager_change_environment: which lists the call has. */
typedef enum BusEnvironmentChange {
        BUS_ENVIRONMENT_SET = 1 << 0,
        BUS_ENVIRONMENT_UNSET = 1 << 1,
} BusEnvironmentChange;

/* A process that a client names, 0 meaning itself; not init and not the manager. Negative with the
 * error set. */
int bus_manager_check_pid(BusCall *call, uint32_t number, pid_t *ret);

/* The loaded unit of a name; an empty name is the caller's own unit. Negative with the error set.
 */
int bus_manager_find_unit(BusCall *call, const char *name, Unit **ret);

/* Finding units. */
BusMethodFunction bus_manager_get_unit;
BusMethodFunction bus_manager_get_unit_by_pid;
BusMethodFunction bus_manager_get_unit_by_invocation;
BusMethodFunction bus_manager_get_unit_by_group;
BusMethodFunction bus_manager_load_unit;

/* Acting on units. */
BusMethodFunction bus_manager_queue_job;
BusMethodFunction bus_manager_start_replace;
BusMethodFunction bus_manager_enqueue_job;
BusMethodFunction bus_manager_kill_unit;
BusMethodFunction bus_manager_reset_failed_unit;
BusMethodFunction bus_manager_reset_failed;
BusMethodFunction bus_manager_ref_unit;
BusMethodFunction bus_manager_unref_unit;
BusMethodFunction bus_manager_get_processes;

/* Acting on the manager (bus_manager_control.c). */
BusMethodFunction bus_manager_subscribe;
BusMethodFunction bus_manager_reload;
BusMethodFunction bus_manager_reexecute;
BusMethodFunction bus_manager_exit;
BusMethodFunction bus_manager_set_exit_code;
BusMethodFunction bus_manager_change_environment;
BusMethodFunction bus_manager_get_default_target;
BusMethodFunction bus_manager_refuse;
BusMethodFunction bus_manager_set_show_status;
BusMethodFunction bus_manager_dump;
BusMethodFunction bus_manager_dump_by_fd;
BusMethodFunction bus_peer_ping;
BusMethodFunction bus_peer_machine_id;
