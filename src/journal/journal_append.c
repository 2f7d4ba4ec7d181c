/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_append.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/macros.h"
#include "journal/entry_array.h"
#include "journal/entry_repeat.h"
#include "journal/hash_chain.h"
#include "journal/journal_compress.h"

/* Where a name would be that was found not long ago. */
static uint64_t *recent_field(JournalFile *file, Str name) {
        size_t sum = name.length + (unsigned char)name.data[0] * 3 +
                     (unsigned char)name.data[name.length - 1];

        return &file->recent_fields[sum % JOURNAL_RECENT_FIELDS];
}

static bool is_field(const JournalFile *file, uint64_t offset, Str name) {
        const JournalField *field = journal_file_at(file, offset);

        return offset != 0 && le64toh(field->object.size) == sizeof(*field) + name.length &&
               memcmp(field->payload, name.data, name.length) == 0;
}

static int add_field(JournalFile *file, Str name, uint64_t hash, uint64_t *ret_offset) {
        int r = journal_file_allocate(file, sizeof(JournalField) + name.length, ret_offset);

        if (r < 0)
                return err_pass(r);
        JournalField *field = journal_file_at(file, *ret_offset);
        field->hash = htole64(hash);
        memcpy(field->payload, name.data, name.length);
        journal_file_seal(file, *ret_offset, JOURNAL_OBJECT_FIELD);
        return err_pass(hash_chain_link_field(file, *ret_offset));
}

/* Finds or adds the name of a field. */
static int append_field(JournalFile *file, Str name, uint64_t *ret_offset) {
        uint64_t *recent = recent_field(file, name);

        *ret_offset = *recent;
        if (is_field(file, *recent, name))
                return 0;
        uint64_t hash = hash_chain_hash(file, name);
        int r = hash_chain_find_field(file, name, hash, ret_offset);
        if (r == 0)
                r = add_field(file, name, hash, ret_offset);
        if (r >= 0)
                *recent = *ret_offset;
        return err_pass(r);
}

/* The bytes as they are stored, and the flags that say so. */
static int pack(JournalFile *file, Str payload, Str *ret_stored, uint8_t *ret_flags) {
        *ret_stored = payload;
        *ret_flags = 0;
        if (file->compress_threshold == 0 || payload.length < file->compress_threshold)
                return 0;
        int r = journal_compress(payload, &file->scratch);
        if (r <= 0)
                return err_pass(r);
        *ret_stored = (Str){ file->scratch.data, file->scratch.length };
        *ret_flags = JOURNAL_OBJECT_ZSTD;
        return 0;
}

/* A new DATA object, not yet linked. */
static int add_data(JournalFile *file, Str payload, uint64_t hash, uint64_t *ret_offset) {
        uint64_t start = journal_data_payload_offset(file);
        uint8_t flags;
        Str stored;
        int r = pack(file, payload, &stored, &flags);

        if (r == 0)
                r = journal_file_allocate(file, start + stored.length, ret_offset);
        if (r < 0)
                return err_pass(r);
        JournalData *data = journal_file_at(file, *ret_offset);
        data->hash = htole64(hash);
        data->object.flags = flags;
        memcpy((char *)data + start, stored.data, stored.length);
        if (flags != 0)
                file->header->incompatible_flags |= htole32(JOURNAL_COMPRESSED_ZSTD);
        journal_file_seal(file, *ret_offset, JOURNAL_OBJECT_DATA);
        return 0;
}

static void link_to_field(JournalFile *file, uint64_t data_offset, uint64_t field_offset) {
        JournalData *data = journal_file_at(file, data_offset);
        JournalField *field = journal_file_at(file, field_offset);

        data->next_field_offset = field->head_data_offset;
        journal_map_step(file->map);
        field->head_data_offset = htole64(data_offset);
        journal_map_step(file->map);
}

/* Where a value would be that was found not long ago: by its length and its last bytes, which
 * differ most. */
static JournalItem *recent_slot(JournalFile *file, Str payload) {
        uint64_t end = 0;

        memcpy(&end,
               payload.data + (payload.length > sizeof(end) ? payload.length - sizeof(end) : 0),
               MIN(payload.length, sizeof(end)));
        end = (end ^ payload.length) * UINT64_C(0x9E3779B97F4A7C15);
        return &file->recent[end >> (64 - JOURNAL_RECENT_BITS)];
}

/* Whether the value in the slot is this one. */
static bool is_recent(const JournalFile *file, const JournalItem *slot, Str payload) {
        if (slot->offset == 0)
                return false;
        const JournalObject *object = journal_file_at(file, slot->offset);
        uint64_t start = journal_data_payload_offset(file);
        return le64toh(object->size) == start + payload.length &&
               !(object->flags & JOURNAL_OBJECT_COMPRESSED) &&
               memcmp((const char *)object + start, payload.data, payload.length) == 0;
}

