/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which entries are wanted, as sd_journal_add_match(3) says it: values of one field are
 * alternatives, fields are all wanted, '+' separates alternatives, and conjunctions combine such
 * groups. A tree of "all of", "any of" and "FIELD=value"; journal_read looks the values up. */

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/str.h"
#include "base/strbuf.h"

typedef enum JournalMatchKind {
        JOURNAL_MATCH_VALUE,
        JOURNAL_MATCH_ALL,
        JOURNAL_MATCH_ANY,
        JOURNAL_MATCH_KIND_COUNT
} JournalMatchKind;

typedef struct JournalMatch JournalMatch;
struct JournalMatch {
        JournalMatchKind kind;
        char *payload; /* "FIELD=value", owned */
        size_t length;
        unsigned number;         /* of a value: position among all values of the tree */
        JournalMatch **children; /* owned */
        unsigned n_children;
};

/* The tree while it is made. */
typedef struct JournalMatches {
        JournalMatch *root;         /* owned; NULL = everything */
        JournalMatch *alternatives; /* the part of `root` that is added to, or NULL */
        JournalMatch *terms;        /* the part of `alternatives` that is added to, or NULL */
        unsigned n_values;
} JournalMatches;

/* Wants "FIELD=value". -EINVAL when it is none, -ENOMEM. */
int journal_matches_add(JournalMatches *matches, Str payload);

/* The same, printed. */
int journal_matches_addf(JournalMatches *matches, const char *format, ...) PRINTF_LIKE(2, 3);

/* What was added since the last conjunction is one alternative, what comes now another. */
void journal_matches_or(JournalMatches *matches);

/* What was added by now is wanted together with what comes. */
void journal_matches_and(JournalMatches *matches);

/* Whether a name may be that of a field. */
bool journal_field_is_valid(Str name);

/* Releases the tree. */
void journal_matches_done(JournalMatches *matches);
DEFINE_AUTO_DONE(JournalMatches, journal_matches_done);
