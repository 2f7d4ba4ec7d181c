/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a journal file consists of, byte for byte (docs/JOURNAL_FORMAT.md). All numbers are little
 * endian; objects begin at multiples of 8. Structures only: what they mean together is known by
 * journal_object, hash_chain and entry_array. */

#include <stddef.h>
#include <stdint.h>

#include "base/random_id.h"

typedef uint64_t Le64; /* little endian: le64toh(3) */
typedef uint32_t Le32;

#define JOURNAL_SIGNATURE "LPKSHHRH"
#define JOURNAL_HEADER_SIZE 264 /* of the files we make, as systemd 252 does */
#define JOURNAL_HEADER_SIZE_MIN 208
#define JOURNAL_COMPACT_SIZE_MAX UINT32_MAX /* offsets of compact files have 32 bits */

/* incompatible_flags: a program that does not know one of these cannot read the file. */
#define JOURNAL_COMPRESSED_XZ (UINT32_C(1) << 0)
#define JOURNAL_COMPRESSED_LZ4 (UINT32_C(1) << 1)
#define JOURNAL_KEYED_HASH (UINT32_C(1) << 2)
#define JOURNAL_COMPRESSED_ZSTD (UINT32_C(1) << 3)
#define JOURNAL_COMPACT (UINT32_C(1) << 4)

/* compatible_flags: a program that does not know one of these cannot write to the file. */
#define JOURNAL_SEALED (UINT32_C(1) << 0)
#define JOURNAL_TAIL_BOOT_ID (UINT32_C(1) << 1)

typedef enum JournalState {
        JOURNAL_OFFLINE = 0, /* closed in order */
        JOURNAL_ONLINE = 1,  /* being written, or its writer died */
        JOURNAL_ARCHIVED = 2 /* closed for ever */
} JournalState;

typedef struct JournalHeader {
        uint8_t signature[8];
        Le32 compatible_flags;
        Le32 incompatible_flags;
        uint8_t state; /* JournalState */
        uint8_t reserved[7];
        Id128 file_id;
        Id128 machine_id;
        Id128 tail_entry_boot_id;
        Id128 seqnum_id;
        Le64 header_size;
        Le64 arena_size;             /* the file without its header */
        Le64 data_hash_table_offset; /* of the buckets, after the object header */
        Le64 data_hash_table_size;   /* bytes */
        Le64 field_hash_table_offset;
        Le64 field_hash_table_size;
        Le64 tail_object_offset; /* the last object */
        Le64 n_objects;
        Le64 n_entries;
        Le64 tail_entry_seqnum;
        Le64 head_entry_seqnum;
        Le64 entry_array_offset; /* the first array of all entries */
        Le64 head_entry_realtime;
        Le64 tail_entry_realtime;
        Le64 tail_entry_monotonic;
        /* Files of older programs end here (header_size says so). */
        Le64 n_data;
        Le64 n_fields;
        Le64 n_tags;
        Le64 n_entry_arrays;
        Le64 data_hash_chain_depth;
        Le64 field_hash_chain_depth;
        Le32 tail_entry_array_offset; /* the last array of all entries */
        Le32 tail_entry_array_n_entries;
} JournalHeader;

_Static_assert(sizeof(JournalHeader) == JOURNAL_HEADER_SIZE, "the layout is fixed");
_Static_assert(offsetof(JournalHeader, file_id) == 24, "the layout is fixed");
_Static_assert(offsetof(JournalHeader, header_size) == 88, "the layout is fixed");
_Static_assert(offsetof(JournalHeader, tail_object_offset) == 136, "the layout is fixed");
_Static_assert(offsetof(JournalHeader, n_data) == JOURNAL_HEADER_SIZE_MIN, "the layout is fixed");
_Static_assert(offsetof(JournalHeader, tail_entry_array_offset) == 256, "the layout is fixed");

typedef enum JournalObjectType {
        JOURNAL_OBJECT_UNUSED = 0,
        JOURNAL_OBJECT_DATA = 1,
        JOURNAL_OBJECT_FIELD = 2,
        JOURNAL_OBJECT_ENTRY = 3,
        JOURNAL_OBJECT_DATA_HASH_TABLE = 4,
        JOURNAL_OBJECT_FIELD_HASH_TABLE = 5,
        JOURNAL_OBJECT_ENTRY_ARRAY = 6,
        JOURNAL_OBJECT_TAG = 7,
        JOURNAL_OBJECT_TYPE_COUNT
} JournalObjectType;

/* How the payload of a DATA object is compressed. */
#define JOURNAL_OBJECT_XZ 1U
#define JOURNAL_OBJECT_LZ4 2U
#define JOURNAL_OBJECT_ZSTD 4U
#define JOURNAL_OBJECT_COMPRESSED (JOURNAL_OBJECT_XZ | JOURNAL_OBJECT_LZ4 | JOURNAL_OBJECT_ZSTD)

typedef struct JournalObject {
        uint8_t type; /* JournalObjectType */
        uint8_t flags;
        uint8_t reserved[6];
        Le64 size; /* with this header, without padding */
} JournalObject;

_Static_assert(sizeof(JournalObject) == 16, "the layout is fixed");

/* "FIELD=value", once per file, with the entries that have it. */
typedef struct JournalData {
        JournalObject object;
        Le64 hash;
        Le64 next_hash_offset;  /* next DATA in the same bucket */
        Le64 next_field_offset; /* next DATA of the same field */
        Le64 entry_offset;      /* the first entry; further ones are in the arrays */
        Le64 entry_array_offset;
        Le64 n_entries;
        /* Compact files only; elsewhere the payload begins here. */
        Le32 tail_entry_array_offset;
        Le32 tail_entry_array_n_entries;
} JournalData;

#define JOURNAL_DATA_PAYLOAD_REGULAR 64
#define JOURNAL_DATA_PAYLOAD_COMPACT 72
_Static_assert(sizeof(JournalData) == JOURNAL_DATA_PAYLOAD_COMPACT, "the layout is fixed");
_Static_assert(offsetof(JournalData, tail_entry_array_offset) == JOURNAL_DATA_PAYLOAD_REGULAR,
               "the layout is fixed");

/* The name of a field, with all its values. */
typedef struct JournalField {
        JournalObject object;
        Le64 hash;
        Le64 next_hash_offset;
        Le64 head_data_offset; /* the newest DATA; the list goes back in time */
        uint8_t payload[];
} JournalField;

_Static_assert(sizeof(JournalField) == 40, "the layout is fixed");

typedef struct JournalEntryItem {
        Le64 object_offset; /* a DATA object */
        Le64 hash;          /* its hash */
} JournalEntryItem;

typedef struct JournalEntry {
        JournalObject object;
        Le64 seqnum;
        Le64 realtime;
        Le64 monotonic;
        Id128 boot_id;
        Le64 xor_hash; /* of the unkeyed hashes of all payloads */
        union {
                JournalEntryItem regular[0];
                Le32 compact[0]; /* offsets of DATA objects */
        } items;
} JournalEntry;

_Static_assert(sizeof(JournalEntry) == 64, "the layout is fixed");

typedef struct JournalBucket {
        Le64 head_hash_offset;
        Le64 tail_hash_offset;
} JournalBucket;

/* Entries in order; free places at the end are 0. */
typedef struct JournalArray {
        JournalObject object;
        Le64 next_entry_array_offset;
        union {
                Le64 regular[0];
                Le32 compact[0];
        } items;
} JournalArray;

_Static_assert(sizeof(JournalArray) == 24, "the layout is fixed");
