/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/unit_wait.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "base/strv.h"
#include "bus/bus_client.h"

/* Of a connection of its own: the other one may have asked for less than all signals. */
typedef struct UnitWait {
        BusClient *client;
        sd_bus_slot *slot;
        char **left; /* units that are still up; owned */
        bool has_failed;
} UnitWait;

static void unit_wait_done(UnitWait *wait) {
        sd_bus_slot_unref(wait->slot);
        bus_client_free(wait->client);
        strv_free(wait->left);
}

DEFINE_AUTO_DONE(UnitWait, unit_wait_done);

static int
on_change(sd_bus_message *message UNUSED, void *userdata UNUSED, sd_bus_error *error UNUSED) {
        return 0; /* what has changed is asked for after it */
}

/* Strikes the units that have ended off the list. */
static int look_again(UnitWait *wait) {
        AUTO_STRV char **names = strv_copy(wait->left);

        STRV_FOREACH(name, names) {
                AUTO_FREE char *path = bus_client_unit_path(*name);
                AUTO_FREE char *state = NULL;
                if (!path)
                        return err_new(-ENOMEM);
                int r = bus_client_get_text(
                        wait->client, path, BUS_UNIT_INTERFACE, "ActiveState", NULL, &state);
                if (r < 0)
                        return err_pass(r);
                if (!streq(state, "inactive") && !streq(state, "failed"))
                        continue;
                wait->has_failed = wait->has_failed || streq(state, "failed");
                strv_remove(wait->left, *name);
        }
        return 0;
}

/* Returns when some unit has changed. */
static int wait_for_change(UnitWait *wait, uint64_t end_usec) {
        sd_bus *bus = bus_client_bus(wait->client);
        bool has_seen = false;

        for (;;) {
                int r = sd_bus_process(bus, NULL);
                if (r < 0)
                        return err_pass(r);
                has_seen = has_seen || r > 0;
                if (r > 0)
                        continue;
                if (has_seen)
                        return 0;
                uint64_t now_usec = clock_monotonic_usec();
                if (now_usec >= end_usec)
                        return err_new(-ETIME);
                r = sd_bus_wait(bus, usec_sub(end_usec, now_usec));
                if (r < 0 && r != -EINTR)
                        return err_pass(r);
        }
}

static int start_listening(const Tend *tend, UnitWait *wait) {
        int r = bus_client_connect(tend->is_systemd ? TEND_SYSTEMD_SOCKET : tend->paths->bus_socket,
                                   &wait->client);
        if (r >= 0)
                r = sd_bus_add_match(bus_client_bus(wait->client),
                                     &wait->slot,
                                     "type='signal',interface='org.freedesktop.DBus.Properties',"
                                     "member='PropertiesChanged'",
                                     on_change,
                                     NULL);
        return err_pass(r);
}

int unit_wait(Tend *tend, char *const *units) {
        AUTO(unit_wait_done) UnitWait wait = { .left = strv_copy(units) };
        uint64_t end_usec = usec_add(clock_monotonic_usec(), tend->timeout_usec);

        int r = start_listening(tend, &wait);
        if (r >= 0)
                r = look_again(&wait);
        while (r >= 0 && strv_length(wait.left) > 0) {
                r = wait_for_change(&wait, end_usec);
                if (r >= 0)
                        r = look_again(&wait);
        }
        if (r < 0)
                tend_complain(tend,
                              r == -ETIME ? "The units did not end in time: %s"
                                          : "Lost the manager while waiting: %s",
                              strerror(-r));
        return r < 0 || wait.has_failed ? 1 : 0;
}
