/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Kinds of value. A kind knows how to parse an assignment (including lists that grow and are reset
 * by an empty one), how to print it back canonically, and which bus type it has. Comparing, copying
 * and releasing follow from the shape (unit_value.h). */

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/strv_index.h"
#include "unit/directive.h"
#include "unit/specifier.h"
#include "unit/unit_value.h"

/* Outcomes of parsing an assignment. */
typedef enum KindOutcome {
        KIND_OK = 0,
        KIND_IGNORED = 1, /* a finding was added; the unit keeps what it had */
        KIND_REFUSED = 2, /* a finding was added; the unit does not load (bad-setting) */
        KIND_RESET = 3,   /* from parse functions only: the setting is as if never written */
} KindOutcome;

typedef struct KindContext {
        Diag *diag;
        DiagPlace place;
        const DirectiveRow *row;
        Str section_written; /* as it stands in the file, for messages */
        Str key_written;
        const SpecifierContext
                *specifiers; /* NULL: percent signs stay (plans are expanded already) */
        UnitType unit_type;
        const char *unit_name; /* set by unit_spec_assign */
        StrvIndex **names;     /* of lists that may be long, by DirectiveId, while one text is
                                  loaded; NULL: they are searched */
} KindContext;

/* What rows tell their kinds (DirectiveRow.parameter), each kind using what it needs. */
/* Another word for a value of an enumeration. */
typedef struct EnumAlias {
        const char *name; /* NULL ends a list */
        unsigned value;
} EnumAlias;

typedef struct KindParameter {
        const char *
                message; /* what could not be parsed, without ", ignoring"; NULL = the kind's own */
        const char *const *names; /* of an enumeration, by value; NULL entries are not names */
        unsigned n_names;
        const EnumAlias *aliases; /* words that are read only; NULL = none */
        unsigned flags;           /* of the kind */
        uint64_t minimum, maximum;
} KindParameter;

struct Kind {
        const char *name;     /* for documentation: "boolean", "time span" */
        ValueShape shape;     /* which union member of Value is used */
        const char *bus_type; /* D-Bus signature */
        /* Takes one assignment's text (continuations joined, white space trimmed). `value` holds
         * what earlier assignments gave, or zero with id and shape set. KindOutcome or -ENOMEM. */
        int (*parse)(const KindContext *context, Str text, Value *value);
        /* Appends "Key=value\n" lines that give exactly this value when parsed again, with percent
         * signs doubled where the kind expands them. */
        void (*print)(const DirectiveRow *row, const Value *value, StrBuf *out);
};

/* Adds the warning "... , ignoring: ..." in the wording of systemd 252 and says KIND_IGNORED. */
int kind_ignore(const KindContext *context, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds a note about something that systemd passes over in silence. */
void kind_note(const KindContext *context, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds the error and says KIND_REFUSED. */
int kind_refuse(const KindContext *context, const char *format, ...) PRINTF_LIKE(2, 3);
