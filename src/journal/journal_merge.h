/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Many journal files as one sequence of entries in order of time. What is in several files (copies)
 * is shown once. */

#include <stdbool.h>

#include "journal/journal_read.h"

/* An entry somewhere in the set. */
typedef struct JournalPlace {
        JournalReader *reader;
        const JournalEntry *entry;
        uint64_t offset;
} JournalPlace;

/* Where an entry stands among all, in whatever file. Fields are valid as far as `has` says. */
typedef struct JournalLocation {
        Id128 seqnum_id, boot_id;
        uint64_t seqnum, realtime, monotonic, xor_hash;
        bool has_seqnum, has_monotonic, has_realtime, has_xor_hash;
} JournalLocation;

/* One file and how far it is. */
typedef struct JournalStream {
        JournalReader *reader; /* owned */
        JournalPlace head;     /* what comes next from it; entry NULL = not looked up, or the end */
        uint64_t offset;       /* looks on from here */
        bool is_at_end;
} JournalStream;

typedef struct JournalSet {
        JournalStream *streams; /* owned */
        unsigned n_streams;
        bool is_backward;
        JournalStream *current;        /* whose head was given out */
        const JournalMatches *matches; /* not owned */
} JournalSet;

/* Adds a file, which then belongs to the set. -ENOMEM. */
int journal_set_add(JournalSet *set, JournalReader *reader);

/* Only entries that match, in all files; NULL = all. The matches must outlive the set. */
int journal_set_match(JournalSet *set, const JournalMatches *matches);

/* Before the first entry, to go forward. */
void journal_set_seek_head(JournalSet *set);

/* Behind the last entry: to go backward, or forward to what will be written. */
void journal_set_seek_tail(JournalSet *set, bool backward);

/* Before the first entry of this time or later, or (backward) behind the last of this time or
 * earlier. */
void journal_set_seek_realtime(JournalSet *set, uint64_t usec, bool backward);

/* At an entry: it is the next one if it is still there. */
void journal_set_seek(JournalSet *set, const JournalLocation *location, bool backward);

/* The next entry in the direction of the last seek. False at the end; going forward, more may come
 * after journal_set_refresh. */
bool journal_set_next(JournalSet *set, JournalPlace *ret);

/* Sees what was written to the files since. 1 when there is something new. */
int journal_set_refresh(JournalSet *set);

/* Where an entry stands. */
void journal_location_of(const JournalPlace *place, JournalLocation *ret);

/* Orders an entry against a location: below 0, 0 or above 0. */
int journal_location_compare(const JournalPlace *place, const JournalLocation *location);

/* Releases all files. */
void journal_set_done(JournalSet *set);
DEFINE_AUTO_DONE(JournalSet, journal_set_done);
