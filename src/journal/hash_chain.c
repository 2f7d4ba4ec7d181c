/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/hash_chain.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "journal/journal_compress.h"

/* What DATA and FIELD begin with. */
typedef struct Hashed {
        JournalObject object;
        Le64 hash;
        Le64 next_hash_offset;
} Hashed;

_Static_assert(offsetof(JournalData, next_hash_offset) == offsetof(Hashed, next_hash_offset) &&
                       offsetof(JournalField, next_hash_offset) ==
                               offsetof(Hashed, next_hash_offset),
               "both begin alike");

/* One of the two tables. */
typedef struct Table {
        JournalBucket *buckets;
        uint64_t n_buckets;
        Le64 *depth;
        uint64_t payload_offset;
        JournalObjectType type;
} Table;

static Table data_table(const JournalFile *file) {
        return (Table){
                .buckets = file->data_buckets,
                .n_buckets = file->n_data_buckets,
                .depth = &file->header->data_hash_chain_depth,
                .payload_offset = journal_data_payload_offset(file),
                .type = JOURNAL_OBJECT_DATA,
        };
}

static Table field_table(const JournalFile *file) {
        return (Table){
                .buckets = file->field_buckets,
                .n_buckets = file->n_field_buckets,
                .depth = &file->header->field_hash_chain_depth,
                .payload_offset = sizeof(JournalField),
                .type = JOURNAL_OBJECT_FIELD,
        };
}

uint64_t hash_chain_hash(const JournalFile *file, Str payload) {
        return siphash24(payload.data, payload.length, file->header->file_id.bytes);
}

static JournalBucket *bucket_of(const Table *table, uint64_t hash) {
        return &table->buckets[hash % table->n_buckets];
}

void hash_chain_prefetch_bucket(const JournalFile *file, uint64_t hash) {
        const Table table = data_table(file);

        __builtin_prefetch(bucket_of(&table, hash), 1);
}

void hash_chain_prefetch_data(const JournalFile *file, uint64_t hash) {
        const Table table = data_table(file);
        const JournalBucket *bucket = bucket_of(&table, hash);
        uint64_t head = le64toh(bucket->head_hash_offset);
        uint64_t tail = le64toh(bucket->tail_hash_offset);

        if (head != 0 && head < file->end)
                __builtin_prefetch(journal_file_at(file, head), 1);
        if (tail != head && tail < file->end)
                __builtin_prefetch(journal_file_at(file, tail), 1);
}

static Hashed *object_at(const JournalFile *file, const Table *table, uint64_t offset) {
        if (offset % 8 != 0 || offset >= file->end || file->end - offset < table->payload_offset)
                return NULL;
        Hashed *hashed = journal_file_at(file, offset);
        uint64_t size = le64toh(hashed->object.size);
        if (hashed->object.type != table->type || size < table->payload_offset ||
            size > file->end - offset)
                return NULL;
        return hashed;
}

/* Whether the payload is this one; -errno when it cannot be read. */
static int has_payload(JournalFile *file, const Table *table, const Hashed *hashed, Str payload) {
        Str there = {
                (const char *)hashed + table->payload_offset,
                le64toh(hashed->object.size) - table->payload_offset,
        };

        if (!(hashed->object.flags & JOURNAL_OBJECT_COMPRESSED))
                return str_equal(there, payload);
        int r = journal_decompress(
                hashed->object.flags, there, (uint64_t)payload.length + 1, &file->scratch);
        if (r == -E2BIG)
                return 0;
        if (r < 0)
                return err_pass(r);
        return str_equal((Str){ strbuf_text(&file->scratch), file->scratch.length }, payload);
}

static int find(JournalFile *file, const Table *table, Str payload, uint64_t hash, uint64_t *ret) {
        uint64_t offset = le64toh(bucket_of(table, hash)->head_hash_offset);
        uint64_t depth = 0;

        while (offset != 0) {
                const Hashed *hashed = object_at(file, table, offset);
                if (!hashed)
                        return err_new(-EBADMSG);
                if (le64toh(hashed->hash) == hash) {
                        int r = has_payload(file, table, hashed, payload);
                        if (r != 0) {
                                *ret = offset;
                                return err_pass(r);
                        }
                }
                uint64_t next = le64toh(hashed->next_hash_offset);
                if (next != 0 && next <= offset)
                        return err_new(-EBADMSG); /* it would go round for ever */
                offset = next;
                if (++depth > le64toh(*table->depth))
                        *table->depth = htole64(depth);
        }
        return 0;
}

static int put(JournalFile *file, const Table *table, uint64_t offset) {
        Hashed *hashed = journal_file_at(file, offset);
        JournalBucket *bucket = bucket_of(table, le64toh(hashed->hash));
        uint64_t tail = le64toh(bucket->tail_hash_offset);

        if (bucket->head_hash_offset == 0) {
                bucket->head_hash_offset = htole64(offset);
        } else {
                Hashed *last = tail < offset ? object_at(file, table, tail) : NULL;
                if (!last)
                        return err_new(-EBADMSG);
                last->next_hash_offset = htole64(offset);
        }
        journal_map_step(file->map);
        bucket->tail_hash_offset = htole64(offset);
        journal_map_step(file->map);
        return 0;
}

int hash_chain_find_data(JournalFile *file, Str payload, uint64_t hash, uint64_t *ret_offset) {
        Table table = data_table(file);
        return err_pass(find(file, &table, payload, hash, ret_offset));
}

int hash_chain_find_field(JournalFile *file, Str name, uint64_t hash, uint64_t *ret_offset) {
        Table table = field_table(file);
        return err_pass(find(file, &table, name, hash, ret_offset));
}

int hash_chain_link_data(JournalFile *file, uint64_t offset) {
        Table table = data_table(file);
        return err_pass(put(file, &table, offset));
}

int hash_chain_link_field(JournalFile *file, uint64_t offset) {
        Table table = field_table(file);
        return err_pass(put(file, &table, offset));
}
