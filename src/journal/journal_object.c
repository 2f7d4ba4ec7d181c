/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_object.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"

#define KNOWN_INCOMPATIBLE                                                                         \
        (JOURNAL_COMPRESSED_XZ | JOURNAL_COMPRESSED_LZ4 | JOURNAL_COMPRESSED_ZSTD |                \
         JOURNAL_KEYED_HASH | JOURNAL_COMPACT)

/* The header at the front of the bytes, or NULL. */
static const JournalHeader *find_header(const uint8_t *base, uint64_t size) {
        const JournalHeader *header = (const JournalHeader *)(const void *)base;

        return size >= JOURNAL_HEADER_SIZE_MIN && memcmp(header->signature,
                                                         JOURNAL_SIGNATURE,
                                                         sizeof(header->signature)) == 0
                       ? header
                       : NULL;
}

uint32_t journal_bytes_unknown_flags(const uint8_t *base, uint64_t size) {
        const JournalHeader *header = find_header(base, size);

        return header ? le32toh(header->incompatible_flags) & ~KNOWN_INCOMPATIBLE : 0;
}

int journal_bytes_init(JournalBytes *bytes, const uint8_t *base, uint64_t size) {
        const JournalHeader *header = find_header(base, size);

        if (!header)
                return err_new(-EBADMSG);
        uint32_t flags = le32toh(header->incompatible_flags);
        uint64_t header_size = le64toh(header->header_size);
        if (journal_bytes_unknown_flags(base, size) != 0)
                return err_new(-EPROTONOSUPPORT);
        if (header_size < JOURNAL_HEADER_SIZE_MIN || header_size > size || header_size % 8 != 0)
                return err_new(-EBADMSG);
        *bytes = (JournalBytes){
                .base = base,
                .size = size,
                .compact = (flags & JOURNAL_COMPACT) != 0,
                .keyed = (flags & JOURNAL_KEYED_HASH) != 0,
        };
        return 0;
}

/* What an object of a type has at least, and the size of one of its places (0 = any bytes). */
static uint64_t base_size(const JournalBytes *bytes, uint8_t type, uint64_t *ret_item) {
        uint64_t offset_size = bytes->compact ? sizeof(Le32) : sizeof(Le64);

        *ret_item = 0;
        switch (type) {
        case JOURNAL_OBJECT_DATA:
                return bytes->compact ? JOURNAL_DATA_PAYLOAD_COMPACT : JOURNAL_DATA_PAYLOAD_REGULAR;
        case JOURNAL_OBJECT_FIELD:
                return sizeof(JournalField);
        case JOURNAL_OBJECT_ENTRY:
                *ret_item = bytes->compact ? sizeof(Le32) : sizeof(JournalEntryItem);
                return sizeof(JournalEntry);
        case JOURNAL_OBJECT_DATA_HASH_TABLE:
        case JOURNAL_OBJECT_FIELD_HASH_TABLE:
                *ret_item = sizeof(JournalBucket);
                return sizeof(JournalObject);
        case JOURNAL_OBJECT_ENTRY_ARRAY:
                *ret_item = offset_size;
                return sizeof(JournalArray);
        default:
                return sizeof(JournalObject);
        }
}

const JournalObject *
journal_object_find(const JournalBytes *bytes, uint64_t offset, JournalObjectType type) {
        if (offset == 0 || offset % 8 != 0 || offset >= bytes->size ||
            bytes->size - offset < sizeof(JournalObject))
                return NULL;
        const JournalObject *object = (const JournalObject *)(const void *)(bytes->base + offset);
        uint64_t size = le64toh(object->size), item;
        uint8_t actual = object->type;
        if (actual == JOURNAL_OBJECT_UNUSED || actual >= JOURNAL_OBJECT_TYPE_COUNT ||
            (type != JOURNAL_OBJECT_UNUSED && actual != type))
                return NULL;
        uint64_t least = base_size(bytes, actual, &item);
        if (size < least || size > bytes->size - offset ||
            (item > 0 && ((size - least) % item != 0 || size == least)))
                return NULL;
        return object;
}

const uint8_t *journal_object_payload(const JournalBytes *bytes,
                                      const JournalObject *object,
                                      uint64_t *ret_length) {
        uint64_t item, start = base_size(bytes, object->type, &item);

        *ret_length = le64toh(object->size) - start;
        return (const uint8_t *)object + start;
}

uint64_t journal_object_n_items(const JournalBytes *bytes, const JournalObject *object) {
        uint64_t item, start = base_size(bytes, object->type, &item);

        return item > 0 ? (le64toh(object->size) - start) / item : 0;
}

uint64_t journal_object_item(const JournalBytes *bytes, const JournalObject *object, uint64_t i) {
        if (object->type == JOURNAL_OBJECT_ENTRY) {
                const JournalEntry *entry = (const JournalEntry *)(const void *)object;
                return bytes->compact ? le32toh(entry->items.compact[i])
                                      : le64toh(entry->items.regular[i].object_offset);
        }
        const JournalArray *array = (const JournalArray *)(const void *)object;
        return bytes->compact ? le32toh(array->items.compact[i]) : le64toh(array->items.regular[i]);
}
