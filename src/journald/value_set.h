/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Values that stand in many entries ("_PID=17", "_BOOT_ID=..."), with their places in the journal
 * file that is being written, so that they are looked up once per file. */

#include "journal/journal_append.h"

typedef struct ValueSet {
        char **values;      /* owned, "FIELD=value" */
        JournalItem *items; /* owned, one for each value */
        unsigned n, capacity;
        uint64_t file; /* the file that the items are of, 0 = none */
} ValueSet;

/* Adds "NAME=value"; nothing when the value is NULL or empty. -ENOMEM. */
int value_set_add(ValueSet *set, const char *name, const char *value);

/* Adds the number. */
int value_set_add_number(ValueSet *set, const char *name, uint64_t value);

/* The value of a field, NULL when it is not in the set. */
const char *value_set_find(const ValueSet *set, const char *name);

/* Looks all values up in a file, unless that was done. As journal_append_data. */
int value_set_resolve(ValueSet *set, JournalFile *file);

/* Whether both have the same values in the same order. */
bool value_set_equal(const ValueSet *a, const ValueSet *b);

/* Releases the values; the set is empty then. */
void value_set_done(ValueSet *set);
DEFINE_AUTO_DONE(ValueSet, value_set_done);
