/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which properties of a unit changed since they were announced last. What was announced is
 * remembered as a number for each value, and only of units that changed while somebody listened;
 * where nothing is remembered, everything counts as changed. Who begins to listen asks for the
 * values once. */

#include "bus/bus_property.h"

/* Appends the arguments of PropertiesChanged for what changed since the last time: the interface,
 * the properties with their new values, and the names of those that are announced without. 1 when
 * nothing changed: there is nothing to be told then, and the body is of no use. */
int bus_change_append(BusServer *server, Unit *unit, BusInterface interface, BusBody *body);

/* The same, but everything counts as changed, and it is not remembered that it was told. */
int bus_change_append_all(BusServer *server, Unit *unit, BusInterface interface, BusBody *body);

/* The same for a job, whose properties all count as changed. */
int bus_change_append_job(BusServer *server, Job *job, BusBody *body);

/* The unit changed and nobody listened, or it goes. */
void bus_change_forget(BusServer *server, const Unit *unit);

/* Nobody listens to anything, or the server ends. */
void bus_change_forget_all(BusServer *server);
