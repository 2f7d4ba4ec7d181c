/* SPDX-License-Identifier: Apache-2.0 */
#include "journal_memory.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"

#include "unit_test.h"

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
        (void)munmap(map->base, map->limit);
        free(map);
}

static const JournalMapOps memory_ops = {
        .resize = memory_resize,
        .sync = memory_sync,
        .wake = memory_wake,
        .drop = memory_drop,
        .close = memory_close,
};

JournalMap *memory_map_new(const uint8_t *bytes, uint64_t size) {
        JournalMap *map = calloc(1, sizeof(*map));
        assert_non_null(map);
        map->ops = &memory_ops;
        map->limit = MEMORY_LIMIT;
        map->size = size;
        map->fd = -1;
        map->writable = true;
        map->base = mmap(NULL,
                         MEMORY_LIMIT,
                         PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                         -1,
                         0);
        assert_ptr_not_equal(map->base, MAP_FAILED);
        if (size > 0)
                memcpy(map->base, bytes, size);
        return map;
}

void memory_append(JournalFile *file, unsigned number) {
        char message[64], group[64];
        const char *values[7] = { message, group, "_UID=0", "_COMM=test", "PRIORITY=6" };
        unsigned n = 5;
        const JournalStamp stamp = {
                .realtime_usec = 1000000000000000 + number,
                .monotonic_usec = 1000 + number,
                .boot_id = { { 1, 2, 3 } },
        };
        JournalItem items[7];

        (void)snprintf(message, sizeof(message), "MESSAGE=message %u", number);
        (void)snprintf(group, sizeof(group), "GROUP=%u", number % 3);
        /* Two values that have one list, until one of them is alone. */
        if (number % 20 < 15 || number % 2 == 0)
                values[n++] = "LEFT=1";
        if (number % 20 < 15 || number % 2 == 1)
                values[n++] = "RIGHT=1";
        for (unsigned i = 0; i < n; i++)
                assert_int_equal(journal_append_data(file, str_of(values[i]), &items[i]), 0);
        assert_int_equal(journal_append_entry(file, &stamp, items, n), 0);
}

/* How often an entry stands in the list of one value. */
static unsigned count_in_list(const JournalBytes *bytes, const JournalData *data, uint64_t wanted) {
        uint64_t left = le64toh(data->n_entries), at = le64toh(data->entry_array_offset);
        unsigned n = le64toh(data->entry_offset) == wanted;

        if (left > 0)
                left--;
        while (left > 0) {
                const JournalObject *array =
                        journal_object_find(bytes, at, JOURNAL_OBJECT_ENTRY_ARRAY);
                assert_non_null(array);
                uint64_t n_items = journal_object_n_items(bytes, array);
                for (uint64_t i = 0; i < n_items && left > 0; i++, left--)
                        n += journal_object_item(bytes, array, i) == wanted;
                at = le64toh(((const JournalArray *)(const void *)array)->next_entry_array_offset);
        }
        return n;
}

unsigned memory_check(const uint8_t *bytes, uint64_t size) {
        AUTO(journal_scan_done) JournalScan scan = { 0 };
        const JournalEntry *entry;
        unsigned n = 0;
        uint64_t seqnum = 0;

        assert_int_equal(journal_scan_init(&scan, bytes, size), 0);
        while ((entry = journal_scan_next(&scan))) {
                uint64_t offset = (uint64_t)((const uint8_t *)entry - bytes);
                assert_true(le64toh(entry->seqnum) > seqnum);
                seqnum = le64toh(entry->seqnum);
                Str value;
                for (uint64_t i = 0; journal_scan_value(&scan, entry, i, &value); i++) {
                        const JournalObject *data = journal_object_find(
                                &scan.bytes,
                                journal_object_item(&scan.bytes, &entry->object, i),
                                JOURNAL_OBJECT_DATA);
                        assert_non_null(data);
                        assert_int_equal(count_in_list(&scan.bytes,
                                                       (const JournalData *)(const void *)data,
                                                       offset),
                                         1);
                }
                n++;
        }
        assert_int_equal(scan.n_left, 0);
        return n;
}

int memory_verify(const uint8_t *bytes, uint64_t size) {
        char path[] = "/tmp/test-journal-XXXXXX.journal", command[128];
        AUTO_FD int fd = mkstemps(path, 8);

        if (access("/usr/bin/journalctl", X_OK) < 0 && access("/bin/journalctl", X_OK) < 0)
                return -1;
        assert_true(fd >= 0);
        assert_int_equal(fd_write_all(fd, bytes, size), 0);
        (void)snprintf(command, sizeof(command), "journalctl --verify --file %s -q 2>&1", path);
        int status = system(command);
        if (status == 0)
                (void)unlink(path);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}
