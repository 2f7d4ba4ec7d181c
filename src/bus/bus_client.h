/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The client side of org.freedesktop.systemd1: calls the manager over its private socket, tendd's
 * or systemd's alike. Blocking, one call at a time; made for the command line. */

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "base/auto.h"

#define BUS_MANAGER_PATH "/org/freedesktop/systemd1"
#define BUS_MANAGER_INTERFACE "org.freedesktop.systemd1.Manager"
#define BUS_UNIT_INTERFACE "org.freedesktop.systemd1.Unit"
#define BUS_SERVICE_INTERFACE "org.freedesktop.systemd1.Service"

typedef struct BusClient BusClient;

/* How a job ended, as JobRemoved tells. Strings are only valid during the call. */
typedef struct BusJobEnd {
        uint32_t id;
        const char *path, *unit, *result; /* result: "done", "failed", "dependency", ... */
        bool awaited;                     /* one of those that bus_client_await_job named */
} BusJobEnd;

typedef void BusJobFunction(void *userdata, const BusJobEnd *end);

/* Connects to a manager's socket. -ENOENT and -ECONNREFUSED: no manager there; -EACCES: it is not
 * ours. */
int bus_client_connect(const char *socket_path, BusClient **ret);

/* Takes over a connection to a message bus on which the manager is, also when this fails. */
int bus_client_adopt(sd_bus *bus, BusClient **ret);

/* Closes; returns NULL. */
BusClient *bus_client_free(BusClient *client);
DEFINE_AUTO(BusClient *, bus_client_free);

/* The connection itself, for replies that only their reader understands. */
sd_bus *bus_client_bus(BusClient *client);

/* Calls a method of the manager object. The D-Bus error is filled when the manager refused (release
 * it with sd_bus_error_free). `types` and the rest as in sd_bus_call_method(3); `ret_reply` may be
 * NULL. */
int bus_client_call(BusClient *client,
                    const char *member,
                    sd_bus_error *error,
                    sd_bus_message **ret_reply,
                    const char *types,
                    ...);

/* StartUnit, StopUnit, RestartUnit and their like (ss to o): the job's object path in fresh memory.
 */
int bus_client_unit_job(BusClient *client,
                        const char *member,
                        const char *unit,
                        const char *mode,
                        sd_bus_error *error,
                        char **ret_job_path);

/* From now on the ends of jobs are heard; before a call that starts one and is not
 * bus_client_unit_job. */
int bus_client_watch_jobs(BusClient *client);

/* The job is waited for by bus_client_wait. */
int bus_client_await_job(BusClient *client, const char *job_path);

/* Waits until all awaited jobs have ended; `on_end` is told of each job that ends meanwhile,
 * awaited or not. -ETIME after `timeout_usec`, -ECONNRESET when the manager went away. */
int bus_client_wait(BusClient *client,
                    uint64_t timeout_usec,
                    BusJobFunction *on_end,
                    void *userdata);

/* The object path of a unit in fresh memory; NULL when out of memory. */
char *bus_client_unit_path(const char *unit);

/* One string property of an object in fresh memory. */
int bus_client_get_text(BusClient *client,
                        const char *path,
                        const char *interface,
                        const char *property,
                        sd_bus_error *error,
                        char **ret);

/* One number of any integer or boolean type. */
int bus_client_get_number(BusClient *client,
                          const char *path,
                          const char *interface,
                          const char *property,
                          sd_bus_error *error,
                          uint64_t *ret);

/* All properties of an object (interface "" = of all interfaces): the reply, at its a{sv}. */
int bus_client_get_all(BusClient *client,
                       const char *path,
                       const char *interface,
                       sd_bus_error *error,
                       sd_bus_message **ret_reply);
