/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A list of entries of a file, of all or of those with one value, by number: the chain of entry
 * arrays is walked once, then any place is found in a few steps. Nothing of the file is believed:
 * a damaged chain ends early. */

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "journal/journal_object.h"

/* One entry array of the chain. */
typedef struct JournalChunk {
        uint64_t offset; /* of the object */
        uint64_t first;  /* number of its first entry */
} JournalChunk;

typedef struct JournalChain {
        const JournalBytes *bytes; /* not owned; base may move between calls */
        JournalChunk *chunks;      /* owned */
        size_t n_chunks, capacity;
        uint64_t single;   /* the entry before all arrays; 0 = none */
        uint64_t next;     /* the array behind the last chunk */
        uint64_t n_places; /* of the chunks and `single` together */
        uint64_t n;        /* entries that can be read */
        uint64_t n_told;   /* entries that the file says there are */
        uint64_t last;     /* the number that was found last */
        uint64_t met;      /* the offset there, if it was looked at; 0 = it was not */
        size_t hot;        /* chunk of the last answer */
        bool is_damaged;   /* it ended too early */
} JournalChain;

/* The list that begins with entry `single` (0 = none) and goes on in the array at `array`,
 * with `n` entries in all. -ENOMEM. */
int journal_chain_init(JournalChain *chain,
                       const JournalBytes *bytes,
                       uint64_t single,
                       uint64_t array,
                       uint64_t n);

/* The list of all entries of the file. */
int journal_chain_init_all(JournalChain *chain, const JournalBytes *bytes);

/* The file says that there are `n` entries now. */
int journal_chain_grow(JournalChain *chain, uint64_t n);

/* The offset of entry number `i` (below n); 0 where nothing is. */
uint64_t journal_chain_get(JournalChain *chain, uint64_t i);

/* The number of the first entry at this offset or behind it; n when there is none. */
uint64_t journal_chain_find(JournalChain *chain, uint64_t offset);

/* Likewise, and who walks through the list is given what lies there, too, with the places of
 * entries behind it on their way into the cache of the processor: the offset of the first entry at
 * `offset` or behind it, 0 when there is none. */
uint64_t journal_chain_next(JournalChain *chain, uint64_t offset);

/* The offset of the last entry at `offset` or before it, 0 when there is none. */
uint64_t journal_chain_previous(JournalChain *chain, uint64_t offset);

/* Releases it. */
void journal_chain_done(JournalChain *chain);
DEFINE_AUTO_DONE(JournalChain, journal_chain_done);
