/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One entry after another that differ in new values only, as the lines of a service do: the second
 * takes what was found for the first, the order of the values and the ends of their lists. In the
 * file it makes no difference. */

#include <stdbool.h>

#include "journal/entry_array.h"

/* Notes the values of an entry before it is written; the items are as they were given. */
void entry_repeat_begin(JournalFile *file, const JournalItem *items, size_t n);

/* It was written, at `offset`; `links` are the lists that its values are in now. */
void entry_repeat_end(JournalFile *file, uint64_t offset, const EntryLinks *links);

/* Whether an entry with these values has the old ones of the last entry, new ones where that had
 * new ones, and room in all its lists. */
bool entry_repeat_applies(const JournalFile *file, const JournalItem *items, size_t n);

/* Fills the places of such an entry. */
void entry_repeat_fill(const JournalFile *file, JournalEntry *entry, const JournalItem *items);

/* Puts it into the lists of its values. */
void entry_repeat_link(JournalFile *file, uint64_t offset, const JournalItem *items);
