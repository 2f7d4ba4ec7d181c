/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_repair.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "journal/hash_chain.h"
#include "journal/journal_append.h"
#include "journal/journal_compress.h"

/* What is known while the file is walked. */
typedef struct Walk {
        JournalFile *file;
        const JournalBytes *bytes;
        uint8_t *starts;     /* owned; a bit for each 8 bytes: a DATA or array object begins here */
        unsigned n_tables;   /* hash tables that were met where the header says */
        uint64_t tables_end; /* behind both hash tables */
        uint64_t end;        /* behind the last good entry */
        uint64_t last_seqnum;
} Walk;

static void set_start(Walk *walk, uint64_t offset) {
        walk->starts[offset / 64] |= (uint8_t)(1U << (offset / 8 % 8));
}

/* Whether an object of this type was met at an offset. */
static bool is_start(const Walk *walk, uint64_t offset, JournalObjectType type) {
        if (offset % 8 != 0 || offset >= walk->bytes->size ||
            !(walk->starts[offset / 64] & 1U << (offset / 8 % 8)))
                return false;
        return ((const JournalObject *)journal_file_at(walk->file, offset))->type == type;
}

/* Whether the payload is what its hash says. */
static bool has_good_hash(Walk *walk, const JournalObject *object, uint64_t hash) {
        uint64_t length;
        const uint8_t *payload = journal_object_payload(walk->bytes, object, &length);
        Str text = { (const char *)payload, length };

        if (object->type == JOURNAL_OBJECT_DATA && (object->flags & JOURNAL_OBJECT_COMPRESSED)) {
                StrBuf *out = &walk->file->scratch;
                if (journal_decompress(object->flags, text, JOURNAL_PAYLOAD_MAX, out) < 0)
                        return false;
                text = (Str){ strbuf_text(out), out->length };
        }
        return hash_chain_hash(walk->file, text) == hash;
}

static bool is_good_entry(const Walk *walk, const JournalObject *object) {
        const JournalEntry *entry = (const JournalEntry *)(const void *)object;
        uint64_t n = journal_object_n_items(walk->bytes, object), before = 0;

        if (le64toh(entry->seqnum) <= walk->last_seqnum || entry->realtime == 0)
                return false;
        for (uint64_t i = 0; i < n; i++) {
                uint64_t offset = journal_object_item(walk->bytes, object, i);
                if (offset <= before || !is_start(walk, offset, JOURNAL_OBJECT_DATA))
                        return false;
                before = offset;
        }
        return true;
}

/* Whether a hash table is the one that the header names. */
static bool take_table(Walk *walk, uint64_t offset, Le64 named) {
        walk->n_tables++;
        return offset + sizeof(JournalObject) == le64toh(named);
}

/* Whether the object at an offset is whole; notes what it is. */
static bool take_object(Walk *walk, uint64_t offset, const JournalObject *object) {
        switch (object->type) {
        case JOURNAL_OBJECT_DATA:
                if (!has_good_hash(walk,
                                   object,
                                   le64toh(((const JournalData *)(const void *)object)->hash)))
                        return false;
                set_start(walk, offset);
                return true;
        case JOURNAL_OBJECT_FIELD:
                return has_good_hash(
                        walk, object, le64toh(((const JournalField *)(const void *)object)->hash));
        case JOURNAL_OBJECT_ENTRY:
                if (!is_good_entry(walk, object))
                        return false;
                walk->last_seqnum = le64toh(((const JournalEntry *)(const void *)object)->seqnum);
                walk->end = journal_align(offset + le64toh(object->size));
                return true;
        case JOURNAL_OBJECT_DATA_HASH_TABLE:
                return take_table(walk, offset, walk->file->header->data_hash_table_offset);
        case JOURNAL_OBJECT_FIELD_HASH_TABLE:
                return take_table(walk, offset, walk->file->header->field_hash_table_offset);
        case JOURNAL_OBJECT_ENTRY_ARRAY:
                set_start(walk, offset);
                return true;
        default:
                return false;
        }
}

/* From object to object until one is not whole. */
static int find_end(Walk *walk) {
        uint64_t offset = le64toh(walk->file->header->header_size);
        const JournalObject *object;

        walk->end = walk->tables_end;
        while ((object = journal_object_find(walk->bytes, offset, JOURNAL_OBJECT_UNUSED)) &&
               take_object(walk, offset, object))
                offset = journal_align(offset + le64toh(object->size));
        /* Without both tables, each once and in its place, nothing can be found again. */
        bool is_good =
                walk->n_tables == 2 && offset >= walk->tables_end && walk->end <= walk->bytes->size;
        return is_good ? 0 : err_new(-EBADMSG);
}

/* A list may keep its arrays: they have the right sizes. */
static Le64 kept_array(const Walk *walk, Le64 offset, uint64_t after) {
        uint64_t at = le64toh(offset);
        bool is_good =
                at > after && at < walk->end && is_start(walk, at, JOURNAL_OBJECT_ENTRY_ARRAY);
        return is_good ? offset : 0;
}

static void clear_data(const Walk *walk, JournalData *data, uint64_t offset) {
        data->next_hash_offset = 0;
        data->next_field_offset = 0;
        data->entry_offset = 0;
        data->entry_array_offset = kept_array(walk, data->entry_array_offset, offset);
        data->n_entries = 0;
        if (walk->file->compact) {
                data->tail_entry_array_offset = 0;
                data->tail_entry_array_n_entries = 0;
        }
}

static void clear_array(const Walk *walk, JournalArray *array, uint64_t offset) {
        array->next_entry_array_offset = kept_array(walk, array->next_entry_array_offset, offset);
        memset(array + 1, 0, le64toh(array->object.size) - sizeof(*array));
}

