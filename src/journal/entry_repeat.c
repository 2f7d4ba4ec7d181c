/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/entry_repeat.h"

#include <endian.h>
#include <string.h>

_Static_assert(JOURNAL_REPEAT_LISTS_MAX >= ENTRY_LISTS_MAX, "all lists of an entry are noted");

void entry_repeat_begin(JournalFile *file, const JournalItem *items, size_t n) {
        JournalRepeat *repeat = &file->repeat;

        repeat->entry = 0;
        repeat->xor_part = 0;
        repeat->n = n;
        repeat->n_old = 0;
        for (size_t i = 0; i < n && n <= JOURNAL_REPEAT_MAX; i++) {
                const JournalData *data = journal_file_at(file, items[i].offset);
                bool is_old = data->n_entries != 0;
                repeat->values[i] = is_old ? items[i].offset : 0;
                repeat->xor_part ^= is_old ? items[i].xor_part : 0;
                repeat->n_old += is_old;
        }
}

void entry_repeat_end(JournalFile *file, uint64_t offset, const EntryLinks *links) {
        JournalRepeat *repeat = &file->repeat;
        const JournalEntry *entry = journal_file_at(file, offset);
        uint64_t size = sizeof(*entry) + repeat->n * journal_item_size(file);

        if (repeat->n > JOURNAL_REPEAT_MAX || le64toh(entry->object.size) != size ||
            links->n_lists == ENTRY_LISTS_MAX)
                return; /* too much, or something was there twice */
        for (unsigned i = 0; i < links->n_lists; i++) {
                repeat->lists[i].array = links->lists[i].tail;
                repeat->lists[i].n_used = links->lists[i].n_tail;
        }
        repeat->n_lists = links->n_lists;
        repeat->entry = offset;
}

/* Old values stand where they stood; new ones come in their order, behind the last entry. */
static bool has_same_values(const JournalRepeat *repeat, const JournalItem *items) {
        uint64_t last = repeat->entry;

        for (size_t i = 0; i < repeat->n; i++) {
                if (repeat->values[i] == items[i].offset)
                        continue;
                if (repeat->values[i] != 0 || items[i].offset <= last)
                        return false;
                last = items[i].offset;
        }
        return true;
}

bool entry_repeat_applies(const JournalFile *file, const JournalItem *items, size_t n) {
        const JournalRepeat *repeat = &file->repeat;

        if (repeat->entry == 0 || repeat->n != n || !has_same_values(repeat, items))
                return false;
        for (unsigned i = 0; i < repeat->n_lists; i++)
                if (!entry_array_is_free(file, repeat->lists[i].array, repeat->lists[i].n_used))
                        return false;
        return true;
}

void entry_repeat_fill(const JournalFile *file, JournalEntry *entry, const JournalItem *items) {
        const JournalRepeat *repeat = &file->repeat;
        const JournalEntry *before = journal_file_at(file, repeat->entry);
        uint64_t xor_hash = repeat->xor_part;
        size_t n = repeat->n_old;

        memcpy(&entry->items, &before->items, n * journal_item_size(file));
        for (size_t i = 0; i < repeat->n; i++) {
                if (repeat->values[i] != 0)
                        continue;
                journal_file_set_item(file, entry, n++, &items[i]);
                xor_hash ^= items[i].xor_part;
        }
        entry->xor_hash = htole64(xor_hash);
}

static void link_value(JournalFile *file, uint64_t data_offset, uint64_t offset, bool is_new) {
        JournalData *data = journal_file_at(file, data_offset);

        if (is_new)
                data->entry_offset = htole64(offset);
        else if (file->compact)
                data->tail_entry_array_n_entries =
                        htole32(le32toh(data->tail_entry_array_n_entries) + 1);
        data->n_entries = htole64(le64toh(data->n_entries) + 1);
        journal_map_step(file->map);
}

void entry_repeat_link(JournalFile *file, uint64_t offset, const JournalItem *items) {
        JournalRepeat *repeat = &file->repeat;

        for (unsigned i = 0; i < repeat->n_lists; i++)
                entry_array_set(file, repeat->lists[i].array, repeat->lists[i].n_used++, offset);
        for (size_t i = 0; i < repeat->n; i++)
                link_value(file, items[i].offset, offset, repeat->values[i] == 0);
        repeat->entry = offset;
}
