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

/* What an object has at least, and how large its places are. */
typedef struct Shape {
        uint8_t least;
        uint8_t item_bits; /* a place has 1 << item_bits bytes; 0 = there are none, but any bytes */
} Shape;

/* clang-format off */
static const Shape shapes[2][JOURNAL_OBJECT_TYPE_COUNT] = {
        [false] = {
                [JOURNAL_OBJECT_UNUSED]           = { sizeof(JournalObject), 0 },
                [JOURNAL_OBJECT_DATA]             = { JOURNAL_DATA_PAYLOAD_REGULAR, 0 },
                [JOURNAL_OBJECT_FIELD]            = { sizeof(JournalField), 0 },
                [JOURNAL_OBJECT_ENTRY]            = { sizeof(JournalEntry), 4 },
                [JOURNAL_OBJECT_DATA_HASH_TABLE]  = { sizeof(JournalObject), 4 },
                [JOURNAL_OBJECT_FIELD_HASH_TABLE] = { sizeof(JournalObject), 4 },
                [JOURNAL_OBJECT_ENTRY_ARRAY]      = { sizeof(JournalArray), 3 },
                [JOURNAL_OBJECT_TAG]              = { sizeof(JournalObject), 0 },
        },
        [true] = { /* compact */
                [JOURNAL_OBJECT_UNUSED]           = { sizeof(JournalObject), 0 },
                [JOURNAL_OBJECT_DATA]             = { JOURNAL_DATA_PAYLOAD_COMPACT, 0 },
                [JOURNAL_OBJECT_FIELD]            = { sizeof(JournalField), 0 },
                [JOURNAL_OBJECT_ENTRY]            = { sizeof(JournalEntry), 2 },
                [JOURNAL_OBJECT_DATA_HASH_TABLE]  = { sizeof(JournalObject), 4 },
                [JOURNAL_OBJECT_FIELD_HASH_TABLE] = { sizeof(JournalObject), 4 },
                [JOURNAL_OBJECT_ENTRY_ARRAY]      = { sizeof(JournalArray), 2 },
                [JOURNAL_OBJECT_TAG]              = { sizeof(JournalObject), 0 },
        },
};
/* clang-format on */
_Static_assert(sizeof(JournalBucket) == 16 && sizeof(JournalEntryItem) == 16, "as the table says");

const JournalObject *
journal_object_find(const JournalBytes *bytes, uint64_t offset, JournalObjectType type) {
        if (offset == 0 || offset % 8 != 0 || offset >= bytes->size ||
            bytes->size - offset < sizeof(JournalObject))
                return NULL;
        const JournalObject *object = (const JournalObject *)(const void *)(bytes->base + offset);
        uint64_t size = le64toh(object->size);
        uint8_t actual = object->type;
        if (actual == JOURNAL_OBJECT_UNUSED || actual >= JOURNAL_OBJECT_TYPE_COUNT ||
            (type != JOURNAL_OBJECT_UNUSED && actual != type))
                return NULL;
        const Shape *shape = &shapes[bytes->compact][actual];
        uint64_t part = (UINT64_C(1) << shape->item_bits) - 1;
        if (size < shape->least || size > bytes->size - offset ||
            ((size - shape->least) & part) != 0 || (part > 0 && size == shape->least))
                return NULL;
        return object;
}

const uint8_t *journal_object_payload(const JournalBytes *bytes,
                                      const JournalObject *object,
                                      uint64_t *ret_length) {
        uint64_t start = shapes[bytes->compact][object->type].least;

        *ret_length = le64toh(object->size) - start;
        return (const uint8_t *)object + start;
}

uint64_t journal_object_n_items(const JournalBytes *bytes, const JournalObject *object) {
        const Shape *shape = &shapes[bytes->compact][object->type];

        return shape->item_bits > 0 ? (le64toh(object->size) - shape->least) >> shape->item_bits
                                    : 0;
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
