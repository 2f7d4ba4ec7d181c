/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_verify.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/macros.h"

/* What the walk over all objects found. */
typedef struct Verify {
        JournalReader *reader;
        const JournalHeader *header;
        Diag *diag;
        uint64_t *is_entry, *is_data; /* bit maps, one bit for eight bytes; owned */
        uint64_t n_objects, n_by_type[JOURNAL_OBJECT_TYPE_COUNT];
        uint64_t n_items, n_references; /* values of entries; entries of values */
        uint64_t items, references;     /* sums of `link_of` all these */
        uint64_t last_seqnum, last_realtime, last_monotonic;
        Id128 last_boot;
        uint64_t last_offset; /* of the last object */
        StrBuf unpacked;
        bool is_wrong;
} Verify;

static void verify_done(Verify *verify) {
        free(verify->is_entry);
        free(verify->is_data);
        strbuf_done(&verify->unpacked);
}

DEFINE_AUTO_DONE(Verify, verify_done);

static void PRINTF_LIKE(3, 4) complain(Verify *verify, uint64_t offset, const char *format, ...) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        DiagPlace place = { .file = verify->reader->path };
        va_list args;

        verify->is_wrong = true;
        strbuf_addf(&text, "%06" PRIx64 ": ", offset);
        va_start(args, format);
        strbuf_addf_va(&text, format, args);
        va_end(args);
        diag_add(verify->diag, &place, DIAG_ERROR, "%s", strbuf_text(&text));
}

static void mark(uint64_t *map, uint64_t offset) {
        map[offset / 512] |= UINT64_C(1) << (offset / 8 & 63);
}

static bool is_marked(const Verify *verify, const uint64_t *map, uint64_t offset) {
        return offset % 8 == 0 && offset < verify->reader->bytes.size &&
               (map[offset / 512] & UINT64_C(1) << (offset / 8 & 63)) != 0;
}

