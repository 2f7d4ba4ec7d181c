/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/storage_recall.h"

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>

#include "base/error.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "journal/journal_scan.h"
#include "journal/journal_value.h"

/* A message that was found, with its place in the series. */
typedef struct Recalled {
        uint64_t seqnum;
        char *text; /* owned */
} Recalled;

typedef struct RecalledList {
        Recalled *items; /* owned */
        size_t n;
} RecalledList;

static void recalled_done(RecalledList *list) {
        for (size_t i = 0; i < list->n; i++)
                free(list->items[i].text);
        free(list->items);
}

DEFINE_AUTO_DONE(RecalledList, recalled_done);

static int add_message(JournalScan *scan, const JournalEntry *entry, RecalledList *list) {
        Str value;

        for (uint64_t i = 0; journal_scan_value(scan, entry, i, &value); i++) {
                if (!str_skip_prefix(&value, "MESSAGE="))
                        continue;
                Recalled *items = reallocarray(list->items, list->n + 1, sizeof(*items));
                if (!items)
                        return err_new(-ENOMEM);
                list->items = items;
                items[list->n] = (Recalled){ le64toh(entry->seqnum), str_dup(value) };
                return items[list->n].text ? (int)!++list->n : err_new(-ENOMEM);
        }
        return 0;
}

static int
read_file(const JournalMap *map, const char *payload, uint64_t after, RecalledList *list) {
        const JournalHeader *header = (const JournalHeader *)(const void *)map->base;
        JournalOffsets offsets = { 0 };
        AUTO(journal_scan_done) JournalScan scan = { 0 };
        int r = journal_scan_init(&scan, map->base, map->size);

        if (r < 0 || le64toh(header->tail_entry_seqnum) <= after)
                return err_pass(r);
        r = journal_value_entries(&scan.bytes, str_of(payload), &offsets);
        for (size_t i = 0; i < offsets.n && r >= 0; i++) {
                const JournalEntry *entry = (const JournalEntry *)(const void *)journal_object_find(
                        &scan.bytes, offsets.offsets[i], JOURNAL_OBJECT_ENTRY);
                if (entry && le64toh(entry->seqnum) > after)
                        r = add_message(&scan, entry, list);
        }
        journal_offsets_done(&offsets);
        return err_pass(r);
}

static int by_seqnum(const void *a, const void *b) {
        const Recalled *x = a, *y = b;
        return x->seqnum < y->seqnum ? -1 : x->seqnum > y->seqnum;
}

static int
read_directory(const Storage *storage, const char *payload, uint64_t after, RecalledList *list) {
        const StoragePlace *place = storage->system.file ? &storage->system : &storage->runtime;
        const char *path = place->directory;
        JournalSeries series = storage_series(storage);
        AUTO_DIR DIR *directory = opendir(path);

        for (struct dirent *entry; directory && (entry = readdir(directory));) {
                AUTO_FREE char *file = path_join(path, entry->d_name);
                AUTO(journal_map_close) JournalMap *map = NULL;
                int fd = file && journal_series_has(&series, str_of(entry->d_name)) &&
                                         str_has_suffix(str_of(entry->d_name), ".journal")
                                 ? open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
                                 : -1;
                if (fd < 0 || journal_map_file(fd, false, 0, &map) < 0)
                        continue;
                if (read_file(map, payload, after, list) == -ENOMEM)
                        return err_new(-ENOMEM);
        }
        return 0;
}

int storage_recall(const Storage *storage,
                   const char *stream_id,
                   uint64_t after_seqnum,
                   char ***ret_messages) {
        const StoragePlace *place = storage->system.file ? &storage->system : &storage->runtime;
        AUTO(recalled_done) RecalledList list = { 0 };
        char payload[64];

        if (!place->file)
                return 0;
        (void)snprintf(payload, sizeof(payload), "_STREAM_ID=%s", stream_id); /* fits */
        int r = read_directory(storage, payload, after_seqnum, &list);
        if (r >= 0 && list.n > 1)
                qsort(list.items, list.n, sizeof(*list.items), by_seqnum);
        for (size_t i = 0; i < list.n && r >= 0; i++)
                r = strv_take(ret_messages, STEAL(list.items[i].text));
        return err_pass(r);
}
