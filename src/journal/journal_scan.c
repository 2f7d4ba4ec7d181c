/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_scan.h"

#include <endian.h>

#include "base/error.h"
#include "journal/journal_compress.h"

int journal_scan_init(JournalScan *scan, const uint8_t *base, uint64_t size) {
        const JournalHeader *header = (const JournalHeader *)(const void *)base;

        *scan = (JournalScan){ 0 };
        int r = journal_bytes_init(&scan->bytes, base, size);
        if (r < 0)
                return err_pass(r);
        scan->array_offset = le64toh(header->entry_array_offset);
        scan->n_left = le64toh(header->n_entries);
        return 0;
}

void journal_scan_done(JournalScan *scan) {
        strbuf_done(&scan->unpacked);
}

const JournalEntry *journal_scan_next(JournalScan *scan) {
        while (scan->n_left > 0 && scan->array_offset != 0) {
                const JournalObject *object = journal_object_find(
                        &scan->bytes, scan->array_offset, JOURNAL_OBJECT_ENTRY_ARRAY);
                if (!object)
                        return NULL;
                if (scan->index < journal_object_n_items(&scan->bytes, object)) {
                        uint64_t offset = journal_object_item(&scan->bytes, object, scan->index++);
                        scan->n_left--;
                        const JournalObject *entry =
                                journal_object_find(&scan->bytes, offset, JOURNAL_OBJECT_ENTRY);
                        if (entry)
                                return (const JournalEntry *)(const void *)entry;
                        continue;
                }
                const JournalArray *array = (const JournalArray *)(const void *)object;
                uint64_t next = le64toh(array->next_entry_array_offset);
                if (next <= scan->array_offset)
                        return NULL;
                scan->array_offset = next;
                scan->index = 0;
        }
        return NULL;
}

bool journal_scan_value(JournalScan *scan, const JournalEntry *entry, uint64_t i, Str *ret) {
        const JournalBytes *bytes = &scan->bytes;
        uint64_t length;

        *ret = STR_EMPTY;
        if (i >= journal_object_n_items(bytes, &entry->object))
                return false;
        const JournalObject *object = journal_object_find(
                bytes, journal_object_item(bytes, &entry->object, i), JOURNAL_OBJECT_DATA);
        if (!object)
                return true;
        const uint8_t *payload = journal_object_payload(bytes, object, &length);
        *ret = (Str){ (const char *)payload, length };
        if (!(object->flags & JOURNAL_OBJECT_COMPRESSED))
                return true;
        int r = journal_decompress(object->flags, *ret, JOURNAL_PAYLOAD_MAX, &scan->unpacked);
        *ret = r < 0 ? STR_EMPTY : (Str){ strbuf_text(&scan->unpacked), scan->unpacked.length };
        return true;
}
