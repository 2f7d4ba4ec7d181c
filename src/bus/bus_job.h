/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Job objects and the manager's methods about jobs. */

#include "bus/bus_method.h"
#include "bus/bus_property.h"

/* Which neighbours of a job are asked for. */
typedef enum BusJobNeighbours {
        BUS_JOBS_AFTER,  /* those that wait for it */
        BUS_JOBS_BEFORE, /* those it waits for */
} BusJobNeighbours;

/* Methods of the manager. */
BusMethodFunction bus_manager_get_job;
BusMethodFunction bus_manager_get_job_neighbours;
BusMethodFunction bus_manager_cancel_job;
BusMethodFunction bus_manager_clear_jobs;
BusMethodFunction bus_manager_list_jobs;

/* Methods of org.freedesktop.systemd1.Job. */
BusMethodFunction bus_job_cancel;
BusMethodFunction bus_job_get_neighbours;

/* Getters of org.freedesktop.systemd1.Job. */
extern const BusGetterRow bus_job_getters[];
extern const unsigned bus_job_getter_count;
