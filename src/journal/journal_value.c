/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_value.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/macros.h"

void journal_offsets_done(JournalOffsets *offsets) {
        free(offsets->offsets);
        *offsets = (JournalOffsets){ 0 };
}

static int add(JournalOffsets *offsets, uint64_t offset) {
        if (offsets->n == offsets->capacity) {
                size_t capacity = MAX(offsets->capacity * 2, (size_t)64);
                uint64_t *grown = reallocarray(offsets->offsets, capacity, sizeof(*grown));
                if (!grown)
                        return err_new(-ENOMEM);
                offsets->offsets = grown;
                offsets->capacity = capacity;
        }
        offsets->offsets[offsets->n++] = offset;
        return 0;
}

static uint64_t hash_of(const JournalBytes *bytes, Str payload) {
        const JournalHeader *header = (const JournalHeader *)(const void *)bytes->base;

        return bytes->keyed ? siphash24(payload.data, payload.length, header->file_id.bytes)
                            : jenkins_hash64(payload.data, payload.length);
}

static bool has_payload(const JournalBytes *bytes, const JournalObject *object, Str payload) {
        uint64_t length;
        const uint8_t *data = journal_object_payload(bytes, object, &length);

        return !(object->flags & JOURNAL_OBJECT_COMPRESSED) &&
               str_equal((Str){ (const char *)data, length }, payload);
}

const JournalData *journal_value_find(const JournalBytes *bytes, Str payload) {
        const JournalHeader *header = (const JournalHeader *)(const void *)bytes->base;
        uint64_t table = le64toh(header->data_hash_table_offset), hash = hash_of(bytes, payload);

        if (table < sizeof(JournalObject))
                return NULL;
        const JournalObject *object = journal_object_find(
                bytes, table - sizeof(JournalObject), JOURNAL_OBJECT_DATA_HASH_TABLE);
        if (!object)
                return NULL;
        const JournalBucket *buckets = (const JournalBucket *)(const void *)(object + 1);
        uint64_t bucket = hash % journal_object_n_items(bytes, object), before = 0;
        uint64_t offset = le64toh(buckets[bucket].head_hash_offset);
        while (offset > before &&
               (object = journal_object_find(bytes, offset, JOURNAL_OBJECT_DATA))) {
                const JournalData *data = (const JournalData *)(const void *)object;
                if (le64toh(data->hash) == hash && has_payload(bytes, object, payload))
                        return data;
                before = offset;
                offset = le64toh(data->next_hash_offset);
        }
        return NULL;
}

/* The entries behind the first one. */
static int
add_arrays(const JournalBytes *bytes, uint64_t at, uint64_t n_left, JournalOffsets *offsets) {
        while (n_left > 0) {
                const JournalObject *object =
                        journal_object_find(bytes, at, JOURNAL_OBJECT_ENTRY_ARRAY);
                if (!object)
                        return err_new(-EBADMSG);
                uint64_t n = MIN(journal_object_n_items(bytes, object), n_left);
                for (uint64_t i = 0; i < n; i++) {
                        int r = add(offsets, journal_object_item(bytes, object, i));
                        if (r < 0)
                                return err_pass(r);
                }
                n_left -= n;
                uint64_t next = le64toh(
                        ((const JournalArray *)(const void *)object)->next_entry_array_offset);
                if (n_left > 0 && next <= at)
                        return err_new(-EBADMSG);
                at = next;
        }
        return 0;
}

int journal_value_entries(const JournalBytes *bytes, Str payload, JournalOffsets *offsets) {
        const JournalData *data = journal_value_find(bytes, payload);
        uint64_t n = data ? le64toh(data->n_entries) : 0;

        if (n == 0)
                return 0;
        int r = add(offsets, le64toh(data->entry_offset));
        return r < 0 ? err_pass(r)
                     : err_pass(add_arrays(
                               bytes, le64toh(data->entry_array_offset), n - 1, offsets));
}

static int compare(const void *a, const void *b) {
        uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
        return x < y ? -1 : x > y;
}

void journal_offsets_sort(JournalOffsets *offsets) {
        size_t n = 0;

        if (offsets->n == 0)
                return;
        qsort(offsets->offsets, offsets->n, sizeof(*offsets->offsets), compare);
        for (size_t i = 0; i < offsets->n; i++)
                if (n == 0 || offsets->offsets[n - 1] != offsets->offsets[i])
                        offsets->offsets[n++] = offsets->offsets[i];
        offsets->n = n;
}
