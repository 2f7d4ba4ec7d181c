/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fuzz_input.h"
#include "journal/journal_append.h"
#include "journal/journal_scan.h"
#include "journal/journal_value.h"

#define LIMIT (UINT64_C(1) << 20)

/* A file in memory. */
static int memory_resize(JournalMap *map, uint64_t size) {
        if (size < map->size)
                memset(map->base + size, 0, map->size - size);
        return 0;
}

static int memory_sync(JournalMap *map) {
        (void)map;
        return 0;
}

static void memory_wake(JournalMap *map) {
        (void)map;
}

static void memory_drop(JournalMap *map, uint64_t from) {
        (void)map;
        (void)from;
}

static void memory_close(JournalMap *map) {
        free(map->base);
        free(map);
}

static const JournalMapOps memory_ops = {
        .resize = memory_resize,
        .sync = memory_sync,
        .wake = memory_wake,
        .drop = memory_drop,
        .close = memory_close,
};

static JournalMap *new_map(const uint8_t *data, size_t size) {
        JournalMap *map = calloc(1, sizeof(*map));
        if (!map)
                return NULL;
        *map = (JournalMap){ .ops = &memory_ops, .size = size, .limit = LIMIT, .fd = -1 };
        map->base = calloc(1, LIMIT);
        if (!map->base) {
                free(map);
                return NULL;
        }
        memcpy(map->base, data, size);
        return map;
}

static void read_all(const uint8_t *data, size_t size) {
        AUTO(journal_scan_done) JournalScan scan = { 0 };
        JournalOffsets offsets = { 0 };
        const JournalEntry *entry;
        Str value;

        if (journal_scan_init(&scan, data, size) < 0)
                return;
        for (unsigned n = 0; n < 100 && (entry = journal_scan_next(&scan)); n++)
                for (uint64_t i = 0; i < 100 && journal_scan_value(&scan, entry, i, &value); i++)
                        ;
        (void)journal_value_entries(
                &scan.bytes, str_of("GROUP=1"), &offsets); /* damage is allowed */
        journal_offsets_done(&offsets);
}

/* The file is taken up again and written to, whatever it says. */
static void go_on(const uint8_t *data, size_t size) {
        const JournalFileOptions options = { .max_size = LIMIT };
        const JournalStamp stamp = { .realtime_usec = 1, .monotonic_usec = 1 };
        AUTO(journal_file_free) JournalFile *file = NULL;
        JournalItem items[2];
        JournalMap *map = new_map(data, size);

        if (!map || journal_file_open(map, &options, &file) < 0)
                return;
        if (journal_append_data(file, str_of("GROUP=1"), &items[0]) >= 0 &&
            journal_append_data(file, str_of("MESSAGE=new"), &items[1]) >= 0)
                (void)journal_append_entry(file, &stamp, items, 2); /* may be refused */
        read_all(file->map->base, file->map->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        if (size > LIMIT / 2)
                return 0;
        uint8_t *copy = malloc(size ? size : 1); /* of the exact size, so that an overrun is seen */
        if (!copy)
                return 0;
        memcpy(copy, data, size);
        read_all(copy, size);
        free(copy);
        go_on(data, size);
        return 0;
}
