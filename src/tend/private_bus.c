/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/private_bus.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
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

int private_bus_connect(Tend *tend) {
        if (tend->client)
                return 0;
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

/* --- elsewhere ---------------------------------------------------------------------------------
 */

/* The socket of the manager of "USER@" or "USER@.host" in fresh memory; NULL for other machines,
 * and when nobody is called so. */
static char *socket_of_user(const char *machine) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        const char *at = strchr(machine, '@');
        AUTO_FREE char *name = at ? str_dup((Str){ machine, (size_t)(at - machine) }) : NULL;
        const struct passwd *user =
                name && (!at[1] || streq(at + 1, ".host")) ? getpwnam(name) : NULL;

        if (!user)
                return NULL;
        strbuf_addf(&path, "/run/user/%u/systemd/private", (unsigned)user->pw_uid);
        return strbuf_steal(&path);
}

static int open_machine(const Tend *tend, const char *machine, sd_bus **ret) {
        return tend->scope == UNIT_SCOPE_USER ? sd_bus_open_user_machine(ret, machine)
                                              : sd_bus_open_system_machine(ret, machine);
}

static int connect_machine(Tend *tend, const char *machine) {
        AUTO_FREE char *socket = tend->scope == UNIT_SCOPE_USER ? socket_of_user(machine) : NULL;
        sd_bus *bus = NULL;

        if (socket && bus_client_connect(socket, &tend->client) >= 0)
                return 0;
        if (streq(machine, ".host") && tend->scope == UNIT_SCOPE_SYSTEM)
                return private_bus_connect(tend);
        int r = open_machine(tend, machine, &bus);
        return r < 0 ? connect_failed(r) : err_pass(bus_client_adopt(bus, &tend->client));
}

int private_bus_connect_to(Tend *tend, const char *host, const char *machine) {
        sd_bus *bus = NULL;

        if (tend->client || (!host && !machine))
                return private_bus_connect(tend);
        if (!host)
                return connect_machine(tend, machine);
        int r = sd_bus_open_system_remote(&bus, host);
        return r < 0 ? connect_failed(r) : err_pass(bus_client_adopt(bus, &tend->client));
}
