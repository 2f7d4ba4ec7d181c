/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_change.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"

#define SLOTS_MAX 64 /* properties of an interface that are announced; a test counts them */

/* What was told of one unit: a hash for each announced property, first those of all units, then
 * those of the unit's type. */
typedef struct Told {
        unsigned n_common; /* of all units */
        uint64_t hashes[]; /* 0 = not told */
} Told;

/* One announcement that is being made. */
typedef struct Change {
        BusGetterContext context;
        uint64_t *told; /* by slot; NULL = everything counts */
        BusBody *body;
        unsigned slot, n_changed;
        bool invalidated[SLOTS_MAX]; /* by slot: to be named */
        unsigned rows[SLOTS_MAX];    /* by slot */
} Change;

static bool is_announced(const BusServer *server, unsigned row) {
        return !(bus_property_rows[row].flags & (BUS_PROPERTY_CONSTANT | BUS_PROPERTY_SILENT)) ||
               server->bindings[row].costly;
}

static unsigned count_announced(const BusServer *server, BusInterface interface) {
        const BusInterfaceRow *row = &bus_interface_rows[interface];
        unsigned n = 0;

        for (unsigned f = 0; f < row->n_families; f++) {
                const BusPropertyFamily *range = &bus_property_families[row->families[f]];
                for (unsigned i = range->first; i < range->first + range->n_rows; i++)
                        n += is_announced(server, i);
        }
        return n;
}

static Told *new_told(const BusServer *server, const Unit *unit) {
        unsigned n_common = count_announced(server, BUS_INTERFACE_UNIT);
        unsigned n = n_common + count_announced(server, bus_interface_of_type(unit->type));
        Told *told = calloc(1, sizeof(*told) + n * sizeof(told->hashes[0]));

        if (told)
                told->n_common = n_common;
        return told;
}

static int find_told(BusServer *server, const Unit *unit, Told **ret) {
        uint64_t key = (uintptr_t)unit;
        Told *told;

        if (!server->told)
                server->told = hashtable_new_number();
        *ret = server->told ? hashtable_find_number(server->told, key) : NULL;
        if (*ret)
                return 0;
        told = server->told ? new_told(server, unit) : NULL;
        if (!told || hashtable_put_number(server->told, key, told) < 0) {
                free(told);
                return err_new(-ENOMEM);
        }
        *ret = told;
        return 0;
}

/* Whether the entry that was appended last differs from what was told. */
static bool is_new(const Change *change, size_t length_before) {
        const uint8_t *bytes;
        uint64_t hash;
        size_t size;

        if (!change->told)
                return true;
        bytes = bus_body_element(change->body, length_before, &size);
        hash = jenkins_hash64(bytes, size) | 1;
        if (change->told[change->slot] == hash)
                return false;
        change->told[change->slot] = hash;
        return true;
}

/* One property: stays in the body when it changed and is announced with its value. */
static int add_row(Change *change, unsigned row) {
        bool is_costly = change->context.server->bindings[row].costly;
        bool named = is_costly || (bus_property_rows[row].flags & BUS_PROPERTY_INVALIDATES);
        size_t length_before = change->body->length;
        bool changed = is_costly;
        int r;

        assert(change->slot < SLOTS_MAX);
        change->rows[change->slot] = row;
        if (!is_costly) {
                r = bus_property_append_entry(&change->context, row, change->body);
                if (r < 0)
                        return err_pass(r);
                changed = is_new(change, length_before);
                change->n_changed += changed;
        }
        if (!changed || named)
                bus_body_rewind(change->body, length_before);
        change->invalidated[change->slot++] = changed && named;
        return 0;
}

static int add_rows(Change *change, BusInterface interface) {
        const BusInterfaceRow *row = &bus_interface_rows[interface];
        int r = 0;

        for (unsigned f = 0; f < row->n_families; f++) {
                const BusPropertyFamily *range = &bus_property_families[row->families[f]];
                for (unsigned i = range->first; i < range->first + range->n_rows && r >= 0; i++)
                        if (is_announced(change->context.server, i))
                                r = add_row(change, i);
        }
        return r;
}

static int add_names(const Change *change) {
        int r = bus_body_open(change->body, 'a', "s");

        for (unsigned i = 0; i < change->slot && r >= 0; i++)
                if (change->invalidated[i])
                        r = bus_body_append_basic(
                                change->body, 's', bus_property_rows[change->rows[i]].name);
        return r < 0 ? r : bus_body_close(change->body);
}

static int append(Change *change, BusInterface interface) {
        int r = bus_body_append_basic(change->body, 's', bus_interface_rows[interface].name);

        if (r >= 0)
                r = bus_body_open(change->body, 'a', "{sv}");
        if (r >= 0)
                r = add_rows(change, interface);
        if (r >= 0)
                r = bus_body_close(change->body);
        if (r >= 0)
                r = add_names(change);
        return r < 0 ? err_pass(r) : change->n_changed == 0;
}

int bus_change_append(BusServer *server, Unit *unit, BusInterface interface, BusBody *body) {
        Change change = { .context = { .server = server, .unit = unit }, .body = body };
        Told *told;
        int r = find_told(server, unit, &told);

        if (r < 0)
                return err_pass(r);
        change.told = told->hashes + (interface == BUS_INTERFACE_UNIT ? 0 : told->n_common);
        return append(&change, interface);
}

int bus_change_append_all(BusServer *server, Unit *unit, BusInterface interface, BusBody *body) {
        Change change = { .context = { .server = server, .unit = unit }, .body = body };

        return append(&change, interface);
}

int bus_change_append_job(BusServer *server, Job *job, BusBody *body) {
        Change change = { .context = { .server = server, .job = job }, .body = body };

        return append(&change, BUS_INTERFACE_JOB);
}

void bus_change_forget(BusServer *server, const Unit *unit) {
        if (server->told)
                free(hashtable_remove_number(server->told, (uintptr_t)unit));
}

void bus_change_forget_all(BusServer *server) {
        Told *told;
        size_t cursor = 0;

        while (server->told && (told = hashtable_next(server->told, &cursor, NULL)))
                free(told);
        server->told = hashtable_free(server->told);
}
