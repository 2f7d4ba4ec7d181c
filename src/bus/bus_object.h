/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Object paths: from units and jobs to paths and back. */

#include "bus/bus_state.h"

/* The longest path of a unit: each byte of its name may take three. */
#define BUS_PATH_SIZE (sizeof(BUS_PATH_UNITS) + 1 + UNIT_NAME_MAX * 3)

/* Writes the path of the unit of this name; returns `path`. */
const char *bus_unit_path(const char *name, char path[static BUS_PATH_SIZE]);
const char *bus_job_path(uint32_t id, char path[static BUS_PATH_SIZE]);

/* The unit name behind a path, in fresh memory; -EINVAL when the path is no unit's. */
int bus_unit_path_parse(const char *path, char **ret_name);

/* The object at a path. Units are loaded on demand. 0 with BUS_OBJECT_NONE when there is none;
 * -ENOMEM. */
int bus_object_find(BusServer *server, const char *path, BusObject *ret);

/* The object of a unit. */
void bus_object_of_unit(Unit *unit, BusObject *ret);
