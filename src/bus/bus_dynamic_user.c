/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_dynamic_user.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "bus/bus_error.h"
#include "bus/bus_reply.h"

typedef struct Search {
        const char *name; /* NULL = by uid */
        uid_t uid;
        char *found_name; /* owned */
} Search;

static int compare(void *userdata, uid_t uid, const char *name) {
        Search *search = userdata;

        if (search->name ? !streq(search->name, name) : search->uid != uid)
                return 0;
        search->uid = uid;
        search->found_name = strdup(name);
        return search->found_name ? 1 : err_new(-ENOMEM);
}

/* 1 when it was found. */
static int each(BusCall *call, BusDynamicUserFunction *add, void *userdata) {
        const BusHost *host = &call->server->host;

        if (call->server->engine->config.scope != UNIT_SCOPE_SYSTEM || !host->each_dynamic_user)
                return sd_bus_error_set(call->error,
                                        SD_BUS_ERROR_NOT_SUPPORTED,
                                        "Dynamic users are only supported in the system instance.");
        return host->each_dynamic_user(host->userdata, add, userdata);
}

int bus_manager_lookup_user_by_name(BusCall *call, const BusMethodRow *row UNUSED) {
        Search search = { 0 };
        int r = sd_bus_message_read_basic(call->message, 's', &search.name);

        if (r >= 0 && !*search.name)
                return sd_bus_error_set(
                        call->error, SD_BUS_ERROR_INVALID_ARGS, "User name invalid: ");
        if (r >= 0)
                r = each(call, compare, &search);
        free(search.found_name);
        if (r == 0)
                return sd_bus_error_setf(call->error,
                                         BUS_ERROR_NO_SUCH_DYNAMIC_USER,
                                         "Dynamic user %s does not exist.",
                                         search.name);
        return r < 0 ? r : bus_reply_values(call, "u", (uint32_t)search.uid);
}

int bus_manager_lookup_user_by_uid(BusCall *call, const BusMethodRow *row UNUSED) {
        Search search = { 0 };
        uint32_t uid;
        int r = sd_bus_message_read_basic(call->message, 'u', &uid);

        if (r >= 0 && (uid == UINT32_MAX || uid == UINT16_MAX))
                return sd_bus_error_setf(
                        call->error, SD_BUS_ERROR_INVALID_ARGS, "User ID invalid: %u", uid);
        search.uid = uid;
        if (r >= 0)
                r = each(call, compare, &search);
        AUTO_FREE char *name = search.found_name;
        if (r == 0)
                return sd_bus_error_setf(call->error,
                                         BUS_ERROR_NO_SUCH_DYNAMIC_USER,
                                         "Dynamic user ID %u does not exist.",
                                         uid);
        return r < 0 ? r : bus_reply_values(call, "s", name);
}

static int append(void *userdata, uid_t uid, const char *name) {
        BusBody *body = userdata;
        uint32_t number = uid;
        int r = bus_body_open(body, 'r', "us");

        if (r >= 0)
                r = bus_body_append_basic(body, 'u', &number);
        if (r >= 0)
                r = bus_body_append_basic(body, 's', name);
        if (r >= 0)
                r = bus_body_close(body);
        return r < 0 ? r : 0;
}

int bus_manager_get_dynamic_users(BusCall *call, const BusMethodRow *row UNUSED) {
        AUTO(bus_body_done) BusBody body = bus_body_of("a(us)");
        int r = bus_body_open(&body, 'a', "(us)");

        if (r >= 0)
                r = each(call, append, &body);
        if (r >= 0)
                r = bus_body_close(&body);
        return r < 0 ? r : bus_reply(call, &body);
}
