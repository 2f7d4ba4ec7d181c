/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive.h"

#include <assert.h>

#include "base/enum_name.h"
#include "base/macros.h"
#include "unit/directive_tables.h"

/* One table with the range of its numbers and the sections it has rows for. */
typedef struct DirectiveTable {
        const DirectiveRow *rows;
        const unsigned *n_rows;
        DirectiveId first, last;
        unsigned sections;
} DirectiveTable;

#define TABLE(name, first_id, last_id, section_mask)                                               \
        {                                                                                          \
                .rows = directives_##name, .n_rows = &n_directives_##name,                         \
                .first = DIRECTIVE_##first_id, .last = DIRECTIVE_##last_id,                        \
                .sections = (section_mask),                                                        \
        }

/* clang-format off */
static const DirectiveTable directive_tables[] = {
        TABLE(unit,           AFTER,             WANTS,              SECTION_UNIT),
        TABLE(install,        ALIAS,             WANTED_BY,          SECTION_INSTALL),
        TABLE(x_tend,         CREDENTIAL_ENVIRONMENT, RETRY_DEPENDENTS,   SECTION_X_TEND),
        TABLE(plan,           PLAN_CACHE_ROOT,   PLAN_UNIT,          SECTION_PLAN),
        TABLE(service,        BUS_NAME,          WATCHDOG_SEC,       SECTION_SERVICE | SECTION_SOCKET | SECTION_SCOPE),
        TABLE(exec,           AMBIENT_CAPABILITIES, WORKING_DIRECTORY, SECTIONS_EXEC),
        TABLE(sandbox,        APP_ARMOR_PROFILE, TEMPORARY_FILE_SYSTEM, SECTIONS_EXEC),
        TABLE(resource,       ALLOWED_CPUS,      TASKS_MAX,          SECTIONS_RESOURCE),
        TABLE(kill,           FINAL_KILL_SIGNAL, WATCHDOG_SIGNAL,    SECTIONS_KILL),
        TABLE(socket,         ACCEPT,            WRITABLE,           SECTION_SOCKET | SECTION_MOUNT | SECTION_SWAP | SECTION_AUTOMOUNT | SECTION_PATH),
        TABLE(mount,          EXTRA_OPTIONS,     WHERE,              SECTION_MOUNT | SECTION_SWAP | SECTION_AUTOMOUNT),
        TABLE(timer,          ACCURACY_SEC,      WAKE_SYSTEM,        SECTION_TIMER | SECTION_PATH),
        TABLE(timer_triggers, TIMERS,            TIMERS,             SECTION_TIMER),
        TABLE(path,           PATHS,             PATHS,              SECTION_PATH),
};

static const DirectiveTable old_table =
        TABLE(old,            NONE,              NONE,               SECTION_UNIT | SECTIONS_EXEC);

static const char *const section_names[] = {
        "Unit", "Install", "Service", "Socket", "Timer", "Path", "Slice", "Scope", "Mount", "Automount",
        "Swap", "X-Tend", "X-Tend-Plan",
};

static const unsigned type_sections[] = {
        [UNIT_SERVICE] = SECTION_SERVICE, [UNIT_SOCKET] = SECTION_SOCKET, [UNIT_TARGET] = 0,
        [UNIT_DEVICE] = 0, [UNIT_MOUNT] = SECTION_MOUNT, [UNIT_AUTOMOUNT] = SECTION_AUTOMOUNT,
        [UNIT_SWAP] = SECTION_SWAP, [UNIT_TIMER] = SECTION_TIMER, [UNIT_PATH] = SECTION_PATH,
        [UNIT_SLICE] = SECTION_SLICE, [UNIT_SCOPE] = SECTION_SCOPE,
};

static const char *const support_names[] = {
        [SUPPORT_ENFORCED] = "enforced", [SUPPORT_EMULATED] = "emulated", [SUPPORT_WEAKENED] = "weakened",
        [SUPPORT_NONE] = "not supported", [SUPPORT_REFUSED] = "refused", [SUPPORT_INFORMATION] = "information",
};
/* clang-format on */
static_assert(ARRAY_LENGTH(type_sections) == UNIT_TYPE_COUNT, "every type is listed");
static_assert(ARRAY_LENGTH(support_names) == SUPPORT_COUNT, "every level has a name");
static_assert(1u << (ARRAY_LENGTH(section_names) - 1) == SECTION_PLAN, "every section has a name");

unsigned section_parse(Str name) {
        int index = enum_parse(section_names, ARRAY_LENGTH(section_names), name);

        return index < 0 ? 0 : 1u << index;
}

const char *section_name(unsigned section) {
        for (unsigned i = 0; i < ARRAY_LENGTH(section_names); i++)
                if (section == 1u << i)
                        return section_names[i];
        return NULL;
}

