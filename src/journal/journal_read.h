/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One journal file as a sequence of entries that can be walked in both directions, from any place,
 * all of them or those that match. The file may be written meanwhile. Nothing of it is believed:
 * what is damaged is skipped and counted. */

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/random_id.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "journal/journal_chain.h"
#include "journal/journal_map.h"
#include "journal/journal_match.h"
#include "journal/journal_object.h"

typedef struct JournalReader {
        char *path;      /* owned */
        JournalMap *map; /* owned */
        JournalBytes bytes;
        JournalChain all;
        const JournalMatch *match; /* not owned; NULL = every entry */
        JournalChain *values;      /* owned: entries of each value of the match */
        unsigned n_values;
        uint64_t serial;    /* changes whenever memory of the file may have moved */
        uint64_t n_damaged; /* objects that could not be read */
} JournalReader;

/* Opens a file. -errno of opening it; -EBADMSG, -EPROTONOSUPPORT or -ENODATA when it is no journal
 * file that can be read. */
int journal_reader_open(const char *path, JournalReader **ret);

/* Reads bytes that lie in memory, which it takes over. */
int journal_reader_new(JournalMap *map, const char *path, JournalReader **ret);

/* From now on only entries that match; NULL = all. The matches must outlive it. -ENOMEM. */
int journal_reader_set_matches(JournalReader *reader, const JournalMatches *matches);

/* Sees what was written since. 1 when there are new entries. */
int journal_reader_refresh(JournalReader *reader);

/* The first matching entry at `offset` or behind it, by its offset; 0 = none. */
uint64_t journal_reader_next(JournalReader *reader, uint64_t offset);

/* The last matching entry at `offset` or before it; UINT64_MAX begins at the end. 0 = none. */
uint64_t journal_reader_previous(JournalReader *reader, uint64_t offset);

/* The entry there; NULL when it cannot be read, which is counted. */
const JournalEntry *journal_reader_entry(JournalReader *reader, uint64_t offset);

/* Where the first entry of this time or later (microseconds since 1970) is; UINT64_MAX = none. */
uint64_t journal_reader_find_realtime(JournalReader *reader, uint64_t usec);

/* Where the first entry with this sequence number or a larger one is; UINT64_MAX = none. */
uint64_t journal_reader_find_seqnum(JournalReader *reader, uint64_t seqnum);

/* The entries of a value ("FIELD=value") for walking by number; none when it does not occur. */
int journal_reader_find_value(JournalReader *reader, Str payload, JournalChain *ret);

/* "FIELD=value" of a DATA object by its offset; a compressed one is unpacked to `unpacked`.
 * False when it cannot be read, which is counted. */
bool journal_reader_value(JournalReader *reader, uint64_t offset, StrBuf *unpacked, Str *ret);

/* Whether the file became shorter while it was open (see journal_guard). */
bool journal_reader_is_cut(const JournalReader *reader);

/* Whether something of it could not be read so far: it is damaged, cut, or shorter than it says. */
bool journal_reader_is_damaged(const JournalReader *reader);

/* The header. */
static inline const JournalHeader *journal_reader_header(const JournalReader *reader) {
        return (const JournalHeader *)(const void *)reader->bytes.base;
}

/* Ends it; returns NULL. */
JournalReader *journal_reader_free(JournalReader *reader);
DEFINE_AUTO(JournalReader *, journal_reader_free);