/* A number for "this entry has this value": sums of it are equal only for equal sets. */
static uint64_t link_of(uint64_t entry, uint64_t data) {
        uint64_t mixed = (entry ^ data << 32 ^ data >> 32) * UINT64_C(0x9e3779b97f4a7c15);
        return (mixed ^ mixed >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
}

/* --- one object -------------------------------------------------------------------------------*/

/* Objects begin at multiples of 8, and 0 is none. */
static bool is_place(Le64 offset) {
        return le64toh(offset) % 8 == 0;
}

static uint64_t hash_of(const Verify *verify, Str text) {
        return verify->reader->bytes.keyed
                       ? siphash24(text.data, text.length, verify->header->file_id.bytes)
                       : jenkins_hash64(text.data, text.length);
}

static void check_data(Verify *verify, uint64_t offset, const JournalObject *object) {
        const JournalData *data = (const JournalData *)(const void *)object;
        Str payload;

        mark(verify->is_data, offset);
        if (!journal_reader_value(verify->reader, offset, &verify->unpacked, &payload)) {
                complain(verify, offset, "The value cannot be unpacked");
                return;
        }
        if (!memchr(payload.data, '=', payload.length))
                complain(verify, offset, "The value has no field");
        if (hash_of(verify, payload) != le64toh(data->hash))
                complain(verify, offset, "The hash of the value is wrong");
        if ((data->entry_offset == 0) != (data->n_entries == 0) ||
            (data->entry_array_offset == 0) != (le64toh(data->n_entries) < 2))
                complain(verify, offset, "The value has other entries than are counted");
        if (!is_place(data->next_hash_offset) || !is_place(data->next_field_offset))
                complain(verify, offset, "The value leads to where no object is");
        verify->n_references += le64toh(data->n_entries);
}

static void check_field(Verify *verify, uint64_t offset, const JournalObject *object) {
        const JournalField *field = (const JournalField *)(const void *)object;
        uint64_t length;
        const uint8_t *name = journal_object_payload(&verify->reader->bytes, object, &length);

        if (hash_of(verify, (Str){ (const char *)name, length }) != le64toh(field->hash))
                complain(verify, offset, "The hash of the field is wrong");
        if (!is_place(field->next_hash_offset) || !is_place(field->head_data_offset))
                complain(verify, offset, "The field leads to where no object is");
}

/* Places of an array are entries up to the first free one. */
static void check_array(Verify *verify, uint64_t offset, const JournalObject *object) {
        const JournalArray *array = (const JournalArray *)(const void *)object;
        uint64_t n = journal_object_n_items(&verify->reader->bytes, object), before = 0;

        if (!is_place(array->next_entry_array_offset) ||
            (array->next_entry_array_offset != 0 &&
             le64toh(array->next_entry_array_offset) <= offset))
                complain(verify, offset, "The array leads to where no array is");
        for (uint64_t i = 0; i < n; i++) {
                uint64_t item = journal_object_item(&verify->reader->bytes, object, i);
                if (item % 8 != 0 || (item != 0 && item <= before) ||
                    (item != 0 && i > 0 && before == 0)) {
                        complain(verify,
                                 offset,
                                 "Place %" PRIu64 " of the array leads to %" PRIx64,
                                 i,
                                 item);
                        return;
                }
                before = item;
        }
}

/* There is one table of a kind, where the header says. */
static void check_table_place(Verify *verify, uint64_t offset, const JournalObject *object) {
        const JournalHeader *header = verify->header;
        bool is_data = object->type == JOURNAL_OBJECT_DATA_HASH_TABLE;
        Le64 place = is_data ? header->data_hash_table_offset : header->field_hash_table_offset;
        Le64 size = is_data ? header->data_hash_table_size : header->field_hash_table_size;

        if (le64toh(place) != offset + sizeof(*object) ||
            le64toh(size) != le64toh(object->size) - sizeof(*object))
                complain(verify, offset, "The table is not the one that the header names");
}

static void check_entry(Verify *verify, uint64_t offset, const JournalObject *object) {
        const JournalEntry *entry = (const JournalEntry *)(const void *)object;
        uint64_t seqnum = le64toh(entry->seqnum), realtime = le64toh(entry->realtime);
        uint64_t monotonic = le64toh(entry->monotonic);

        mark(verify->is_entry, offset);
        if (seqnum <= verify->last_seqnum)
                complain(verify,
                         offset,
                         "Entry %" PRIu64 " comes after %" PRIu64,
                         seqnum,
                         verify->last_seqnum);
        if (verify->n_by_type[JOURNAL_OBJECT_ENTRY] == 1 &&
            (seqnum != le64toh(verify->header->head_entry_seqnum) ||
             realtime != le64toh(verify->header->head_entry_realtime)))
                complain(verify, offset, "The first entry is not the one that the header names");
        if (realtime == 0 || id128_is_null(entry->boot_id))
                complain(verify, offset, "The entry has no time or no boot");
        if (id128_equal(entry->boot_id, verify->last_boot) && monotonic < verify->last_monotonic)
                complain(verify, offset, "The entry is older than the one before it");
        verify->last_seqnum = seqnum;
        verify->last_realtime = realtime;
        verify->last_monotonic = monotonic;
        verify->last_boot = entry->boot_id;
        verify->n_items += journal_object_n_items(&verify->reader->bytes, object);
}

/* Payloads of values may be compressed, in one way. */
static bool has_known_flags(const JournalObject *object) {
        unsigned compressed = object->flags & JOURNAL_OBJECT_COMPRESSED;

        return compressed == object->flags && (compressed & (compressed - 1)) == 0 &&
               (compressed == 0 || object->type == JOURNAL_OBJECT_DATA);
}

static void check_object(Verify *verify, uint64_t offset, const JournalObject *object) {
        static void (*const checks[JOURNAL_OBJECT_TYPE_COUNT])(
                Verify * verify, uint64_t offset, const JournalObject *object) = {
                [JOURNAL_OBJECT_DATA] = check_data,
                [JOURNAL_OBJECT_FIELD] = check_field,
                [JOURNAL_OBJECT_ENTRY] = check_entry,
                [JOURNAL_OBJECT_DATA_HASH_TABLE] = check_table_place,
                [JOURNAL_OBJECT_FIELD_HASH_TABLE] = check_table_place,
                [JOURNAL_OBJECT_ENTRY_ARRAY] = check_array,
        };

        verify->n_objects++;
        verify->n_by_type[object->type]++;
        if (!has_known_flags(object))
                complain(verify, offset, "The object has flags %x", (unsigned)object->flags);
        if (checks[object->type])
                checks[object->type](verify, offset, object);
}

/* Every object from the first to the one that the header calls the last. */
static void check_objects(Verify *verify) {
        uint64_t offset = le64toh(verify->header->header_size);
        uint64_t tail = le64toh(verify->header->tail_object_offset);

        while (offset <= tail) {
                const JournalObject *object =
                        journal_object_find(&verify->reader->bytes, offset, JOURNAL_OBJECT_UNUSED);
                if (!object) {
                        complain(verify, offset, "There is no whole object");
                        return;
                }
                check_object(verify, offset, object);
                verify->last_offset = offset;
                offset += (le64toh(object->size) + 7) & ~UINT64_C(7);
        }
        if (verify->last_offset != tail)
                complain(verify, tail, "The last object is not where the header says");
}

/* --- lists ------------------------------------------------------------------------------------*/

/* The entries of a value (`data` is where), or all entries (0). */
static void check_chain(Verify *verify, uint64_t owner, uint64_t data, JournalChain *chain) {
        uint64_t before = 0;

        if (chain->is_damaged)
                complain(verify,
                         owner,
                         "A list of %" PRIu64 " entries ends after %" PRIu64,
                         chain->n_told,
                         chain->n);
        for (uint64_t i = 0; i < chain->n; i++) {
                uint64_t offset = journal_chain_get(chain, i);
                if (offset <= before || !is_marked(verify, verify->is_entry, offset)) {
                        complain(verify, owner, "A list of entries leads to %" PRIx64, offset);
                        return;
                }
                before = offset;
                verify->references += data != 0 ? link_of(offset, data) : 0;
        }
}

static void check_items(Verify *verify, uint64_t offset) {
        const JournalBytes *bytes = &verify->reader->bytes;
        const JournalObject *object = journal_object_find(bytes, offset, JOURNAL_OBJECT_ENTRY);
        uint64_t n = object ? journal_object_n_items(bytes, object) : 0;

        for (uint64_t i = 0; i < n; i++) {
                uint64_t item = journal_object_item(bytes, object, i);
                if (!is_marked(verify, verify->is_data, item)) {
                        complain(verify, offset, "A value of the entry is not at %" PRIx64, item);
                        return;
                }
                verify->items += link_of(offset, item);
        }
}

/* The entries of one value. */
static int check_value(Verify *verify, uint64_t offset, const JournalData *data) {
        AUTO(journal_chain_done) JournalChain chain = { 0 };
        int r = journal_chain_init(&chain,
                                   &verify->reader->bytes,
                                   le64toh(data->entry_offset),
                                   le64toh(data->entry_array_offset),
                                   le64toh(data->n_entries));

        if (r >= 0)
                check_chain(verify, offset, offset, &chain);
        return err_pass(r);
}

/* Every chain of the table of values: what it leads to is there, in its bucket, and nothing else
 * is. */
static int check_table(Verify *verify) {
        const JournalBytes *bytes = &verify->reader->bytes;
        uint64_t at = le64toh(verify->header->data_hash_table_offset), n_found = 0;
        const JournalObject *object = at < sizeof(JournalObject)
                                              ? NULL
                                              : journal_object_find(bytes,
                                                                    at - sizeof(JournalObject),
                                                                    JOURNAL_OBJECT_DATA_HASH_TABLE);
        if (!object) {
                complain(verify, at, "There is no table of values");
                return 0;
        }
        const JournalBucket *buckets = (const JournalBucket *)(const void *)(object + 1);
        uint64_t n = journal_object_n_items(bytes, object);
        for (uint64_t i = 0; i < n; i++) {
                uint64_t before = 0, offset = le64toh(buckets[i].head_hash_offset);
                for (; offset != 0; n_found++) {
                        const JournalData *data = NULL;
                        if (offset > before && is_marked(verify, verify->is_data, offset))
                                data = (const JournalData *)(const void *)(bytes->base + offset);
                        if (!data || le64toh(data->hash) % n != i) {
                                complain(verify,
                                         at,
                                         "Bucket %" PRIu64 " leads to %" PRIx64,
                                         i,
                                         offset);
                                return 0;
                        }
                        int r = check_value(verify, offset, data);
                        if (r < 0)
                                return err_pass(r);
                        before = offset;
                        offset = le64toh(data->next_hash_offset);
                }
                if (le64toh(buckets[i].tail_hash_offset) != before)
                        complain(verify, at, "Bucket %" PRIu64 " has another last value", i);
        }
        if (n_found != verify->n_by_type[JOURNAL_OBJECT_DATA])
                complain(verify, at, "Values are missing in the table");
        return 0;
}

/* --- counters ---------------------------------------------------------------------------------*/

static void check_count(Verify *verify, const char *what, Le64 counted, uint64_t found) {
        if (le64toh(counted) != found)
                complain(verify,
                         0,
                         "The header counts %" PRIu64 " %s, there are %" PRIu64,
                         le64toh(counted),
                         what,
                         found);
}

static void check_counts(Verify *verify) {
        const JournalHeader *header = verify->header;
        const uint64_t *n = verify->n_by_type;

        check_count(verify, "objects", header->n_objects, verify->n_objects);
        check_count(verify, "entries", header->n_entries, n[JOURNAL_OBJECT_ENTRY]);
        if (le64toh(header->header_size) > JOURNAL_HEADER_SIZE_MIN) {
                check_count(verify, "values", header->n_data, n[JOURNAL_OBJECT_DATA]);
                check_count(verify, "tags", header->n_tags, n[JOURNAL_OBJECT_TAG]);
                check_count(verify, "fields", header->n_fields, n[JOURNAL_OBJECT_FIELD]);
                check_count(
                        verify, "arrays", header->n_entry_arrays, n[JOURNAL_OBJECT_ENTRY_ARRAY]);
        }
        if (n[JOURNAL_OBJECT_ENTRY] > 0 &&
            (verify->last_seqnum != le64toh(header->tail_entry_seqnum) ||
             verify->last_realtime != le64toh(header->tail_entry_realtime)))
                complain(verify, 0, "The last entry is not the one that the header names");
        if (n[JOURNAL_OBJECT_ENTRY] > 0 &&
            id128_equal(verify->last_boot, header->tail_entry_boot_id) &&
            verify->last_monotonic != le64toh(header->tail_entry_monotonic))
                complain(verify, 0, "The header names another time of the last entry");
        if (n[JOURNAL_OBJECT_DATA_HASH_TABLE] != 1 || n[JOURNAL_OBJECT_FIELD_HASH_TABLE] != 1)
                complain(verify, 0, "There is not one table of values and one of fields");
        if (le64toh(header->header_size) + le64toh(header->arena_size) !=
            verify->reader->bytes.size)
                complain(verify, 0, "The file is not as long as its header says");
        if (verify->n_items != verify->n_references)
                complain(verify,
                         0,
                         "Entries have %" PRIu64 " values, values have %" PRIu64 " entries",
                         verify->n_items,
                         verify->n_references);
        else if (verify->items != verify->references)
                complain(verify, 0, "Values are said to be of entries that do not have them");
}

/* With features that are not known nothing could be said. */
static void check_features(Verify *verify) {
        uint32_t flags = le32toh(verify->header->compatible_flags);

        if (flags & ~(JOURNAL_SEALED | JOURNAL_TAIL_BOOT_ID))
                complain(verify, 0, "The header has unknown compatible flags %" PRIx32, flags);
}

int journal_verify(JournalReader *reader, Diag *diag) {
        AUTO(verify_done)
        Verify verify = {
                .reader = reader,
                .header = journal_reader_header(reader),
                .diag = diag,
        };
        size_t n_words = reader->bytes.size / 512 + 1;

        verify.is_entry = calloc(n_words, sizeof(uint64_t));
        verify.is_data = calloc(n_words, sizeof(uint64_t));
        if (!verify.is_entry || !verify.is_data)
                return err_new(-ENOMEM);
        check_features(&verify);
        check_objects(&verify);
        check_chain(&verify, le64toh(verify.header->entry_array_offset), 0, &reader->all);
        for (uint64_t i = 0; i < reader->all.n; i++)
                check_items(&verify, journal_chain_get(&reader->all, i));
        int r = check_table(&verify);
        if (r < 0)
                return err_pass(r);
        check_counts(&verify);
        return verify.is_wrong ? err_new(-EBADMSG) : 0;
}
