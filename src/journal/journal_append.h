/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Putting entries into a journal file: first each of their values, then the entry that refers to
 * them. Who writes the same values again and again keeps the JournalItem and skips the look-up.
 *
 * Order of stores: an object is complete before its type is set, an entry is complete before
 * anything refers to it, and the header's counters come last. After a crash journal_file_open finds
 * every entry whose object was complete. */

#include <stdint.h>

#include "base/hash.h"
#include "base/str.h"
#include "journal/journal_file.h"

/* When an entry was received. */
typedef struct JournalStamp {
        uint64_t realtime_usec, monotonic_usec;
        Id128 boot_id;
} JournalStamp;

/* What can be known of a value before it is its turn. Looking a value up is waiting for memory;
 * who has many of them makes hints for some, follows them, and then appends the values. */
typedef struct JournalHint {
        uint64_t file; /* of which (journal_file_number); 0 = no hint */
        HashPair hashes;
} JournalHint;

/* A hint for a value. */
JournalHint journal_hint_make(const JournalFile *file, Str payload);

/* Goes on with what journal_hint_make has begun. */
void journal_hint_follow(const JournalFile *file, const JournalHint *hint);

/* Finds or adds "FIELD=value". The hint is of the same value, or NULL; one of another file counts
 * as none. -EINVAL without '=', -EFBIG when the file is full, -EBADMSG when it
 * is damaged, -ENOSPC and the like from the disk. */
int journal_append_hinted(JournalFile *file,
                          Str payload,
                          const JournalHint *hint,
                          JournalItem *ret);

/* The same without a hint. */
int journal_append_data(JournalFile *file, Str payload, JournalItem *ret);

/* Adds an entry with these values; they are sorted and doubles are dropped, in place. -EINVAL when
 * there is none; else as above. A time before that of the entry before is set to that time. */
int journal_append_entry(JournalFile *file,
                         const JournalStamp *stamp,
                         JournalItem *items,
                         size_t n_items);

/* Enters an ENTRY object that stands in the file into all lists, and its number and times into the
 * header. For journal_append_entry and for repair. */
int journal_file_link_entry(JournalFile *file, uint64_t offset);

/* The number of the last entry, 0 when there was none. */
uint64_t journal_file_tail_seqnum(const JournalFile *file);

/* The time of the last entry in microseconds, 0 when there is none. */
uint64_t journal_file_tail_realtime(const JournalFile *file);
