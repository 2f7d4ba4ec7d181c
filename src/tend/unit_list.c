/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/unit_list.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "unit/unit_name.h"

#define ENTRY_TYPE "(ssssssouso)"

static void entry_done(UnitListEntry *entry) {
        free(entry->id);
        free(entry->description);
        free(entry->load_state);
        free(entry->active_state);
        free(entry->sub_state);
        free(entry->job_type);
}

static bool has_type(const Tend *tend, const char *id) {
        const char *suffix = strrchr(id, '.');
        return !tend->types || (suffix && strv_contains(tend->types, suffix + 1));
}

static bool is_wanted(const Tend *tend, const UnitListEntry *entry) {
        if (!has_type(tend, entry->id))
                return false;
        if (tend->states || (tend->flags & TEND_ALL))
                return true; /* the manager has looked at the states */
        return entry->job_id != 0 || !streq(entry->active_state, "inactive");
}

/* Takes a copy of one entry of the reply. 0 at the end. */
static int read_entry(sd_bus_message *reply, UnitListEntry *ret) {
        const char *id, *description, *load, *active, *sub, *following, *path, *type, *job_path;
        uint32_t job_id;

        int r = sd_bus_message_read(reply,
                                    ENTRY_TYPE,
                                    &id,
                                    &description,
                                    &load,
                                    &active,
                                    &sub,
                                    &following,
                                    &path,
                                    &job_id,
                                    &type,
                                    &job_path);
        if (r <= 0)
                return err_pass(r);
        *ret = (UnitListEntry){
                .id = strdup(id),
                .description = strdup(description),
                .load_state = strdup(load),
                .active_state = strdup(active),
                .sub_state = strdup(sub),
                .job_type = strdup(type),
                .job_id = job_id,
        };
        if (ret->id && ret->description && ret->load_state && ret->active_state && ret->sub_state &&
            ret->job_type)
                return 1;
        entry_done(ret);
        return err_new(-ENOMEM);
}

static int add_entry(UnitList *list, UnitListEntry *entry) {
        UnitListEntry *entries = reallocarray(list->entries, list->n_entries + 1, sizeof(*entries));
        if (!entries) {
                entry_done(entry);
                return err_new(-ENOMEM);
        }
        list->entries = entries;
        entries[list->n_entries++] = *entry;
        return 0;
}

static int call(const Tend *tend, char *const *patterns, sd_bus_message **ret) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *request = NULL;
        sd_bus *bus = bus_client_bus(tend->client);
        char *none[] = { NULL };

        int r = sd_bus_message_new_method_call(bus,
                                               &request,
                                               "org.freedesktop.systemd1",
                                               BUS_MANAGER_PATH,
                                               BUS_MANAGER_INTERFACE,
                                               "ListUnitsByPatterns");
        if (r >= 0)
                r = sd_bus_message_append_strv(request, tend->states ? tend->states : none);
        if (r >= 0) {
                AUTO_STRV char **copy = strv_copy(patterns);
                r = sd_bus_message_append_strv(request, copy ? copy : none);
        }
        if (r >= 0)
                r = sd_bus_call(bus, request, 0, &error, ret);
        if (r < 0)
                tend_complain(tend,
                              "Cannot list units: %s",
                              error.message ? error.message : strerror(-r));
        sd_bus_message_unref(request);
        sd_bus_error_free(&error);
        return err_pass(r);
}

/* By type, then by name, as people look for them. */
static int compare_entries(const void *a, const void *b) {
        const UnitListEntry *x = a, *y = b;
        UnitType x_type = UNIT_TYPE_COUNT, y_type = UNIT_TYPE_COUNT;

        (void)unit_name_type(x->id, &x_type); /* a name without a known type comes last */
        (void)unit_name_type(y->id, &y_type); /* likewise */
        if (x_type != y_type)
                return x_type < y_type ? -1 : 1;
        return strcmp(x->id, y->id);
}

int unit_list_get(const Tend *tend, char *const *patterns, UnitList *ret) {
        AUTO(unit_list_done) UnitList list = { 0 };
        sd_bus_message *reply = NULL;
        UnitListEntry entry;

        int r = call(tend, patterns, &reply);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', ENTRY_TYPE);
        while (r >= 0 && (r = read_entry(reply, &entry)) > 0) {
                if (is_wanted(tend, &entry))
                        r = add_entry(&list, &entry);
                else
                        entry_done(&entry);
        }
        sd_bus_message_unref(reply);
        if (r < 0)
                return err_pass(r);
        if (list.n_entries > 1)
                qsort(list.entries, list.n_entries, sizeof(*list.entries), compare_entries);
        *ret = list;
        list = (UnitList){ 0 };
        return 0;
}

void unit_list_done(UnitList *list) {
        for (unsigned i = 0; i < list->n_entries; i++)
                entry_done(&list->entries[i]);
        free(list->entries);
        *list = (UnitList){ 0 };
}
