/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The table of all settings: look-up, iteration, suggestions. A row says where a setting may stand,
 * what kind of value it takes, its default, since when systemd knows it, and what tend does with
 * it. Loading, printing, the bus, lint, the executor's plan and the documentation read the rows. */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "unit/directive_id.h"
#include "unit/unit_name.h"

typedef struct Kind Kind;

typedef enum SectionMask {
        SECTION_UNIT = 1 << 0,
        SECTION_INSTALL = 1 << 1,
        SECTION_SERVICE = 1 << 2,
        SECTION_SOCKET = 1 << 3,
        SECTION_TIMER = 1 << 4,
        SECTION_PATH = 1 << 5,
        SECTION_SLICE = 1 << 6,
        SECTION_SCOPE = 1 << 7,
        SECTION_MOUNT = 1 << 8,
        SECTION_AUTOMOUNT = 1 << 9,
        SECTION_SWAP = 1 << 10,
        SECTION_X_TEND = 1 << 11,
        SECTION_PLAN = 1 << 12, /* [X-Tend-Plan], only in plans for the executor */

        SECTIONS_COMMON = SECTION_UNIT | SECTION_INSTALL | SECTION_X_TEND | SECTION_PLAN,
        SECTIONS_EXEC = SECTION_SERVICE | SECTION_SOCKET | SECTION_MOUNT | SECTION_SWAP,
        SECTIONS_RESOURCE = SECTIONS_EXEC | SECTION_SLICE | SECTION_SCOPE,
        SECTIONS_KILL = SECTIONS_EXEC | SECTION_SCOPE,
} SectionMask;

/* What tend does with the setting, before a process is started (the executor reports what the
 * kernel said). */
typedef enum SupportLevel {
        SUPPORT_ENFORCED,    /* does what systemd does */
        SUPPORT_EMULATED,    /* same effect by other means */
        SUPPORT_WEAKENED,    /* less than systemd does; the row's note says what is missing */
        SUPPORT_NONE,        /* parsed, not acted upon; reported on each unit that uses it */
        SUPPORT_REFUSED,     /* a unit that uses it is not started */
        SUPPORT_INFORMATION, /* nothing to act upon while running: Description=, [Install] */
        SUPPORT_COUNT
} SupportLevel;

typedef struct DirectiveRow {
        DirectiveId id;    /* where the value is stored */
        unsigned sections; /* SectionMask */
        const char *name;  /* as written in files */
        const Kind *kind;
        const void *parameter; /* for the kind: table of names, limits, mask of flags */
        DirectiveId also;      /* a second setting that gets the same value, or DIRECTIVE_NONE */
        int variant; /* which member of the family, for kinds that share one stored list */
        uint64_t default_number; /* what the getter says when the setting is absent */
        const char *default_text;
        uint16_t since; /* version whose NEWS of systemd first names it, 0 = none does */
        SupportLevel support;
        const char *note;     /* one sentence on what is missing, NULL when nothing */
        const char *bus_name; /* property name where it differs from `name`, NULL = the same, "" =
                                 none */
} DirectiveRow;

/* The bit of a section by its name ("Service"), 0 when unknown. X- sections other than X-Tend are
 * unknown. */
unsigned section_parse(Str name);
/* Its name. One bit only. */
const char *section_name(unsigned section);
/* The section of a unit type's own settings: SECTION_SERVICE for UNIT_SERVICE; 0 for target and
 * device. */
unsigned section_of_type(UnitType type);

/* The row for a key in a section, looking through old names too; NULL when there is none.
 * Logarithmic or better: called for each line of each unit file. */
const DirectiveRow *directive_find(unsigned section, Str key);

/* The row that stores `id` in a unit of this type (first variant); NULL when such units have none.
 */
const DirectiveRow *directive_row(UnitType type, DirectiveId id);

/* All rows in order of files; NULL after the last. */
const DirectiveRow *directive_at(unsigned index);

/* The same for old names and places, which are rows of their own that store where the present
 * setting does. */
const DirectiveRow *directive_old_at(unsigned index);

/* Whether this key in this section is one that systemd knew once and ignores today, saying "Support
 * for option X= has been removed and it is ignored". */
bool directive_is_obsolete(unsigned section, Str key);

/* The nearest known key in this section within two edits, or the section that does know the key.
 * Either result may be NULL. */
void directive_suggest(unsigned section, Str key, const char **ret_key, const char **ret_section);

/* "enforced", "emulated", "weakened", "not supported", "refused", "information". */
const char *support_name(SupportLevel level);
