/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One journal file that is open for writing: made, taken up again, closed. What goes into it is
 * the matter of journal_append. The file belongs to one writer; readers may read at any time. */

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "base/strbuf.h"
#include "journal/journal_format.h"
#include "journal/journal_map.h"

/* How a new file is made. */
typedef struct JournalFileOptions {
        Id128 machine_id;
        Id128 seqnum_id;      /* null: the file's own id, a new series of numbers */
        uint64_t max_size;    /* bytes; decides how large the hash tables are */
        uint64_t tail_seqnum; /* the number before the first entry's */
        bool compact;         /* 32-bit offsets: smaller and faster, not for systemd before 252 */
        uint64_t compress_threshold; /* payloads of this many bytes are compressed; 0 = none */
} JournalFileOptions;

#define JOURNAL_COMPRESS_THRESHOLD 512 /* as systemd has it */
#define JOURNAL_FILE_SIZE_MIN (UINT64_C(512) * 1024)

/* How many objects there are; goes into the header with each entry. */
typedef struct JournalCounters {
        uint64_t tail_object;
        uint64_t n_objects, n_data, n_fields, n_entry_arrays;
} JournalCounters;

/* A value that stands in the file; good as long as the same file is open. */
typedef struct JournalItem {
        uint64_t offset;   /* of its DATA object */
        uint64_t hash;     /* in this file */
        uint64_t xor_part; /* unkeyed hash */
} JournalItem;

#define JOURNAL_RECENT_BITS 7
#define JOURNAL_RECENT_FIELDS 16
#define JOURNAL_REPEAT_MAX 48
#define JOURNAL_REPEAT_LISTS_MAX 8

/* The entry that was written last, for the next one that has the same values (entry_repeat.h). */
typedef struct JournalRepeat {
        uint64_t entry;                      /* offset of the ENTRY object; 0 = it is not known */
        uint64_t xor_part;                   /* of the values that were there before it */
        size_t n, n_old;                     /* all its values; those that were there before it */
        uint64_t values[JOURNAL_REPEAT_MAX]; /* in the order given; 0 for one that was new */
        struct {
                uint64_t array, n_used;    /* the last array, how many of its places are used */
        } lists[JOURNAL_REPEAT_LISTS_MAX]; /* of the values that were there before */
        unsigned n_lists;
} JournalRepeat;

typedef struct JournalFile {
        JournalMap *map;       /* owned */
        JournalHeader *header; /* at the start of the map */
        JournalBucket *data_buckets, *field_buckets;
        uint64_t n_data_buckets, n_field_buckets;
        uint64_t end; /* where the next object goes */
        uint64_t max_size;
        uint64_t compress_threshold;
        uint64_t dropped_at; /* `end` when memory was given back the last time */
        JournalCounters counters;
        JournalItem
                recent[1 << JOURNAL_RECENT_BITS]; /* values that were found, not looked up again */
        uint64_t recent_fields[JOURNAL_RECENT_FIELDS]; /* the same for their names */
        JournalRepeat repeat;
        bool compact;
        StrBuf scratch; /* of compression */
} JournalFile;

/* What was found on taking up a file. */
typedef enum JournalOpenOutcome {
        JOURNAL_OPEN_CLEAN,    /* it was closed in order */
        JOURNAL_OPEN_REPAIRED, /* its writer had died; everything that was whole is kept */
} JournalOpenOutcome;

/* Makes an empty file on `map`, which must be writable and of size 0; takes the map over. */
int journal_file_create(JournalMap *map, const JournalFileOptions *options, JournalFile **ret);

/* Takes up a file again (and the map over). A JournalOpenOutcome, or -EBADMSG when it is no journal
 * file or cannot be repaired, -EPROTONOSUPPORT when it has features we do not write, -ESHUTDOWN
 * when it is archived. Only max_size and compress_threshold of the options are used. */
int journal_file_open(JournalMap *map, const JournalFileOptions *options, JournalFile **ret);

/* Says that writing goes on; before the first entry. */
int journal_file_set_online(JournalFile *file);

/* Everything so far survives a power cut, when this returns 0. The state stays: whoever opens the
 * file checks it first. */
int journal_file_sync(JournalFile *file);

/* Syncs and says that the file is whole as it is (JOURNAL_OFFLINE or JOURNAL_ARCHIVED); cuts the
 * room that was reserved. Others may go on with an OFFLINE file, so values get lists of their own
 * (entry_array.h); where that is much, the file is archived instead. The state that it has now. */
int journal_file_set_state(JournalFile *file, JournalState state);

/* Gives back the room behind the last object. */
int journal_file_cut(JournalFile *file);

/* Whether the file should be replaced by a new one: full tables, or no room for `need` bytes. */
bool journal_file_is_full(const JournalFile *file, uint64_t need);

/* Gives memory back when much was written since the last time; costs nothing otherwise. For when
 * nothing is to be written soon. */
void journal_file_trim_memory(JournalFile *file);

/* Makes sure that `bytes` more can be allocated. -EFBIG, -ENOSPC, -EDQUOT. */
int journal_file_reserve(JournalFile *file, uint64_t bytes);

/* Takes room for an object at the end: its size is set, the rest is 0. */
int journal_file_allocate(JournalFile *file, uint64_t size, uint64_t *ret_offset);

/* The object is complete: gives it its type and counts it. */
void journal_file_seal(JournalFile *file, uint64_t offset, JournalObjectType type);

/* Writes the counters into the header. */
void journal_file_publish(JournalFile *file);

/* Releases without syncing; returns NULL. */
JournalFile *journal_file_free(JournalFile *file);
DEFINE_AUTO(JournalFile *, journal_file_free);

/* The length of what stands before the payload of a DATA object. */
static inline uint64_t journal_data_payload_offset(const JournalFile *file) {
        return file->compact ? JOURNAL_DATA_PAYLOAD_COMPACT : JOURNAL_DATA_PAYLOAD_REGULAR;
}

/* The object at a trusted offset: one that we wrote or checked ourselves. */
static inline void *journal_file_at(const JournalFile *file, uint64_t offset) {
        return file->map->base + offset;
}

/* Tells files apart: of their random ids, never 0. */
static inline uint64_t journal_file_number(const JournalFile *file) {
        uint64_t number;

        memcpy(&number, &file->header->file_id, sizeof(number));
        return number | 1;
}

/* The size of one value's place in an ENTRY object. */
static inline uint64_t journal_item_size(const JournalFile *file) {
        return file->compact ? sizeof(Le32) : sizeof(JournalEntryItem);
}

/* Fills place `i` of an ENTRY object. */
static inline void journal_file_set_item(const JournalFile *file,
                                         JournalEntry *entry,
                                         size_t i,
                                         const JournalItem *item) {
        if (file->compact)
                entry->items.compact[i] = htole32((uint32_t)item->offset);
        else
                entry->items.regular[i] =
                        (JournalEntryItem){ htole64(item->offset), htole64(item->hash) };
}

static inline uint64_t journal_align(uint64_t size) {
        return (size + 7) & ~UINT64_C(7);
}
