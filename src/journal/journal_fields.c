/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_fields.h"

#include <endian.h>

#include "base/error.h"
#include "base/macros.h"

typedef int FieldFunction(void *userdata, const JournalField *field, Str name);

/* Walks the chains of the table of fields. Chains go up in the file, so they end. */
static int each(JournalReader *reader, FieldFunction *function, void *userdata) {
        uint64_t table = le64toh(journal_reader_header(reader)->field_hash_table_offset);
        const JournalObject *object =
                table < sizeof(JournalObject)
                        ? NULL
                        : journal_object_find(&reader->bytes,
                                              table - sizeof(JournalObject),
                                              JOURNAL_OBJECT_FIELD_HASH_TABLE);
        if (!object) {
                reader->n_damaged++;
                return 0;
        }
        const JournalBucket *buckets = (const JournalBucket *)(const void *)(object + 1);
        uint64_t n = journal_object_n_items(&reader->bytes, object), length;
        for (uint64_t i = 0; i < n; i++) {
                uint64_t before = 0, offset = le64toh(buckets[i].head_hash_offset);
                while (offset > before) {
                        const JournalObject *there =
                                journal_object_find(&reader->bytes, offset, JOURNAL_OBJECT_FIELD);
                        reader->n_damaged += !there;
                        if (!there)
                                break;
                        const JournalField *field = (const JournalField *)(const void *)there;
                        const uint8_t *name =
                                journal_object_payload(&reader->bytes, there, &length);
                        int r = function(userdata, field, (Str){ (const char *)name, length });
                        if (r != 0)
                                return err_pass(r);
                        before = offset;
                        offset = le64toh(field->next_hash_offset);
                }
        }
        return 0;
}

typedef struct Names {
        JournalValueFunction *function;
        void *userdata;
} Names;

static int on_name(void *userdata, const JournalField *field UNUSED, Str name) {
        const Names *names = userdata;
        int r = names->function(names->userdata, name);
        return r < 0 ? err_pass(r) : 0;
}

int journal_fields_each(JournalReader *reader, JournalValueFunction *function, void *userdata) {
        Names names = { function, userdata };
        int r = each(reader, on_name, &names);
        return r < 0 ? err_pass(r) : 0;
}

typedef struct Search {
        Str wanted;
        const JournalField *found;
} Search;

static int on_field(void *userdata, const JournalField *field, Str name) {
        Search *search = userdata;

        if (!str_equal(name, search->wanted))
                return 0;
        search->found = field;
        return 1;
}

int journal_field_values_each(JournalReader *reader,
                              Str field,
                              JournalValueFunction *function,
                              void *userdata) {
        AUTO(strbuf_done) StrBuf unpacked = STRBUF_INIT;
        Search search = { .wanted = field };
        Str payload;

        (void)each(reader, on_field, &search); /* says 1 when it was found */
        uint64_t n_left = le64toh(journal_reader_header(reader)->n_entries) * 64 + 1024;
        uint64_t offset = search.found ? le64toh(search.found->head_data_offset) : 0;
        while (offset != 0 && n_left-- > 0) { /* a damaged list may go round */
                if (!journal_reader_value(reader, offset, &unpacked, &payload))
                        break;
                if (payload.length > field.length && payload.data[field.length] == '=') {
                        Str value = { payload.data + field.length + 1,
                                      payload.length - field.length - 1 };
                        int r = function(userdata, value);
                        if (r < 0)
                                return err_pass(r);
                }
                const JournalData *data =
                        (const JournalData *)(const void *)(reader->bytes.base + offset);
                offset = le64toh(data->next_field_offset);
        }
        return 0;
}
