/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_repair.h"

#include <stdlib.h>
#include <string.h>

#include "journal_memory.h"

#include "unit_test.h"

#define PAGE UINT64_C(4096)
#define SYNCED 40  /* entries before the sync */
#define WRITTEN 70 /* entries in all */

/* What is known at each step of the recording. */
typedef struct Record {
        uint8_t *synced; /* the bytes when everything was on disk */
        uint64_t synced_size;
        unsigned n_committed; /* entries whose append has returned */
        unsigned n_steps;
        unsigned n_verified;
        unsigned seed;
} Record;

static unsigned next_random(Record *record) {
        record->seed = record->seed * 1103515245U + 12345U;
        return record->seed >> 8;
}

/* Opens the bytes as after a crash and goes on writing; at least `least` entries must be there. */
static void recover(Record *record, const uint8_t *bytes, uint64_t size, unsigned least) {
        const JournalFileOptions options = { .max_size = 1024 * 1024 };
        AUTO(journal_file_free) JournalFile *file = NULL;
        int r = journal_file_open(memory_map_new(bytes, size), &options, &file);

        assert_int_equal(r, JOURNAL_OPEN_REPAIRED);
        unsigned n = memory_check(file->map->base, file->map->size);
        assert_true(n >= least);
        memory_append(file, 1000);
        assert_int_equal(memory_check(file->map->base, file->map->size), n + 1);
        if (record->n_steps % 97 == 0 && memory_verify(file->map->base, file->map->size) > 0)
                fail_msg("journalctl does not accept the file after step %u", record->n_steps);
        record->n_verified += record->n_steps % 97 == 0;
}

/* Pages that were not synced are lost or not, each on its own. */
static void lose_pages(Record *record, uint8_t *bytes, uint64_t size) {
        for (uint64_t at = 0; at < size; at += PAGE) {
                uint64_t n = size - at < PAGE ? size - at : PAGE;
                if (next_random(record) % 2)
                        continue;
                memset(bytes + at, 0, n);
                if (at < record->synced_size)
                        memcpy(bytes + at,
                               record->synced + at,
                               record->synced_size - at < n ? record->synced_size - at : n);
        }
}

static void on_step(JournalMap *map) {
        Record *record = map->userdata;

        record->n_steps++;
        if (!record->synced || record->n_steps % 3 != 0)
                return;
        /* The writer was killed: nothing that was stored is lost. */
        recover(record, map->base, map->size, record->n_committed);
        /* The power was cut. */
        uint8_t *bytes = malloc(map->size);
        assert_non_null(bytes);
        memcpy(bytes, map->base, map->size);
        lose_pages(record, bytes, map->size);
        recover(record, bytes, map->size, SYNCED);
        /* The power was cut, and the file was not as long yet. */
        uint64_t size =
                record->synced_size + next_random(record) % (map->size - record->synced_size + 1);
        recover(record, bytes, size, SYNCED);
        free(bytes);
}

static void run(bool compact) {
        const JournalFileOptions options = { .max_size = 512 * 1024, .compact = compact };
        Record record = { .seed = 7 };
        AUTO(journal_file_free) JournalFile *file = NULL;
        JournalMap *map = memory_map_new(NULL, 0);

        map->on_step = on_step;
        map->userdata = &record;
        assert_int_equal(journal_file_create(map, &options, &file), 0);
        assert_int_equal(journal_file_set_online(file), 0);
        for (unsigned i = 0; i < WRITTEN; i++) {
                memory_append(file, i);
                record.n_committed = i + 1;
                if (i + 1 != SYNCED)
                        continue;
                record.synced_size = file->end; /* the rest is 0 */
                record.synced = malloc(map->size);
                assert_non_null(record.synced);
                memcpy(record.synced, map->base, map->size);
        }
        assert_true(record.n_verified > 5);
        free(record.synced);
}

static void test_compact_files_survive_at_every_step(void **state UNUSED) {
        run(true);
}

static void test_regular_files_survive_at_every_step(void **state UNUSED) {
        run(false);
}

static void test_damage_at_any_byte_is_survived(void **state UNUSED) {
        const JournalFileOptions options = { .max_size = 512 * 1024, .compact = true };
        AUTO(journal_file_free) JournalFile *file = NULL;
        Record record = { .seed = 3 };

        assert_int_equal(journal_file_create(memory_map_new(NULL, 0), &options, &file), 0);
        assert_int_equal(journal_file_set_online(file), 0);
        for (unsigned i = 0; i < 30; i++)
                memory_append(file, i);
        for (unsigned i = 0; i < 2000; i++) {
                JournalMap *map = memory_map_new(file->map->base, file->end);
                AUTO(journal_file_free) JournalFile *damaged = NULL;
                uint64_t start = i % 2 ? file->end - 8000 : 0;
                map->base[start + next_random(&record) % 8000] ^= (uint8_t)next_random(&record);
                if (i % 4 == 0)
                        map->base[offsetof(JournalHeader, state)] = JOURNAL_OFFLINE;
                if (journal_file_open(map, &options, &damaged) < 0)
                        continue; /* it is set aside */
                JournalItem item;
                const JournalStamp stamp = { .realtime_usec = 1 };
                if (journal_append_data(damaged, str_of("MESSAGE=message 3"), &item) >= 0)
                        (void)journal_append_entry(damaged, &stamp, &item, 1); /* may fail */
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_compact_files_survive_at_every_step),
                cmocka_unit_test(test_regular_files_survive_at_every_step),
                cmocka_unit_test(test_damage_at_any_byte_is_survived),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
