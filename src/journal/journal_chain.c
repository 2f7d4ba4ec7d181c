/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_chain.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/macros.h"

#define AHEAD 6 /* entries: what is fetched now is there when it is looked at */
#define AHEAD_BEFORE 256
#define AHEAD_BEHIND 128
#define CACHE_LINE 64

static int add_chunk(JournalChain *chain, uint64_t offset) {
        if (chain->n_chunks == chain->capacity) {
                size_t capacity = MAX(chain->capacity * 2, (size_t)8);
                JournalChunk *grown = reallocarray(chain->chunks, capacity, sizeof(*grown));
                if (!grown)
                        return err_new(-ENOMEM);
                chain->chunks = grown;
                chain->capacity = capacity;
        }
        chain->chunks[chain->n_chunks++] = (JournalChunk){ offset, chain->n_places };
        return 0;
}

int journal_chain_grow(JournalChain *chain, uint64_t n) {
        chain->n_told = n;
        while (chain->n_places < n) {
                const JournalObject *object =
                        journal_object_find(chain->bytes, chain->next, JOURNAL_OBJECT_ENTRY_ARRAY);
                if (!object)
                        break;
                int r = add_chunk(chain, chain->next);
                if (r < 0)
                        return err_pass(r);
                chain->n_places += journal_object_n_items(chain->bytes, object);
                const JournalArray *array = (const JournalArray *)(const void *)object;
                uint64_t next = le64toh(array->next_entry_array_offset);
                chain->next = next > chain->next ? next : 0; /* it cannot go round */
        }
        chain->n = MIN(n, chain->n_places);
        chain->is_damaged = chain->n < n;
        return 0;
}

int journal_chain_init(JournalChain *chain,
                       const JournalBytes *bytes,
                       uint64_t single,
                       uint64_t array,
                       uint64_t n) {
        *chain = (JournalChain){
                .bytes = bytes,
                .single = single,
                .next = array,
                .n_places = single != 0,
        };
        return err_pass(journal_chain_grow(chain, n));
}

int journal_chain_init_all(JournalChain *chain, const JournalBytes *bytes) {
        const JournalHeader *header = (const JournalHeader *)(const void *)bytes->base;

        return err_pass(journal_chain_init(
                chain, bytes, 0, le64toh(header->entry_array_offset), le64toh(header->n_entries)));
}

/* The chunk that has entry number `i`; there is one. */
static size_t find_chunk(const JournalChain *chain, uint64_t i) {
        size_t low = 0, high = chain->n_chunks;

        while (high - low > 1) {
                size_t middle = low + (high - low) / 2;
                if (chain->chunks[middle].first <= i)
                        low = middle;
                else
                        high = middle;
        }
        return low;
}

static uint64_t chunk_end(const JournalChain *chain, size_t chunk) {
        return chunk + 1 < chain->n_chunks ? chain->chunks[chunk + 1].first : chain->n_places;
}

uint64_t journal_chain_get(JournalChain *chain, uint64_t i) {
        if (i >= chain->n)
                return 0;
        if (chain->single != 0 && i == 0)
                return chain->single;
        if (chain->hot >= chain->n_chunks || i < chain->chunks[chain->hot].first ||
            i >= chunk_end(chain, chain->hot))
                chain->hot = find_chunk(chain, i);
        /* That the array is whole was checked when it became a chunk, and files do not shrink. */
        const JournalChunk *chunk = &chain->chunks[chain->hot];
        const JournalArray *array =
                (const JournalArray *)(const void *)(chain->bytes->base + chunk->offset);
        uint64_t place = i - chunk->first;
        return chain->bytes->compact ? le32toh(array->items.compact[place])
                                     : le64toh(array->items.regular[place]);
}

/* Whether `i` is the number of the first entry at `offset` or behind it. */
static bool is_first(JournalChain *chain, uint64_t i, uint64_t offset) {
        return i <= chain->n && (i == 0 || journal_chain_get(chain, i - 1) < offset) &&
               (i == chain->n || journal_chain_get(chain, i) >= offset);
}

uint64_t journal_chain_find(JournalChain *chain, uint64_t offset) {
        uint64_t low = 0, high = chain->n, met = chain->met;

        if (met != 0 && offset == met)
                return chain->last;
        chain->met = 0;
        if (met != 0 && offset == met + 1)
                return ++chain->last;
        for (uint64_t i = chain->last > 0 ? chain->last - 1 : 0; i <= chain->last + 1; i++)
                if (is_first(chain, i, offset))
                        return chain->last = i; /* who walks asks for neighbours */
        while (low < high) {
                uint64_t middle = low + (high - low) / 2;
                uint64_t there = journal_chain_get(chain, middle);
                if (there != 0 && there < offset)
                        low = middle + 1;
                else
                        high = middle;
        }
        return chain->last = low;
}

/* An entry that is come to soon, and the values before it that came with it. */
static void prefetch(JournalChain *chain, uint64_t i) {
        uint64_t offset = journal_chain_get(chain, i), size = chain->bytes->size;

        if (offset < AHEAD_BEFORE || offset >= size || size - offset < AHEAD_BEHIND)
                return;
        for (uint64_t at = offset - AHEAD_BEFORE; at < offset + AHEAD_BEHIND; at += CACHE_LINE)
                __builtin_prefetch(chain->bytes->base + at);
}

uint64_t journal_chain_next(JournalChain *chain, uint64_t offset) {
        uint64_t i = journal_chain_find(chain, offset), found = 0;

        while (i < chain->n && (found = journal_chain_get(chain, i)) < offset)
                i++; /* places without entry */
        if (i >= chain->n)
                return 0;
        chain->last = i;
        chain->met = found;
        prefetch(chain, i + AHEAD);
        return found;
}

uint64_t journal_chain_previous(JournalChain *chain, uint64_t offset) {
        uint64_t i = offset == UINT64_MAX ? chain->n : journal_chain_find(chain, offset + 1);

        while (i > 0) {
                uint64_t found = journal_chain_get(chain, --i);
                if (found == 0 || found > offset)
                        continue;
                chain->last = i;
                chain->met = found;
                if (i >= AHEAD)
                        prefetch(chain, i - AHEAD);
                return found;
        }
        return 0;
}

void journal_chain_done(JournalChain *chain) {
        free(chain->chunks);
        *chain = (JournalChain){ 0 };
}
