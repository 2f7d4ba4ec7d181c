/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which entries of a file have one value. Nothing of the file is believed. */

#include <stddef.h>

#include "base/str.h"
#include "journal/journal_object.h"

/* The DATA object of "FIELD=value" (uncompressed, as short values are); NULL when there is none. */
const JournalData *journal_value_find(const JournalBytes *bytes, Str payload);

/* Offsets of entries, in the order of the file. */
typedef struct JournalOffsets {
        uint64_t *offsets; /* owned */
        size_t n, capacity;
} JournalOffsets;

/* Adds the entries that have "FIELD=value" (uncompressed, as short values are). 0 also when there
 * is none; -EBADMSG when the list is damaged (what was readable is added), -ENOMEM. */
int journal_value_entries(const JournalBytes *bytes, Str payload, JournalOffsets *offsets);

/* Sorts, and drops doubles. */
void journal_offsets_sort(JournalOffsets *offsets);

/* Releases the list. */
void journal_offsets_done(JournalOffsets *offsets);
