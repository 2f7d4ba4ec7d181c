/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Kinds of value. A kind knows how to parse an assignment (including lists that grow and are reset by
 * an empty one), print it back canonically, compare, release, and which bus type it has. */

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "unit/directive.h"
#include "unit/specifier.h"
#include "unit/unit_value.h"

/* Outcomes of parsing an assignment. */
typedef enum KindOutcome {
        KIND_OK = 0,
        KIND_IGNORED = 1, /* a finding was added; the unit keeps what it had */
        KIND_REFUSED = 2, /* a finding was added; the unit does not load (bad-setting) */
} KindOutcome;

typedef struct KindContext {
        Diag *diag;
        DiagPlace place;
        const DirectiveRow *row;
        Str section_written; /* as it stands in the file, for messages */
        Str key_written;
        const SpecifierContext *specifiers; /* NULL: percent signs stay (plans are expanded already) */
        UnitType unit_type;
} KindContext;

struct Kind {
        const char *name;     /* for documentation: "boolean", "time span" */
        ValueShape shape;     /* which union member of Value is used */
        const char *bus_type; /* D-Bus signature */
        /* Takes one assignment's text (continuations joined, white space trimmed). `value` holds what
         * earlier assignments gave, or zero with id set. KindOutcome or -ENOMEM. */
        int (*parse)(const KindContext *context, Str text, Value *value);
        /* Appends "Key=value\n" lines that give exactly this value when parsed again, `%` doubled. */
        void (*print)(const DirectiveRow *row, const Value *value, StrBuf *out);
        bool (*equal)(const Value *a, const Value *b);
        void (*release)(Value *value); /* NULL for plain numbers */
        int (*copy)(const Value *from, Value *ret); /* NULL for plain numbers */
};

/* Adds the warning "... , ignoring: ..." in the wording of systemd 252 and says KIND_IGNORED. */
int kind_ignore(const KindContext *context, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds the error and says KIND_REFUSED. */
int kind_refuse(const KindContext *context, const char *format, ...) PRINTF_LIKE(2, 3);
