/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_file.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "journal/entry_array.h"
#include "journal/hash_chain.h"
#include "journal/journal_object.h"
#include "journal/journal_repair.h"

/* As systemd: one bucket for 768 bytes, filled to 3/4. */
#define BYTES_PER_DATA UINT64_C(768)
#define DATA_BUCKETS_MIN UINT64_C(2047)
#define FIELD_BUCKETS UINT64_C(333)

#define PAGE UINT64_C(4096)
#define GROWTH_SMALL (UINT64_C(512) * 1024)
#define GROWTH_LARGE (UINT64_C(8) * 1024 * 1024)
#define SEPARATE_MOST (UINT64_C(1) * 1024 * 1024)
#define SEPARATE_FILE_MAX (UINT64_C(32) * 1024 * 1024) /* looking through it takes time */
#define MEMORY_STEP (UINT64_C(4) * 1024 * 1024)

JournalFile *journal_file_free(JournalFile *file) {
        if (!file)
                return NULL;
        journal_map_close(file->map);
        strbuf_done(&file->scratch);
        free(file);
        return NULL;
}

static int new_file(JournalMap *map, const JournalFileOptions *options, JournalFile **ret) {
        JournalFile *file = calloc(1, sizeof(*file));

        if (!file) {
                journal_map_close(map);
                return err_new(-ENOMEM);
        }
        file->map = map;
        file->max_size = MAX(options->max_size, JOURNAL_FILE_SIZE_MIN);
        file->compress_threshold = options->compress_threshold;
        *ret = file;
        return 0;
}

/* --- room
 * ------------------------------------------------------------------------------------------ */

int journal_file_reserve(JournalFile *file, uint64_t bytes) {
        uint64_t most =
                file->compact ? MIN(file->map->limit, JOURNAL_COMPACT_SIZE_MAX) : file->map->limit;

        if (bytes > most || file->end > most - bytes)
                return err_new(-EFBIG);
        if (file->end + bytes <= file->map->size)
                return 0;
        uint64_t growth = MIN(MAX(file->end / 32 / PAGE * PAGE, GROWTH_SMALL), GROWTH_LARGE);
        uint64_t size = (file->end + bytes + growth - 1) / growth * growth;
        int r = journal_map_resize(file->map, MIN(size, most));
        if (r == -ENOSPC || r == -EDQUOT) /* what there is may be enough */
                r = journal_map_resize(file->map, journal_align(file->end + bytes));
        if (r < 0)
                return err_pass(r);
        file->header->arena_size = htole64(file->map->size - le64toh(file->header->header_size));
        return 0;
}

int journal_file_allocate(JournalFile *file, uint64_t size, uint64_t *ret_offset) {
        int r = journal_file_reserve(file, journal_align(size));

        if (r < 0)
                return err_pass(r);
        JournalObject *object = journal_file_at(file, file->end);
        object->size = htole64(size);
        *ret_offset = file->end;
        file->end += journal_align(size);
        return 0;
}

void journal_file_seal(JournalFile *file, uint64_t offset, JournalObjectType type) {
        JournalObject *object = journal_file_at(file, offset);

        journal_map_step(file->map);
        object->type = (uint8_t)type;
        journal_map_step(file->map);
        file->counters.tail_object = offset;
        file->counters.n_objects++;
        file->counters.n_data += type == JOURNAL_OBJECT_DATA;
        file->counters.n_fields += type == JOURNAL_OBJECT_FIELD;
        file->counters.n_entry_arrays += type == JOURNAL_OBJECT_ENTRY_ARRAY;
}

void journal_file_publish(JournalFile *file) {
        const JournalCounters *counters = &file->counters;
        JournalHeader *header = file->header;

        header->n_objects = htole64(counters->n_objects);
        header->n_data = htole64(counters->n_data);
        header->n_fields = htole64(counters->n_fields);
        header->n_entry_arrays = htole64(counters->n_entry_arrays);
        journal_map_step(file->map);
        header->tail_object_offset = htole64(counters->tail_object);
        journal_map_step(file->map);
}

bool journal_file_is_full(const JournalFile *file, uint64_t need) {
        const JournalHeader *header = file->header;

        return file->end + need > file->max_size ||
               file->counters.n_data * 4 > file->n_data_buckets * 3 ||
               file->counters.n_fields * 4 > file->n_field_buckets * 3 ||
               le64toh(header->data_hash_chain_depth) > HASH_CHAIN_DEPTH_MAX ||
               le64toh(header->field_hash_chain_depth) > HASH_CHAIN_DEPTH_MAX;
}

