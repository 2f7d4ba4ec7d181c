/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Lists of entries: of all in the file, and of those with one value. Lists are chains of arrays
 * that grow by doubling; in compact files no array has more than a few thousand places, because the
 * last one is found at once there. */

#include "journal/journal_file.h"

/* Puts an ENTRY object at the end of the list of all, and counts it. -EBADMSG when the list is
 * damaged; else as journal_file_allocate. */
int entry_array_link_file(JournalFile *file, uint64_t entry_offset);

/* Puts it at the end of the list of one DATA object. */
int entry_array_link_data(JournalFile *file, uint64_t data_offset, uint64_t entry_offset);

/* The most bytes that entering one more into a list of `n_entries` can take. */
uint64_t entry_array_room(const JournalFile *file, uint64_t n_entries);