JournalHint journal_hint_make(const JournalFile *file, Str payload) {
        const JournalHint hint = {
                .file = journal_file_number(file),
                .hashes = hash_both(payload.data, payload.length, file->header->file_id.bytes),
        };

        hash_chain_prefetch_bucket(file, hint.hashes.siphash);
        return hint;
}

void journal_hint_follow(const JournalFile *file, const JournalHint *hint) {
        hash_chain_prefetch_data(file, hint->hashes.siphash);
}

/* Adds a value that is not there. */
static int add_value(JournalFile *file, Str payload, uint64_t hash, uint64_t *ret_offset) {
        ssize_t equals = str_find_char(payload, '=');
        uint64_t field_offset;

        if (equals <= 0)
                return err_new(-EINVAL);
        int r = append_field(file, (Str){ payload.data, (size_t)equals }, &field_offset);
        if (r >= 0)
                r = add_data(file, payload, hash, ret_offset);
        if (r >= 0)
                r = hash_chain_link_data(file, *ret_offset);
        if (r < 0)
                return err_pass(r);
        link_to_field(file, *ret_offset, field_offset);
        return 0;
}

/* The bucket is fetched while the other hash is computed. */
static HashPair hash_now(const JournalFile *file, Str payload) {
        HashPair hashes = { .siphash = hash_chain_hash(file, payload) };

        hash_chain_prefetch_bucket(file, hashes.siphash);
        hashes.jenkins = jenkins_hash64(payload.data, payload.length);
        return hashes;
}

int journal_append_hinted(JournalFile *file,
                          Str payload,
                          const JournalHint *hint,
                          JournalItem *ret) {
        JournalItem *slot = recent_slot(file, payload);

        if (is_recent(file, slot, payload)) {
                *ret = *slot;
                return 0;
        }
        bool is_known = hint && hint->file == journal_file_number(file);
        HashPair hashes = is_known ? hint->hashes : hash_now(file, payload);
        *ret = (JournalItem){ .hash = hashes.siphash, .xor_part = hashes.jenkins };
        int r = hash_chain_find_data(file, payload, ret->hash, &ret->offset);
        if (r > 0)
                *slot = *ret;
        if (r != 0)
                return r < 0 ? err_pass(r) : 0;
        return err_pass(add_value(file, payload, ret->hash, &ret->offset));
}

int journal_append_data(JournalFile *file, Str payload, JournalItem *ret) {
        return err_pass(journal_append_hinted(file, payload, NULL, ret));
}

/* Insertion: most items come in order already. Returns how many are left without doubles. */
static size_t sort_items(JournalItem *items, size_t n_items) {
        size_t n = 0;

        for (size_t i = 0; i < n_items; i++) {
                if (n == 0 || items[n - 1].offset < items[i].offset) {
                        if (n != i)
                                items[n] = items[i];
                        n++;
                        continue;
                }
                JournalItem item = items[i];
                size_t place = n;
                while (place > 0 && items[place - 1].offset > item.offset)
                        place--;
                if (place > 0 && items[place - 1].offset == item.offset)
                        continue;
                memmove(items + place + 1, items + place, (n - place) * sizeof(*items));
                items[place] = item;
                n++;
        }
        return n;
}

static void
fill_items(const JournalFile *file, JournalEntry *entry, const JournalItem *items, size_t n_items) {
        uint64_t xor_hash = 0;

        for (size_t i = 0; i < n_items; i++) {
                xor_hash ^= items[i].xor_part;
                journal_file_set_item(file, entry, i, &items[i]);
        }
        entry->xor_hash = htole64(xor_hash);
}

/* Times never go back in a file: readers search by them. */
static void
fill_stamp(const JournalHeader *header, JournalEntry *entry, const JournalStamp *stamp) {
        uint64_t realtime = MAX(stamp->realtime_usec, le64toh(header->tail_entry_realtime));
        uint64_t monotonic = stamp->monotonic_usec;

        if (le64toh(header->n_entries) > 0 &&
            id128_equal(header->tail_entry_boot_id, stamp->boot_id))
                monotonic = MAX(monotonic, le64toh(header->tail_entry_monotonic));
        entry->seqnum = htole64(le64toh(header->tail_entry_seqnum) + 1);
        entry->realtime = htole64(realtime);
        entry->monotonic = htole64(monotonic);
        entry->boot_id = stamp->boot_id;
}

