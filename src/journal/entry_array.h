/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Lists of entries: of all in the file, and of those with one value. Lists are chains of arrays
 * that grow by doubling; in compact files no array has more than a few thousand places, because the
 * last one is found at once there.
 *
 * Values that always stood together have one list: their DATA objects name the same arrays, each
 * with its own number of entries. When one of them is without the others for the first time, it
 * takes the next place; the others find it taken and get a copy. */

#include <stdbool.h>

#include "journal/journal_file.h"

#define ENTRY_LISTS_MAX 8

/* The lists of one entry's values while it is put into them: what was done with one is not done
 * again for the next value that has it. Zeroed before. */
typedef struct EntryLinks {
        struct EntryList {
                uint64_t from, n;      /* as it was: the first array, and how many entries */
                uint64_t first;        /* as it is now */
                uint64_t tail, n_tail; /* the last array, how many places of it are used */
        } lists[ENTRY_LISTS_MAX];
        unsigned n_lists;
} EntryLinks;

/* Puts an ENTRY object at the end of the list of all, and counts it. -EBADMSG when the list is
 * damaged; else as journal_file_allocate. */
int entry_array_link_file(JournalFile *file, uint64_t entry_offset);

/* Puts it at the end of the list of one DATA object. */
int entry_array_link_data(JournalFile *file,
                          EntryLinks *links,
                          uint64_t data_offset,
                          uint64_t entry_offset);

/* Whether the array at a trusted offset has a place of this number that nobody has taken. */
bool entry_array_is_free(const JournalFile *file, uint64_t array_offset, uint64_t index);

/* Puts an entry into such a place. */
void entry_array_set(const JournalFile *file,
                     uint64_t array_offset,
                     uint64_t index,
                     uint64_t entry_offset);

/* How many bytes it takes to put one more entry into the list of all. 0 also when it is damaged. */
uint64_t entry_array_room_file(JournalFile *file);

/* The same for the list of one DATA object; `links` says what was counted already. At most as much
 * is used. */
uint64_t entry_array_room_data(JournalFile *file, EntryLinks *links, uint64_t data_offset);

/* Gives every value a list of its own, as programs expect that do not know of common ones. 1, or 0
 * when more than `most` bytes would be needed; else as journal_file_allocate. */
int entry_array_separate_all(JournalFile *file, uint64_t most);
