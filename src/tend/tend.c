/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/tend.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/strv.h"
#include "bus/bus_client.h"

void tend_complain(const Tend *tend, const char *format, ...) {
        va_list args;

        if (!(tend->flags & TEND_AS_SYSTEMCTL))
                (void)fprintf(stderr, "%s: ", tend->program); /* nowhere to report a failure */
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

void tend_release(Tend *tend) {
        tend->unit_directories = strv_free(tend->unit_directories);
        tend->properties = strv_free(tend->properties);
        tend->states = strv_free(tend->states);
        tend->types = strv_free(tend->types);
        tend->paths = runtime_paths_free(tend->paths);
        tend->client = bus_client_free(tend->client);
}

int tend_connect_own(Tend *tend) {
        if (tend->client)
                return 0;
        int r = tend_paths(tend);
        return err_pass(r < 0 ? r : bus_client_connect(tend->paths->bus_socket, &tend->client));
}

/* Whether the machine was booted with systemd, which is then another manager beside ours. */
static bool systemd_is_booted(void) {
        return access("/run/systemd/system", F_OK) == 0;
}

int tend_connect(Tend *tend) {
        int r = tend_connect_own(tend);
        if (r >= 0 || !tend->paths)
                return err_pass(r);
        bool is_default = tend->paths->is_default;
        if (tend->scope == UNIT_SCOPE_SYSTEM && is_default && systemd_is_booted() &&
            bus_client_connect(TEND_SYSTEMD_SOCKET, &tend->client) >= 0) {
                tend->is_systemd = true;
                return 0;
        }
        if (tend->flags & TEND_QUIET)
                return err_pass(r);
        if (r == -EACCES || r == -EPERM)
                tend_complain(tend,
                              "The manager at %s belongs to somebody else: %s",
                              tend->paths->bus_socket,
                              strerror(-r));
        else
                tend_complain(tend,
                              "No manager runs here (%s: %s). Start one with: tend up",
                              tend->paths->bus_socket,
                              strerror(-r));
        if (tend->scope == UNIT_SCOPE_USER && is_default && systemd_is_booted())
                tend_complain(
                        tend,
                        "The machine itself is run by systemd; as root tend and systemctl reach it");
        return err_pass(r);
}