static void note_entry(JournalHeader *header, const JournalEntry *entry) {
        header->tail_entry_seqnum = entry->seqnum;
        header->tail_entry_realtime = entry->realtime;
        header->tail_entry_monotonic = entry->monotonic;
        header->tail_entry_boot_id = entry->boot_id;
        if (header->head_entry_seqnum == 0) {
                header->head_entry_seqnum = entry->seqnum;
                header->head_entry_realtime = entry->realtime;
        }
}

static uint64_t entry_size(const JournalFile *file, size_t n_items) {
        return sizeof(JournalEntry) + n_items * journal_item_size(file);
}

/* Puts an ENTRY object into the lists of its values. */
static int enter_values(JournalFile *file, uint64_t offset, EntryLinks *links) {
        const JournalEntry *entry = journal_file_at(file, offset);
        uint64_t n = (le64toh(entry->object.size) - sizeof(JournalEntry)) / journal_item_size(file);
        int r = 0;

        for (uint64_t i = 0; i < n && r >= 0; i++)
                r = entry_array_link_data(file,
                                          links,
                                          file->compact
                                                  ? le32toh(entry->items.compact[i])
                                                  : le64toh(entry->items.regular[i].object_offset),
                                          offset);
        return err_pass(r);
}

/* Puts it into the list of all, and says that it is the last. */
static int enter_entry(JournalFile *file, uint64_t offset) {
        int r = entry_array_link_file(file, offset);

        if (r < 0)
                return err_pass(r);
        note_entry(file->header, journal_file_at(file, offset));
        return 0;
}

int journal_file_link_entry(JournalFile *file, uint64_t offset) {
        EntryLinks links = { 0 };
        int r = enter_values(file, offset, &links);

        return r < 0 ? err_pass(r) : err_pass(enter_entry(file, offset));
}

/* Room for the entry and for every array that its lists may need, so that it is entered into all of
 * them or none. */
static int reserve(JournalFile *file, const JournalItem *items, size_t n, uint64_t entry_size) {
        uint64_t bytes = journal_align(entry_size) + entry_array_room_file(file);
        EntryLinks links = { 0 };

        for (size_t i = 0; i < n; i++)
                bytes += entry_array_room_data(file, &links, items[i].offset);
        return err_pass(journal_file_reserve(file, bytes));
}

/* An ENTRY object at the end, with its stamp; room for it is reserved. */
static int add_entry(JournalFile *file, const JournalStamp *stamp, uint64_t size, uint64_t *ret) {
        int r = journal_file_allocate(file, size, ret);

        if (r < 0)
                return err_pass(r);
        fill_stamp(file->header, journal_file_at(file, *ret), stamp);
        return 0;
}

static int
append_other(JournalFile *file, const JournalStamp *stamp, JournalItem *items, size_t n_items) {
        EntryLinks links = { 0 };
        uint64_t offset;

        entry_repeat_begin(file, items, n_items);
        size_t n = sort_items(items, n_items);
        if (n == 0)
                return err_new(-EINVAL);
        uint64_t size = entry_size(file, n);
        int r = reserve(file, items, n, size);
        if (r >= 0)
                r = add_entry(file, stamp, size, &offset);
        if (r < 0)
                return err_pass(r);
        JournalEntry *entry = journal_file_at(file, offset);
        fill_items(file, entry, items, n);
        journal_file_seal(file, offset, JOURNAL_OBJECT_ENTRY);
        r = enter_values(file, offset, &links);
        if (r < 0)
                return err_pass(r);
        entry_repeat_end(file, offset, &links);
        return err_pass(enter_entry(file, offset));
}

/* There is room in the lists of its values. */
static int
append_repeated(JournalFile *file, const JournalStamp *stamp, const JournalItem *items, size_t n) {
        uint64_t size = entry_size(file, n), offset;
        int r = journal_file_reserve(file, journal_align(size) + entry_array_room_file(file));

        if (r >= 0)
                r = add_entry(file, stamp, size, &offset);
        if (r < 0)
                return err_pass(r);
        entry_repeat_fill(file, journal_file_at(file, offset), items);
        journal_file_seal(file, offset, JOURNAL_OBJECT_ENTRY);
        entry_repeat_link(file, offset, items);
        return err_pass(enter_entry(file, offset));
}

int journal_append_entry(JournalFile *file,
                         const JournalStamp *stamp,
                         JournalItem *items,
                         size_t n_items) {
        int r = entry_repeat_applies(file, items, n_items)
                        ? append_repeated(file, stamp, items, n_items)
                        : append_other(file, stamp, items, n_items);

        journal_file_publish(file);
        return err_pass(r);
}

uint64_t journal_file_tail_seqnum(const JournalFile *file) {
        return le64toh(file->header->tail_entry_seqnum);
}

uint64_t journal_file_tail_realtime(const JournalFile *file) {
        return le64toh(file->header->tail_entry_realtime);
}
