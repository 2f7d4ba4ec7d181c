/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What can be asked of one unit, whether by its object or by its name at the manager object. */

#include "bus/bus_method.h"

/* Queues a job and replies with its path. `variant` is a JobType, with
 * BUS_VARIANT_RELOAD_IF_POSSIBLE or without. */
int bus_unit_reply_job(BusCall *call, Unit *unit, int variant, const char *mode_text);

/* EnqueueUnitJob: replies with the job and all that came with it. */
int bus_unit_reply_enqueued(BusCall *call,
                            Unit *unit,
                            const char *type_text,
                            const char *mode_text);

/* Sends a signal and replies. */
int bus_unit_reply_kill(BusCall *call, Unit *unit, const char *whom, int signal_number);

/* Replies with all processes, a(sus). */
int bus_unit_reply_processes(BusCall *call, Unit *unit);

/* Whether the text names a job mode; else negative with the error set. */
int bus_unit_check_mode(BusCall *call, const char *mode_text);

/* Takes a reference in the name of the caller. */
int bus_unit_hold(BusCall *call, Unit *unit);

/* Takes or gives back a reference in the name of the connection, and replies. */
int bus_unit_reply_ref(BusCall *call, Unit *unit);
int bus_unit_reply_unref(BusCall *call, Unit *unit);

/* Whether somebody holds the unit over this connection. */
bool bus_unit_is_held(BusConnection *connection, const Unit *unit);

/* Gives back all references of a connection; of all connections to a unit that goes. */
void bus_unit_release_holds(BusConnection *connection);
void bus_unit_forget_holds(BusServer *server, const Unit *unit);

/* Methods of org.freedesktop.systemd1.Unit and of the types. */
BusMethodFunction bus_unit_queue_job;
BusMethodFunction bus_unit_enqueue_job;
BusMethodFunction bus_unit_kill;
BusMethodFunction bus_unit_reset_failed;
BusMethodFunction bus_unit_ref;
BusMethodFunction bus_unit_unref;
BusMethodFunction bus_unit_get_processes;
