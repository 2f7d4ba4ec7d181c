/* SPDX-License-Identifier: Apache-2.0 */

/* Which getter answers for which row of the property table. */

#include <errno.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/hashtable.h"
#include "base/macros.h"
#include "base/str.h"
#include "bus/bus_getters.h"
#include "bus/bus_job.h"
#include "bus/bus_property.h"
#include "bus/bus_value.h"
#include "unit/kind.h"

/* Where the settings behind the properties of a family stand. */
static const unsigned family_sections[BUS_FAMILY_COUNT] = {
        [BUS_FAMILY_UNIT] = SECTION_UNIT,
        [BUS_FAMILY_SERVICE] = SECTION_SERVICE,
        [BUS_FAMILY_SOCKET] = SECTION_SOCKET,
        [BUS_FAMILY_MOUNT] = SECTION_MOUNT,
        [BUS_FAMILY_SWAP] = SECTION_SWAP,
        [BUS_FAMILY_SLICE] = SECTION_SLICE,
        [BUS_FAMILY_SCOPE] = SECTION_SCOPE,
        [BUS_FAMILY_TIMER] = SECTION_TIMER,
        [BUS_FAMILY_PATH] = SECTION_PATH,
        [BUS_FAMILY_AUTOMOUNT] = SECTION_AUTOMOUNT,
        [BUS_FAMILY_CONTROL_GROUP] = SECTIONS_RESOURCE,
        [BUS_FAMILY_EXEC] = SECTIONS_EXEC,
        [BUS_FAMILY_KILL] = SECTIONS_KILL,
};

/* Settings by property name; settings of one name are chained, since sections share names. */
typedef struct DirectiveIndex {
        HashTable *first; /* name to DirectiveRow */
        unsigned *next;   /* by number of the row: number + 1 of the next of that name */
} DirectiveIndex;

static void directive_index_done(DirectiveIndex *index) {
        index->first = hashtable_free(index->first);
        free(index->next);
}

DEFINE_AUTO_DONE(DirectiveIndex, directive_index_done);

static const char *property_name(const DirectiveRow *directive) {
        return directive->bus_name ?: directive->name;
}

static unsigned count_directives(void) {
        unsigned n = 0;

        while (directive_at(n))
                n++;
        return n;
}

static int directive_index_init(DirectiveIndex *index) {
        unsigned n = count_directives();

        index->first = hashtable_new_string();
        index->next = calloc(n + 1, sizeof(unsigned));
        if (!index->first || !index->next)
                return -1;
        /* Backwards, so that the first row of a name heads its chain. The values are numbers + 1.
         */
        for (unsigned i = n; i-- > 0;) {
                const char *name = property_name(directive_at(i));
                index->next[i] = (unsigned)(uintptr_t)hashtable_find(index->first, name);
                if (hashtable_set(index->first, name, (void *)(uintptr_t)(i + 1)) < 0)
                        return -1;
        }
        return 0;
}

static const DirectiveRow *
find_directive(const DirectiveIndex *index, const char *name, unsigned sections) {
        unsigned i = (unsigned)(uintptr_t)hashtable_find(index->first, name);

        while (i > 0) {
                const DirectiveRow *directive = directive_at(i - 1);
                if (directive->sections & sections)
                        return directive;
                i = index->next[i - 1];
        }
        return NULL;
}

/* The setting behind a property; "LimitCPUSoft", "ExecStartEx" and "StateDirectorySymlink" show the
 * same setting as the name without the ending. */
static const DirectiveRow *
find_setting(const DirectiveIndex *index, const char *name, unsigned sections) {
        static const char *const endings[] = { "Soft", "Ex", "Symlink" };
        const DirectiveRow *directive = find_directive(index, name, sections);

        for (unsigned i = 0; !directive && i < ARRAY_LENGTH(endings); i++) {
                AUTO_FREE char *base = NULL;
                Str text = str_of(name);
                if (!str_has_suffix(text, endings[i]))
                        continue;
                base = str_dup((Str){ name, text.length - strlen(endings[i]) });
                if (base)
                        directive = find_directive(index, base, sections);
        }
        return directive;
}

static const BusGetterRow *
find_in(const BusGetterRow *rows, unsigned n_rows, BusFamily family, const char *name) {
        for (unsigned i = 0; i < n_rows; i++)
                if (rows[i].family == family && streq(rows[i].name, name))
                        return &rows[i];
        return NULL;
}

