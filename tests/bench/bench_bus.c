/* SPDX-License-Identifier: Apache-2.0 */

/* Times method calls on a manager's private socket, so that ./dev bench measures the manager and
 * not a client.
 *   bench_bus N PATH INTERFACE METHOD [STRING...]        each of N calls
 *   bench_bus --job N PATH INTERFACE METHOD [STRING...]  ... until the job that it made has ended
 * Prints milliseconds, one number in a line. "*" in PATH stands for the number of the call. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <time.h>

#define CALL_TIMEOUT_USEC UINT64_C(300000000)

#define PATH_SIZE 512

typedef struct Call {
        const char *path, *interface, *method;
        char **strings; /* its arguments, NULL-terminated */
        bool makes_job; /* that is waited for */
} Call;

/* The ends of jobs that came; a job may end before the call is answered. */
typedef struct Ends {
        char last[PATH_SIZE]; /* path of the job */
} Ends;

static uint64_t now_nsec(void) {
        struct timespec now;
        (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
        return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static int open_socket(sd_bus **ret) {
        sd_bus *bus = NULL;
        int r = sd_bus_new(&bus);

        if (r >= 0)
                r = sd_bus_set_address(bus, "unix:path=/run/systemd/private");
        if (r >= 0)
                r = sd_bus_start(bus);
        if (r >= 0)
                *ret = bus;
        return r;
}

static int on_job_removed(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Ends *ends = userdata;
        const char *path;

        (void)error;
        if (sd_bus_message_read(message, "uo", NULL, &path) >= 0)
                (void)snprintf(ends->last, sizeof(ends->last), "%s", path);
        return 0;
}

/* What systemctl asks for before it starts something. */
static int subscribe(sd_bus *bus, Ends *ends) {
        int r = sd_bus_add_match(bus,
                                 NULL,
                                 "type='signal',interface='org.freedesktop.systemd1.Manager',"
                                 "member='JobRemoved'",
                                 on_job_removed,
                                 ends);

        return r < 0 ? r
                     : sd_bus_call_method(bus,
                                          "org.freedesktop.systemd1",
                                          "/org/freedesktop/systemd1",
                                          "org.freedesktop.systemd1.Manager",
                                          "Subscribe",
                                          NULL,
                                          NULL,
                                          "");
}

static int wait_for_job(sd_bus *bus, sd_bus_message *reply, const Ends *ends) {
        const char *path;
        int r = sd_bus_message_read(reply, "o", &path);

        while (r >= 0 && strcmp(ends->last, path) != 0) {
                r = sd_bus_process(bus, NULL);
                if (r == 0)
                        r = sd_bus_wait(bus, CALL_TIMEOUT_USEC);
        }
        return r;
}

static void number_path(const char *pattern, long number, char path[static PATH_SIZE]) {
        const char *star = strchr(pattern, '*');

        if (star)
                (void)snprintf(path,
                               PATH_SIZE,
                               "%.*s%ld%s",
                               (int)(star - pattern),
                               pattern,
                               number,
                               star + 1);
        else
                (void)snprintf(path, PATH_SIZE, "%s", pattern);
}

static int call_once(sd_bus *bus, const Call *call, const Ends *ends, long number) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *message = NULL, *reply = NULL;
        char path[PATH_SIZE];
        int r;

        number_path(call->path, number, path);
        r = sd_bus_message_new_method_call(
                bus, &message, "org.freedesktop.systemd1", path, call->interface, call->method);

        for (char **string = call->strings; r >= 0 && *string; string++)
                r = sd_bus_message_append_basic(message, 's', *string);
        if (r >= 0)
                r = sd_bus_call(bus, message, CALL_TIMEOUT_USEC, &error, &reply);
        if (r >= 0 && call->makes_job)
                r = wait_for_job(bus, reply, ends);
        if (r < 0)
                (void)fprintf(stderr,
                              "%s: %s\n",
                              call->method,
                              error.message ? error.message : strerror(-r));
        sd_bus_error_free(&error);
        sd_bus_message_unref(message);
        sd_bus_message_unref(reply);
        return r;
}

/* Makes the calls; prints how long each took. */
static int make_calls(sd_bus *bus, const Call *call, long n) {
        Ends ends = { "" };
        int r = call->makes_job ? subscribe(bus, &ends) : 0;

        for (long i = 0; r >= 0 && i < n; i++) {
                uint64_t begin = now_nsec();

                r = call_once(bus, call, &ends, i);
                printf("%.4f\n", (double)(now_nsec() - begin) / 1e6);
                while (r >= 0 && (r = sd_bus_process(bus, NULL)) > 0) {
                } /* signals, which would fill the queue */
        }
        return r;
}

int main(int argc, char **argv) {
        bool makes_job = argc > 1 && strcmp(argv[1], "--job") == 0;
        char **words = argv + 1 + makes_job;
        sd_bus *bus = NULL;
        int r;

        if (argc - makes_job < 5) {
                (void)fputs("usage: bench_bus [--job] N PATH INTERFACE METHOD [STRING...]\n",
                            stderr);
                return 2;
        }
        const Call call = { .path = words[1],
                            .interface = words[2],
                            .method = words[3],
                            .strings = words + 4,
                            .makes_job = makes_job };
        r = open_socket(&bus);
        if (r >= 0)
                r = make_calls(bus, &call, strtol(words[0], NULL, 10));
        sd_bus_flush_close_unref(bus);
        return r < 0;
}