/* Undoes all links between objects. */
static void clear_object(const Walk *walk, uint64_t offset) {
        JournalObject *object = journal_file_at(walk->file, offset);
        JournalField *field;

        switch (object->type) {
        case JOURNAL_OBJECT_DATA:
                clear_data(walk, (JournalData *)(void *)object, offset);
                break;
        case JOURNAL_OBJECT_FIELD:
                field = (JournalField *)(void *)object;
                field->next_hash_offset = 0;
                field->head_data_offset = 0;
                break;
        case JOURNAL_OBJECT_ENTRY_ARRAY:
                clear_array(walk, (JournalArray *)(void *)object, offset);
                break;
        case JOURNAL_OBJECT_DATA_HASH_TABLE:
        case JOURNAL_OBJECT_FIELD_HASH_TABLE:
                memset(object + 1, 0, le64toh(object->size) - sizeof(*object));
                break;
        default:
                break;
        }
}

static void clear_header(const Walk *walk) {
        JournalHeader *header = walk->file->header;

        header->n_entries = 0;
        header->entry_array_offset = kept_array(walk, header->entry_array_offset, 0);
        header->tail_entry_array_offset = 0;
        header->tail_entry_array_n_entries = 0;
        header->data_hash_chain_depth = 0;
        header->field_hash_chain_depth = 0;
        header->head_entry_seqnum = 0;
        header->head_entry_realtime = 0;
        header->tail_entry_realtime = 0;
        header->tail_entry_monotonic = 0;
}

/* The list of values of a field, for one DATA object. */
static int link_field(JournalFile *file, const JournalBytes *bytes, uint64_t offset) {
        JournalData *data = journal_file_at(file, offset);
        uint64_t length, field_offset;
        const uint8_t *payload = journal_object_payload(bytes, &data->object, &length);
        Str text = { (const char *)payload, length };

        if (data->object.flags & JOURNAL_OBJECT_COMPRESSED) {
                int r = journal_decompress(
                        data->object.flags, text, JOURNAL_PAYLOAD_MAX, &file->scratch);
                if (r < 0)
                        return err_pass(r);
                text = (Str){ strbuf_text(&file->scratch), file->scratch.length };
        }
        ssize_t equals = str_find_char(text, '=');
        if (equals <= 0)
                return err_new(-EBADMSG);
        Str name = { text.data, (size_t)equals };
        int r = hash_chain_find_field(file, name, hash_chain_hash(file, name), &field_offset);
        if (r <= 0)
                return r < 0 ? err_pass(r) : 0; /* the name was lost: the value is still found */
        JournalField *field = journal_file_at(file, field_offset);
        data->next_field_offset = field->head_data_offset;
        field->head_data_offset = htole64(offset);
        return 0;
}

static int link_object(const Walk *walk, uint64_t offset) {
        JournalFile *file = walk->file;
        const JournalObject *object = journal_file_at(file, offset);
        int r;

        switch (object->type) {
        case JOURNAL_OBJECT_DATA:
                r = hash_chain_link_data(file, offset);
                return r < 0 ? err_pass(r) : err_pass(link_field(file, walk->bytes, offset));
        case JOURNAL_OBJECT_FIELD:
                return err_pass(hash_chain_link_field(file, offset));
        case JOURNAL_OBJECT_ENTRY:
                return err_pass(journal_file_link_entry(file, offset));
        default:
                return 0;
        }
}

static void count_object(JournalFile *file, uint64_t offset) {
        const JournalObject *object = journal_file_at(file, offset);

        file->counters.tail_object = offset;
        file->counters.n_objects++;
        file->counters.n_data += object->type == JOURNAL_OBJECT_DATA;
        file->counters.n_fields += object->type == JOURNAL_OBJECT_FIELD;
        file->counters.n_entry_arrays += object->type == JOURNAL_OBJECT_ENTRY_ARRAY;
}

static uint64_t next_object(const JournalFile *file, uint64_t offset) {
        const JournalObject *object = journal_file_at(file, offset);
        return journal_align(offset + le64toh(object->size));
}

/* Cuts at the end of the last good entry and links everything before it again. New arrays that this
 * needs go behind. */
static int relink(Walk *walk) {
        JournalFile *file = walk->file;
        uint64_t start = le64toh(file->header->header_size);
        int r = 0;

        file->end = walk->end;
        clear_header(walk);
        for (uint64_t at = start; at < walk->end; at = next_object(file, at)) {
                clear_object(walk, at);
                count_object(file, at);
        }
        r = journal_file_cut(file);
        for (uint64_t at = start; at < walk->end && r >= 0; at = next_object(file, at))
                r = link_object(walk, at);
        if (r < 0)
                return err_pass(r);
        journal_file_publish(file);
        return 0;
}

static uint64_t table_end(Le64 offset, Le64 size) {
        return journal_align(le64toh(offset) + le64toh(size));
}

int journal_repair(JournalFile *file, const JournalBytes *bytes) {
        const JournalHeader *header = file->header;
        Walk walk = { .file = file, .bytes = bytes };
        AUTO_FREE uint8_t *starts = calloc(1, bytes->size / 64 + 1);

        if (!starts)
                return err_new(-ENOMEM);
        walk.starts = starts;
        walk.tables_end =
                MAX(table_end(header->data_hash_table_offset, header->data_hash_table_size),
                    table_end(header->field_hash_table_offset, header->field_hash_table_size));
        int r = find_end(&walk);
        return r < 0 ? err_pass(r) : err_pass(relink(&walk));
}