unsigned section_of_type(UnitType type) {
        return type < UNIT_TYPE_COUNT ? type_sections[type] : 0;
}

const char *support_name(SupportLevel level) {
        return enum_print(support_names, SUPPORT_COUNT, (int)level);
}

/* Orders a key against a row's name. */
static int compare_key(Str key, const char *name) {
        for (size_t i = 0; i < key.length; i++) {
                int order = (uint8_t)key.data[i] - (uint8_t)name[i];

                if (order != 0 || name[i] == '\0')
                        return order != 0 ? order : 1; /* no name has a NUL */
        }
        return name[key.length] == '\0' ? 0 : -1;
}

static const DirectiveRow *find_in(const DirectiveTable *table, unsigned section, Str key) {
        unsigned low = 0, high = *table->n_rows;

        while (low < high) {
                unsigned middle = (low + high) / 2;

                if (compare_key(key, table->rows[middle].name) > 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        for (; low < *table->n_rows && compare_key(key, table->rows[low].name) == 0; low++)
                if (table->rows[low].sections & section)
                        return &table->rows[low];
        return NULL;
}

const DirectiveRow *directive_find(unsigned section, Str key) {
        if (key.length == 0 || memchr(key.data, '\0', key.length))
                return NULL;
        for (unsigned i = 0; i < ARRAY_LENGTH(directive_tables); i++) {
                const DirectiveTable *table = &directive_tables[i];
                const DirectiveRow *row = NULL;

                if (table->sections & section)
                        row = find_in(table, section, key);
                if (row)
                        return row;
        }
        return old_table.sections & section ? find_in(&old_table, section, key) : NULL;
}

/* The first row of a number in its table, below which all numbers are smaller. */
static unsigned find_id(const DirectiveTable *table, DirectiveId id) {
        unsigned low = 0, high = *table->n_rows;

        while (low < high) {
                unsigned middle = (low + high) / 2;

                if (table->rows[middle].id < id)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

const DirectiveRow *directive_row(UnitType type, DirectiveId id) {
        unsigned sections = SECTIONS_COMMON | section_of_type(type);

        for (unsigned i = 0; i < ARRAY_LENGTH(directive_tables); i++) {
                const DirectiveTable *table = &directive_tables[i];

                if (id < table->first || id > table->last)
                        continue;
                for (unsigned j = find_id(table, id); j < *table->n_rows && table->rows[j].id == id;
                     j++)
                        if (table->rows[j].sections & sections)
                                return &table->rows[j];
                return NULL;
        }
        return NULL;
}

const DirectiveRow *directive_at(unsigned index) {
        for (unsigned i = 0; i < ARRAY_LENGTH(directive_tables); i++) {
                if (index < *directive_tables[i].n_rows)
                        return &directive_tables[i].rows[index];
                index -= *directive_tables[i].n_rows;
        }
        return NULL;
}

const DirectiveRow *directive_old_at(unsigned index) {
        return index < *old_table.n_rows ? &old_table.rows[index] : NULL;
}

#define SUGGEST_DISTANCE 2

void directive_suggest(unsigned section, Str key, const char **ret_key, const char **ret_section) {
        unsigned best = SUGGEST_DISTANCE + 1, elsewhere = 0;
        const DirectiveRow *row;

        *ret_key = *ret_section = NULL;
        for (unsigned i = 0; (row = directive_at(i)); i++) {
                unsigned distance;

                if (row->sections == SECTION_PLAN)
                        continue;
                if (!(row->sections & section)) {
                        if (elsewhere == 0 && compare_key(key, row->name) == 0)
                                elsewhere = row->sections & -row->sections;
                        continue;
                }
                distance = str_edit_distance(key, str_of(row->name), SUGGEST_DISTANCE);
                if (distance < best) {
                        best = distance;
                        *ret_key = row->name;
                }
        }
        if (elsewhere)
                *ret_section = section_name(elsewhere);
}

/* Settings that systemd knew once and now passes over with a word. */
static const struct {
        const char *name;
        unsigned sections;
} obsolete_names[] = {
        { "BusPolicy", SECTION_SERVICE },         { "Capabilities", SECTIONS_EXEC },
        { "IgnoreOnSnapshot", SECTION_UNIT },     { "NetClass", SECTIONS_RESOURCE },
        { "SysVStartPriority", SECTION_SERVICE },
};

bool directive_is_obsolete(unsigned section, Str key) {
        for (unsigned i = 0; i < ARRAY_LENGTH(obsolete_names); i++)
                if ((obsolete_names[i].sections & section) &&
                    str_equal_c(key, obsolete_names[i].name))
                        return true;
        return false;
}
