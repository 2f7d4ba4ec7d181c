/* SPDX-License-Identifier: Apache-2.0 */
#include "tend.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "bus/bus_client.h"

void tend_complain(const Tend *tend, const char *format, ...) {
        va_list args;

        (void)fprintf(stderr, "%s: ", tend->program); /* nowhere to report a failing stderr */
        va_start(args, format);
        (void)vfprintf(stderr, format, args);
        va_end(args);
        (void)fputc('\n', stderr);
}

void tend_print_findings(const Diag *diag) {
        for (unsigned i = 0; i < diag->n_findings; i++) {
                AUTO_FREE char *text = diag_format(&diag->findings[i]);
                (void)fprintf(stderr, "%s\n", text ? text : diag->findings[i].text);
        }
}

int tend_paths(Tend *tend) {
        if (tend->paths)
                return 0;
        int r = runtime_paths_find(tend->scope, tend->runtime_directory, &tend->paths);
        if (r < 0)
                tend_complain(tend,
                              "There is no place for the manager's files: %s. "
                              "Set XDG_RUNTIME_DIR or give --runtime-dir",
                              strerror(-r));
        return err_pass(r);
}

int tend_connect(Tend *tend) {
        if (tend->client)
                return 0;
        int r = tend_paths(tend);
        if (r < 0)
                return err_pass(r);
        r = bus_client_connect(tend->paths->bus_socket, &tend->client);
        if (r < 0 && tend->scope == UNIT_SCOPE_SYSTEM && !tend->runtime_directory)
                r = bus_client_connect("/run/systemd/private", &tend->client); /* systemd's own */
        if (r < 0 && !(tend->flags & TEND_QUIET))
                tend_complain(tend,
                              "No manager answers at %s: %s. Start one with: tend up",
                              tend->paths->bus_socket,
                              strerror(-r));
        return err_pass(r);
}
