/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "journal/entry_repeat.h"
#include "journal/journal_read.h"

#include "journal_memory.h"

#include "unit_test.h"

#define WRITTEN 14
#define VERIFY_EACH 400 /* files of which one is shown to journalctl */

/* In which order the bytes that differ between two steps may have come into the file. */
typedef enum Order { ORDER_UP, ORDER_DOWN, ORDER_RANDOM, ORDER_COUNT } Order;

typedef struct Record {
        JournalFile *file;
        uint8_t *before; /* the file at the last step */
        uint64_t size;   /* of that */
        Order order;
        unsigned n_committed; /* entries whose append has returned */
        unsigned n_repeated;
        unsigned n_files, n_verified;
        unsigned seed;
} Record;

/* As a reader sees it that does not know of the crash. */
static void look_at(const uint8_t *bytes, uint64_t size, unsigned least) {
        AUTO(journal_reader_free) JournalReader *reader = NULL;
        unsigned n = 0;

        assert_int_equal(journal_reader_new(memory_map_new(bytes, size), "memory", &reader), 0);
        for (uint64_t at = 0; (at = journal_reader_next(reader, at)) != 0; at++)
                n += journal_reader_entry(reader, at) != NULL;
        assert_in_range(n, least, least + 1);
}

/* As the next writer finds it. */
static void take_up(Record *record, const uint8_t *bytes, uint64_t size) {
        const JournalFileOptions options = { .max_size = 512 * 1024 };
        AUTO(journal_file_free) JournalFile *file = NULL;
        int r = journal_file_open(memory_map_new(bytes, size), &options, &file);

        assert_int_equal(r, JOURNAL_OPEN_REPAIRED);
        unsigned n = memory_check(file->map->base, file->map->size);
        assert_in_range(n, record->n_committed, record->n_committed + 1);
        if (record->n_files++ % VERIFY_EACH != 0)
                return;
        assert_true(memory_verify(file->map->base, file->map->size) <= 0);
        record->n_verified++;
}

/* Where the files differ. */
static size_t find_changes(const Record *record, const uint8_t *now, uint64_t *changes) {
        size_t n = 0;

        for (uint64_t at = 0; at < record->size; at++)
                if (record->before[at] != now[at])
                        changes[n++] = at;
        return n;
}

static void reorder(Record *record, uint64_t *changes, size_t n) {
        for (size_t i = 0; i < n && record->order != ORDER_UP; i++) {
                size_t k = n - 1 - i;
                if (record->order == ORDER_RANDOM) {
                        record->seed = record->seed * 1103515245U + 12345U;
                        k = (record->seed >> 8) % n;
                } else if (k <= i)
                        break;
                uint64_t change = changes[i];
                changes[i] = changes[k];
                changes[k] = change;
        }
}

/* Between two steps the writer may be killed after each byte. */
static void on_step(JournalMap *map) {
        Record *record = map->userdata;
        AUTO_FREE uint64_t *changes = calloc(record->size, sizeof(*changes));

        assert_non_null(changes);
        assert_true(record->file->end <= record->size);
        size_t n = find_changes(record, map->base, changes);
        reorder(record, changes, n);
        for (size_t i = 0; i < n; i++) {
                record->before[changes[i]] = map->base[changes[i]];
                look_at(record->before, record->size, record->n_committed);
                take_up(record, record->before, record->size);
        }
}

/* Lines of a service: most repeat; one has another level, one is long, one was there before. */
static void append(Record *record, unsigned number) {
        JournalFile *file = record->file;
        const JournalStamp stamp = { .realtime_usec = number + 1, .monotonic_usec = number + 1 };
        char message[700] = "MESSAGE=line ";
        const char *values[] = { "_PID=1", "_COMM=test", "PRIORITY=6", message };
        JournalItem items[ARRAY_LENGTH(values)];

        message[13] = (char)('a' + number);
        if (number == 6)
                memset(message + 14, 'x', sizeof(message) - 15); /* is compressed */
        if (number == 9)
                values[2] = "PRIORITY=3";
        if (number == 11)
                message[13] = 'a';
        for (size_t i = 0; i < ARRAY_LENGTH(values); i++)
                assert_int_equal(journal_append_data(file, str_of(values[i]), &items[i]), 0);
        record->n_repeated += entry_repeat_applies(file, items, ARRAY_LENGTH(items));
        assert_int_equal(journal_append_entry(file, &stamp, items, ARRAY_LENGTH(items)), 0);
        record->n_committed++;
}

static void run(bool compact, Order order) {
        const JournalFileOptions options = {
                .max_size = 512 * 1024,
                .compact = compact,
                .compress_threshold = JOURNAL_COMPRESS_THRESHOLD,
        };
        Record record = { .order = order, .seed = 11 };
        AUTO(journal_file_free) JournalFile *file = NULL;
        JournalMap *map = memory_map_new(NULL, 0);

        assert_int_equal(journal_file_create(map, &options, &file), 0);
        assert_int_equal(journal_file_set_online(file), 0);
        record.file = file;
        record.size = file->end + 8192;
        assert_int_equal(journal_file_reserve(file, 8192), 0);
        record.before = malloc(record.size);
        assert_non_null(record.before);
        memcpy(record.before, map->base, record.size);
        map->userdata = &record;
        map->on_step = on_step;
        for (unsigned i = 0; i < WRITTEN; i++)
                append(&record, i);
        map->on_step = NULL;
        assert_true(record.n_repeated >= 4);
        assert_in_range(record.n_verified, 4, 100);
        free(record.before);
}

static void test_compact_files_survive(void **state UNUSED) {
        for (Order order = ORDER_UP; order < ORDER_COUNT; order++)
                run(true, order);
}

static void test_regular_files_survive(void **state UNUSED) {
        for (Order order = ORDER_UP; order < ORDER_COUNT; order++)
                run(false, order);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_compact_files_survive),
                cmocka_unit_test(test_regular_files_survive),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