void journal_file_trim_memory(JournalFile *file) {
        if (file->end - file->dropped_at < MEMORY_STEP)
                return;
        file->dropped_at = file->end;
        journal_map_drop(file->map, 0);
}

/* --- making
 * ---------------------------------------------------------------------------------------- */

static int add_table(JournalFile *file, JournalObjectType type, uint64_t n_buckets) {
        JournalHeader *header = file->header;
        uint64_t size = n_buckets * sizeof(JournalBucket), offset;
        bool is_data = type == JOURNAL_OBJECT_DATA_HASH_TABLE;
        int r = journal_file_allocate(file, sizeof(JournalObject) + size, &offset);

        if (r < 0)
                return err_pass(r);
        journal_file_seal(file, offset, type);
        JournalBucket *buckets = journal_file_at(file, offset + sizeof(JournalObject));
        *(is_data ? &file->data_buckets : &file->field_buckets) = buckets;
        *(is_data ? &file->n_data_buckets : &file->n_field_buckets) = n_buckets;
        *(is_data ? &header->data_hash_table_offset : &header->field_hash_table_offset) =
                htole64(offset + sizeof(JournalObject));
        *(is_data ? &header->data_hash_table_size : &header->field_hash_table_size) = htole64(size);
        return 0;
}

static int fill_header(JournalFile *file, const JournalFileOptions *options) {
        JournalHeader *header = file->header;

        int r = id128_random(&header->file_id);
        if (r < 0)
                return err_pass(r);
        header->incompatible_flags =
                htole32(JOURNAL_KEYED_HASH | (options->compact ? JOURNAL_COMPACT : 0));
        header->machine_id = options->machine_id;
        header->seqnum_id =
                id128_is_null(options->seqnum_id) ? header->file_id : options->seqnum_id;
        header->tail_entry_seqnum = htole64(options->tail_seqnum);
        header->header_size = htole64(JOURNAL_HEADER_SIZE);
        return 0;
}

int journal_file_create(JournalMap *map, const JournalFileOptions *options, JournalFile **ret) {
        AUTO(journal_file_free) JournalFile *file = NULL;
        int r = new_file(map, options, &file);

        if (r >= 0)
                r = journal_map_resize(map, JOURNAL_HEADER_SIZE);
        if (r < 0)
                return err_pass(r);
        file->header = (JournalHeader *)(void *)map->base;
        file->compact = options->compact;
        file->end = JOURNAL_HEADER_SIZE;
        r = fill_header(file, options);
        if (r >= 0)
                r = add_table(file, JOURNAL_OBJECT_FIELD_HASH_TABLE, FIELD_BUCKETS);
        if (r >= 0)
                r = add_table(file,
                              JOURNAL_OBJECT_DATA_HASH_TABLE,
                              MAX(file->max_size * 4 / BYTES_PER_DATA / 3, DATA_BUCKETS_MIN));
        if (r < 0)
                return err_pass(r);
        file->dropped_at = file->end;
        journal_file_publish(file);
        memcpy(file->header->signature, JOURNAL_SIGNATURE, sizeof(file->header->signature));
        journal_map_step(map);
        *ret = STEAL(file);
        return 0;
}

/* --- taking up
 * ------------------------------------------------------------------------------------- */

/* One hash table as the header says, or NULL. */
static JournalBucket *
find_table(const JournalBytes *bytes, JournalObjectType type, uint64_t offset, uint64_t size) {
        if (offset < sizeof(JournalObject))
                return NULL;
        const JournalObject *object =
                journal_object_find(bytes, offset - sizeof(JournalObject), type);
        bool fits = object && le64toh(object->size) - sizeof(JournalObject) == size;
        return fits ? (JournalBucket *)(uintptr_t)(bytes->base + offset) : NULL;
}

static int find_tables(JournalFile *file, const JournalBytes *bytes) {
        const JournalHeader *header = file->header;
        uint64_t data_size = le64toh(header->data_hash_table_size);
        uint64_t field_size = le64toh(header->field_hash_table_size);

        file->data_buckets = find_table(bytes,
                                        JOURNAL_OBJECT_DATA_HASH_TABLE,
                                        le64toh(header->data_hash_table_offset),
                                        data_size);
        file->field_buckets = find_table(bytes,
                                         JOURNAL_OBJECT_FIELD_HASH_TABLE,
                                         le64toh(header->field_hash_table_offset),
                                         field_size);
        if (!file->data_buckets || !file->field_buckets)
                return err_new(-EBADMSG);
        file->n_data_buckets = data_size / sizeof(JournalBucket);
        file->n_field_buckets = field_size / sizeof(JournalBucket);
        return 0;
}

