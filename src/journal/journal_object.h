/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Checks of one object in bytes that nobody vouches for: type, size and bounds. Nothing is read
 * outside the given bytes, whatever they say. */

#include <stdbool.h>
#include <stdint.h>

#include "journal/journal_format.h"

/* The bytes of a file and how to read them. */
typedef struct JournalBytes {
        const uint8_t *base;
        uint64_t size;
        bool compact;
        bool keyed;
} JournalBytes;

/* The bytes of a whole file; -EBADMSG when the header is none or contradicts itself,
 * -EPROTONOSUPPORT when it has unknown incompatible flags. */
int journal_bytes_init(JournalBytes *bytes, const uint8_t *base, uint64_t size);

/* The incompatible flags of a header that are not known; 0 when it is none. */
uint32_t journal_bytes_unknown_flags(const uint8_t *base, uint64_t size);

/* The object of this type (JOURNAL_OBJECT_UNUSED = any) at an offset; NULL when there is none that
 * is whole. */
const JournalObject *
journal_object_find(const JournalBytes *bytes, uint64_t offset, JournalObjectType type);

/* Where the payload of a DATA or FIELD object begins and how long it is; the object was found. */
const uint8_t *journal_object_payload(const JournalBytes *bytes,
                                      const JournalObject *object,
                                      uint64_t *ret_length);

/* The number of places of an ENTRY, ENTRY_ARRAY or hash table object. */
uint64_t journal_object_n_items(const JournalBytes *bytes, const JournalObject *object);

/* The offset in place `i` of an ENTRY or ENTRY_ARRAY object; `i` is below the number of places. */
uint64_t journal_object_item(const JournalBytes *bytes, const JournalObject *object, uint64_t i);
