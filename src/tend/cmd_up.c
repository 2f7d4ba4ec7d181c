/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_up.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/loopback.h"
#include "base/macros.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/cmd_start.h"
#include "tend/explain.h"
#include "tend/job_watch.h"
#include "tend/machine_id.h"
#include "tend/manager_process.h"
#include "tend/manager_start.h"
#include "tend/temporary_files.h"

#define NEVER_ENDS "/" /* the path of no job: waiting for it ends with the connection */

static bool is_quiet(const Tend *tend) {
        return (tend->flags & (TEND_QUIET | TEND_JSON)) != 0;
}

/* --- up
 * -------------------------------------------------------------------------------------------------
 */

/* Says which of our --units the running manager does not search. */
static void compare_directories(Tend *tend) {
        sd_bus_message *reply = NULL;
        AUTO_STRV char **searched = NULL;

        int r = sd_bus_get_property(bus_client_bus(tend->client),
                                    "org.freedesktop.systemd1",
                                    BUS_MANAGER_PATH,
                                    BUS_MANAGER_INTERFACE,
                                    "UnitPath",
                                    NULL,
                                    &reply,
                                    "as");
        if (r >= 0)
                r = sd_bus_message_read_strv(reply, &searched);
        sd_bus_message_unref(reply);
        STRV_FOREACH(directory, tend->unit_directories) {
                if (r < 0 || strv_contains(searched, *directory))
                        continue;
                tend_complain(tend,
                              "The manager that runs already does not look for units in %s. "
                              "Run \"tend down\" first to start one that does",
                              *directory);
        }
}

/* Starts the units on a fresh or running manager and waits until every job has ended. */
static int start_units(Tend *tend, char **units) {
        static char default_target[] = "default.target";
        static char *const defaults[] = { default_target, NULL };
        AUTO(job_watch_done)
        JobWatch watch = {
                .tend = tend,
                .verb = "start",
                .progress = !is_quiet(tend),
                .counts_all = true,
        };
        int status = 0;

        STRV_FOREACH(unit, units[0] ? units : defaults) {
                int one = job_request(tend, &watch, "StartUnit", *unit);
                if (one != 0)
                        status = one;
        }
        if (!(tend->flags & TEND_NO_BLOCK) && job_watch_add_queued(&watch) < 0)
                status = 1;
        int waited = job_watch_finish(&watch);
        if (explain_unloadable(tend) > 0 && waited == 0) /* wished for, and silently left out */
                waited = 1;
        return status != 0 ? status : waited;
}

int cmd_up(Tend *tend, char **arguments) {
        int r = manager_start(tend);
        if (r < 0 || r == MANAGER_FAILED)
                return 1;
        if (tend_connect_own(tend) < 0) {
                tend_complain(tend, "The manager at %s has gone again", tend->paths->bus_socket);
                return 1;
        }
        if (r == MANAGER_RUNS_ALREADY && tend->flags & TEND_STRICT) {
                tend_complain(
                        tend,
                        "The manager that runs already may not be strict. Run \"tend down\" first, "
                        "or say Enforce=strict in a section [X-Tend] of the units");
                return 1;
        }
        if (r == MANAGER_RUNS_ALREADY)
                compare_directories(tend);
        else if (!is_quiet(tend))
                printf("The manager runs now, its log is %s\n", tend->paths->log_file);
        return start_units(tend, arguments);
}

/* --- down
 * -----------------------------------------------------------------------------------------------
 */

/* Shows jobs as they end until the manager closes the connection. */
static int watch_until_gone(JobWatch *watch) {
        int r = job_watch_wait(watch);
        return r == -ETIME ? r : 0; /* all else means that the connection is closed */
}

/* Waits for the end of keeper and manager. */
static int wait_for_processes(const ManagerProcess *process, uint64_t end_usec) {
        const int fds[] = { process->manager_fd, process->keeper_fd };

        for (size_t i = 0; i < ARRAY_LENGTH(fds); i++) {
                struct pollfd watched = { .fd = fds[i], .events = POLLIN };
                while (fds[i] >= 0 && !watched.revents) {
                        uint64_t left_usec = usec_sub(end_usec, clock_monotonic_usec());
                        uint64_t left_msec = left_usec / USEC_PER_MSEC;
                        if (left_usec == 0)
                                return err_new(-ETIME);
                        if (poll(&watched, 1, (int)MIN(left_msec + 1, UINT64_C(60000))) < 0 &&
                            errno != EINTR)
                                return err_new(-errno);
                }
        }
        return 0;
}

static int bring_down(Tend *tend) {
        AUTO(manager_process_done) ManagerProcess process = MANAGER_PROCESS_INIT;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        uint64_t end_usec = usec_add(clock_monotonic_usec(), tend->timeout_usec);
        AUTO(job_watch_done)
        JobWatch watch = { .tend = tend, .verb = "stop", .progress = !is_quiet(tend) };

        /* Listens before it asks: the manager may be gone before a second question. */
        int r = job_watch_add(&watch, NEVER_ENDS);
        if (r >= 0)
                r = manager_process_find(sd_bus_get_fd(bus_client_bus(tend->client)), &process);
        if (r >= 0)
                r = bus_client_call(tend->client, "Exit", &error, NULL, NULL);
        if (r < 0) {
                tend_complain(tend,
                              "The manager does not want to end: %s",
                              error.message ? error.message : strerror(-r));
                sd_bus_error_free(&error);
                return 1;
        }
        if (tend->flags & TEND_NO_BLOCK)
                return 0;
        r = watch_until_gone(&watch);
        if (r >= 0)
                r = wait_for_processes(&process, end_usec);
        if (r < 0) {
                tend_complain(tend,
                              "Not everything is down yet: %s. It goes on; see: tend status",
                              strerror(-r));
                return 1;
        }
        if (!is_quiet(tend))
                (void)puts("Everything is down."); /* as all output: checked when it is closed */
        return 0;
}

int cmd_down(Tend *tend, char **arguments UNUSED) {
        int r = tend_connect_own(tend);
        if (r >= 0)
                return bring_down(tend);
        if (!tend->paths)
                return 1;
        if (r != -ENOENT && r != -ECONNREFUSED) {
                tend_complain(tend,
                              "Cannot talk to the manager at %s: %s",
                              tend->paths->bus_socket,
                              strerror(-r));
                return 1;
        }
        if (!is_quiet(tend))
                printf("Nothing runs here (no manager at %s).\n", tend->paths->bus_socket);
        return 0;
}

/* --- init
 * -----------------------------------------------------------------------------------------------
 */

/* What nobody else does in a container before the first unit starts. */
static void prepare_machine(const Tend *tend) {
        machine_id_commit(tend);
        (void)loopback_raise(); /* who may not has been given one that is up, or shall have none */
        temporary_files_make(tend);
}

int cmd_init(Tend *tend, char **arguments) {
        if (getpid() == 1 && tend->scope == UNIT_SCOPE_SYSTEM)
                prepare_machine(tend);
        (void)manager_become(tend, arguments[0]); /* returns only after saying why it cannot */
        return 1;
}