/* A file that was closed in order: the counters are right. */
static int take_up(JournalFile *file, const JournalBytes *bytes) {
        const JournalHeader *header = file->header;
        uint64_t tail = le64toh(header->tail_object_offset);
        const JournalObject *object = journal_object_find(bytes, tail, JOURNAL_OBJECT_UNUSED);

        if (!object)
                return err_new(-EBADMSG);
        file->end = journal_align(tail + le64toh(object->size));
        file->counters = (JournalCounters){
                .tail_object = tail,
                .n_objects = le64toh(header->n_objects),
                .n_data = le64toh(header->n_data),
                .n_fields = le64toh(header->n_fields),
                .n_entry_arrays = le64toh(header->n_entry_arrays),
        };
        if (file->end > file->map->size)
                return err_new(-EBADMSG);
        return err_pass(journal_file_cut(file));
}

/* Whether the file is of a kind that we write. */
static int check_kind(const JournalHeader *header) {
        uint32_t flags = le32toh(header->incompatible_flags);

        if (le64toh(header->header_size) != JOURNAL_HEADER_SIZE || !(flags & JOURNAL_KEYED_HASH) ||
            (flags & (JOURNAL_COMPRESSED_XZ | JOURNAL_COMPRESSED_LZ4)) ||
            (le32toh(header->compatible_flags) & ~JOURNAL_TAIL_BOOT_ID) || header->n_tags != 0)
                return err_new(-EPROTONOSUPPORT);
        return header->state == JOURNAL_ARCHIVED ? err_new(-ESHUTDOWN) : 0;
}

int journal_file_open(JournalMap *map, const JournalFileOptions *options, JournalFile **ret) {
        AUTO(journal_file_free) JournalFile *file = NULL;
        JournalBytes bytes;
        int r = new_file(map, options, &file);

        if (r >= 0)
                r = journal_bytes_init(&bytes, map->base, map->size);
        if (r < 0)
                return err_pass(r);
        if (map->size < JOURNAL_HEADER_SIZE)
                return err_new(-EBADMSG);
        file->header = (JournalHeader *)(void *)map->base;
        file->compact = bytes.compact;
        r = check_kind(file->header);
        if (r >= 0)
                r = find_tables(file, &bytes);
        if (r < 0)
                return err_pass(r);
        bool is_clean = file->header->state == JOURNAL_OFFLINE;
        r = is_clean ? take_up(file, &bytes) : journal_repair(file, &bytes);
        if (r < 0)
                return err_pass(r);
        file->dropped_at = 0;
        *ret = STEAL(file);
        return is_clean ? JOURNAL_OPEN_CLEAN : JOURNAL_OPEN_REPAIRED;
}

/* --- states
 * ---------------------------------------------------------------------------------------- */

int journal_file_cut(JournalFile *file) {
        int r = journal_map_resize(file->map, file->end);

        if (r < 0)
                return err_pass(r);
        file->header->arena_size = htole64(file->map->size - le64toh(file->header->header_size));
        return 0;
}

int journal_file_sync(JournalFile *file) {
        journal_file_publish(file);
        return err_pass(journal_map_sync(file->map));
}

int journal_file_set_online(JournalFile *file) {
        if (file->header->state == JOURNAL_ONLINE)
                return 0;
        file->header->state = JOURNAL_ONLINE;
        journal_map_step(file->map);
        return err_pass(journal_map_sync(file->map));
}

/* The state for a file that is to be closed; lists are separated where that is little. */
static JournalState closing_state(JournalFile *file) {
        bool is_large = file->end > SEPARATE_FILE_MAX;

        return !is_large && entry_array_separate_all(file, SEPARATE_MOST) > 0 ? JOURNAL_OFFLINE
                                                                              : JOURNAL_ARCHIVED;
}

int journal_file_set_state(JournalFile *file, JournalState state) {
        if (state == JOURNAL_OFFLINE)
                state = closing_state(file);
        journal_file_publish(file);
        int r = journal_file_cut(file);
        if (r >= 0)
                r = journal_map_sync(file->map);
        if (r < 0)
                return err_pass(r);
        file->header->state = (uint8_t)state;
        journal_map_step(file->map);
        r = journal_map_sync(file->map);
        return r < 0 ? err_pass(r) : (int)state;
}
