/* SPDX-License-Identifier: Apache-2.0 */

/* Times method calls on a manager's private socket, so that ./dev bench measures the manager and
 * not a client. bench_bus N PATH INTERFACE METHOD [STRING...] Prints the milliseconds of each of N
 * calls, one in a line. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <time.h>

#define CALL_TIMEOUT_USEC UINT64_C(300000000)

typedef struct Call {
        const char *path, *interface, *method;
        char **strings; /* its arguments, NULL-terminated */
} Call;

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

static int call_once(sd_bus *bus, const Call *call) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *message = NULL, *reply = NULL;
        int r = sd_bus_message_new_method_call(bus,
                                               &message,
                                               "org.freedesktop.systemd1",
                                               call->path,
                                               call->interface,
                                               call->method);

        for (char **string = call->strings; r >= 0 && *string; string++)
                r = sd_bus_message_append_basic(message, 's', *string);
        if (r >= 0)
                r = sd_bus_call(bus, message, CALL_TIMEOUT_USEC, &error, &reply);
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

int main(int argc, char **argv) {
        sd_bus *bus = NULL;
        int r;

        if (argc < 5) {
                (void)fputs("usage: bench_bus N PATH INTERFACE METHOD [STRING...]\n", stderr);
                return 2;
        }
        const Call call = {
                .path = argv[2], .interface = argv[3], .method = argv[4], .strings = argv + 5
        };
        r = open_socket(&bus);
        for (long n = strtol(argv[1], NULL, 10); r >= 0 && n > 0; n--) {
                uint64_t begin = now_nsec();

                r = call_once(bus, &call);
                printf("%.4f\n", (double)(now_nsec() - begin) / 1e6);
        }
        sd_bus_flush_close_unref(bus);
        return r < 0;
}
