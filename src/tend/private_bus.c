/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/private_bus.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "bus/bus_client.h"
#include "tend/program.h"
#include "tend/systemd_names.h"

static int connect_failed(int r) {
        (void)program_fail("Failed to connect to bus: %s", strerror(-r));
        return err_pass(r);
}

static int connect_user(Tend *tend) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        const char *directory = getenv("XDG_RUNTIME_DIR");

        if (tend_connect_own(tend) >= 0)
                return 0;
        if (!directory)
                return connect_failed(err_new(-ENOMEDIUM));
        strbuf_addf(&path, "%s/systemd/private", directory);
        int r = bus_client_connect(strbuf_text(&path), &tend->client);
        return r < 0 ? connect_failed(r) : 0;
}

int private_bus_connect(Tend *tend, bool remote) {
        if (tend->client)
                return 0;
        if (remote)
                return connect_failed(err_new(-EHOSTDOWN));
        if (!systemd_name_is_known(tend->program))
                return err_pass(tend_connect(tend)); /* by tend's own rules and words */
        if (tend->scope == UNIT_SCOPE_USER)
                return connect_user(tend);
        int r = bus_client_connect(TEND_SYSTEMD_SOCKET, &tend->client);
        tend->is_systemd = r >= 0;
        if (r >= 0 || tend_connect_own(tend) >= 0)
                return 0;
        if (access("/run/systemd/system/", F_OK) < 0) {
                (void)program_fail("System has not been booted with systemd as init system "
                                   "(PID 1). Can't operate.");
                r = -EHOSTDOWN;
        }
        return connect_failed(r == -ECONNREFUSED ? -ENOENT : r);
}