static const BusGetterRow *find_getter(BusFamily family, const char *name) {
        const struct {
                const BusGetterRow *rows;
                unsigned n_rows;
        } tables[] = {
                { bus_unit_getters, bus_unit_getter_count },
                { bus_service_getters, bus_service_getter_count },
                { bus_socket_getters, bus_socket_getter_count },
                { bus_timer_getters, bus_timer_getter_count },
                { bus_exec_getters, bus_exec_getter_count },
                { bus_group_getters, bus_group_getter_count },
                { bus_scope_getters, bus_scope_getter_count },
                { bus_mark_getters, bus_mark_getter_count },
                { bus_manager_getters, bus_manager_getter_count },
                { bus_job_getters, bus_job_getter_count },
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(tables); i++) {
                const BusGetterRow *row = find_in(tables[i].rows, tables[i].n_rows, family, name);
                if (row)
                        return row;
        }
        return NULL;
}

static void bind(BusPropertyBinding *binding,
                 const DirectiveIndex *index,
                 BusFamily family,
                 const BusPropertyRow *row) {
        const BusGetterRow *getter = find_getter(family, row->name);
        int kind = family == BUS_FAMILY_UNIT ? bus_unit_dependency_of(row->name) : -1;

        binding->directive = find_setting(index, row->name, family_sections[family]);
        binding->get = bus_property_append_default;
        if (getter) {
                binding->get = getter->get;
                binding->argument = getter->argument;
                binding->costly = bus_service_is_costly(getter->get);
        } else if (kind >= 0) {
                binding->get = bus_unit_get_dependency;
                binding->argument = kind;
        } else if (binding->directive &&
                   bus_value_can_append(row->signature, binding->directive->kind->shape))
                binding->get = bus_value_get;
}

/* The entry of a row with the row's own default. */
static int append_default_entry(const BusPropertyRow *row, BusBody *entries) {
        BusGetterContext context = { .row = row };
        int r = bus_body_open(entries, 'e', "sv");

        if (r >= 0)
                r = bus_body_append_basic(entries, 's', row->name);
        if (r >= 0)
                r = bus_body_open(entries, 'v', row->signature);
        if (r >= 0)
                r = bus_property_append_default(&context, entries);
        if (r >= 0)
                r = bus_body_close(entries);
        return r < 0 ? r : bus_body_close(entries);
}

/* Text and signature have a length before them and a zero behind. */
static size_t head_size(const BusPropertyRow *row) {
        return sizeof(uint32_t) + strlen(row->name) + 1 + 1 + strlen(row->signature) + 1;
}

static int make_entries(BusPropertyBinding *bindings, BusBody *entries) {
        int r = bus_body_open(entries, 'a', "{sv}");

        for (unsigned i = 0; i < bus_property_count && r >= 0; i++) {
                size_t before = entries->length, size;
                r = append_default_entry(&bus_property_rows[i], entries);
                if (r < 0)
                        break;
                const uint8_t *entry = bus_body_element(entries, before, &size);
                bindings[i].entry_at = (uint32_t)(entry - entries->data);
                bindings[i].entry_size = (uint32_t)size;
                bindings[i].head_size = (uint32_t)head_size(&bus_property_rows[i]);
        }
        return r < 0 ? r : bus_body_close(entries);
}

int bus_property_bind(BusPropertyBinding **ret, BusBody *ret_entries) {
        AUTO(directive_index_done) DirectiveIndex index = { 0 };
        AUTO(bus_body_done) BusBody entries = bus_body_of("a{sv}");
        AUTO_FREE BusPropertyBinding *bindings = NULL;
        int r;

        if (directive_index_init(&index) < 0)
                return err_new(-ENOMEM);
        bindings = calloc(bus_property_count, sizeof(*bindings));
        if (!bindings)
                return err_new(-ENOMEM);
        for (unsigned family = 0; family < BUS_FAMILY_COUNT; family++) {
                const BusPropertyFamily *range = &bus_property_families[family];
                for (unsigned i = range->first; i < range->first + range->n_rows; i++)
                        bind(&bindings[i], &index, (BusFamily)family, &bus_property_rows[i]);
        }
        r = make_entries(bindings, &entries);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(bindings);
        *ret_entries = entries;
        entries = (BusBody){ 0 };
        return 0;
}
