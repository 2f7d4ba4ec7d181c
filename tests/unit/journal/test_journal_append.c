/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_append.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/hashtable.h"

#include "journal_memory.h"

#include "unit_test.h"

static JournalFile *new_file(bool compact) {
        const JournalFileOptions options = {
                .machine_id = { { 9 } },
                .max_size = 1024 * 1024,
                .compact = compact,
                .compress_threshold = JOURNAL_COMPRESS_THRESHOLD,
        };
        JournalFile *file = NULL;
        assert_int_equal(journal_file_create(memory_map_new(NULL, 0), &options, &file), 0);
        return file;
}

static void assert_verified(JournalFile *file) {
        int r = memory_verify(file->map->base, file->map->size);
        if (r < 0)
                print_message("journalctl is not installed: only our own check was made\n");
        assert_true(r <= 0);
}

static void test_both_layouts_are_accepted(void **state UNUSED) {
        for (unsigned compact = 0; compact < 2; compact++) {
                AUTO(journal_file_free) JournalFile *file = new_file(compact);
                for (unsigned i = 0; i < 500; i++)
                        memory_append(file, i);
                assert_int_equal(memory_check(file->map->base, file->map->size), 500);
                assert_int_equal(journal_file_tail_seqnum(file), 500);
                assert_int_equal(journal_file_set_state(file, JOURNAL_ARCHIVED), JOURNAL_ARCHIVED);
                assert_verified(file);
        }
}

/* One entry; bit i of `which` says whether it has value i. */
static void append_some(JournalFile *file, unsigned number, unsigned which) {
        const JournalStamp stamp = { .realtime_usec = number + 1, .monotonic_usec = number + 1 };
        char text[32];
        JournalItem items[17];
        unsigned n = 0;

        (void)snprintf(text, sizeof(text), "NUMBER=%u", number);
        assert_int_equal(journal_append_data(file, str_of(text), &items[n++]), 0);
        for (unsigned i = 0; i < 16; i++)
                if (which & 1U << i) {
                        (void)snprintf(text, sizeof(text), "F%u=value", i);
                        assert_int_equal(journal_append_data(file, str_of(text), &items[n++]), 0);
                }
        assert_int_equal(journal_append_entry(file, &stamp, items, n), 0);
}

/* How many DATA objects have the arrays of one before them. */
static unsigned n_common_lists(const JournalFile *file) {
        AUTO(hashtable_free) HashTable *seen = hashtable_new_number();
        unsigned n = 0;

        for (uint64_t at = JOURNAL_HEADER_SIZE; at < file->end;) {
                JournalData *data = journal_file_at(file, at);
                at = journal_align(at + le64toh(data->object.size));
                if (data->object.type != JOURNAL_OBJECT_DATA || data->entry_array_offset == 0)
                        continue;
                uint64_t first = le64toh(data->entry_array_offset);
                n += hashtable_find_number(seen, first) != NULL;
                assert_true(hashtable_set_number(seen, first, data) >= 0);
        }
        return n;
}

/* Values that stand together, part and meet again in all ways. */
static void test_values_have_a_list_in_common(void **state UNUSED) {
        for (unsigned compact = 0; compact < 2; compact++) {
                AUTO(journal_file_free) JournalFile *file = new_file(compact);
                unsigned seed = 5, which = 0xffff, n = 0;
                for (; n < 300; n++)
                        append_some(file, n, which);
                assert_int_equal(n_common_lists(file), 15);
                for (; n < 1500; n++) {
                        seed = seed * 1103515245U + 12345U;
                        if (n % 7 == 0)
                                which = seed >> 8 & 0xffff;
                        append_some(file, n, n % 50 < 20 ? 0xffff : which);
                }
                assert_int_equal(memory_check(file->map->base, file->map->size), n);
                assert_verified(file);
                assert_int_equal(journal_file_set_state(file, JOURNAL_OFFLINE), JOURNAL_OFFLINE);
                assert_int_equal(n_common_lists(file), 0); /* others may go on with it */
                assert_int_equal(memory_check(file->map->base, file->map->size), n);
                assert_verified(file);
                assert_int_equal(journal_file_set_online(file), 0);
                append_some(file, n, 0x5555);
                assert_int_equal(memory_check(file->map->base, file->map->size), n + 1);
        }
}

static void test_equal_values_are_stored_once(void **state UNUSED) {
        AUTO(journal_file_free) JournalFile *file = new_file(true);
        JournalItem a, b, c;

        assert_int_equal(journal_append_data(file, str_of("A=1"), &a), 0);
        assert_int_equal(journal_append_data(file, str_of("A=2"), &b), 0);
        assert_int_equal(journal_append_data(file, str_of("A=1"), &c), 0);
        assert_int_equal(a.offset, c.offset);
        assert_int_not_equal(a.offset, b.offset);
        assert_int_equal(file->counters.n_fields, 1);
        assert_int_equal(file->counters.n_data, 2);
}

static void test_large_values_are_compressed_and_found_again(void **state UNUSED) {
        AUTO(journal_file_free) JournalFile *file = new_file(true);
        char text[5000] = "MESSAGE=";
        JournalItem items[2];
        const JournalStamp stamp = { .realtime_usec = 5, .monotonic_usec = 6 };
        AUTO(journal_scan_done) JournalScan scan = { 0 };
        Str value, payload = { text, sizeof(text) };

        memset(text + 8, 'x', sizeof(text) - 8);
        assert_int_equal(journal_append_data(file, payload, &items[0]), 0);
        assert_int_equal(journal_append_data(file, payload, &items[1]), 0);
        assert_int_equal(items[0].offset, items[1].offset);
        assert_int_equal(journal_append_entry(file, &stamp, items, 2), 0);
        const JournalObject *object = journal_file_at(file, items[0].offset);
        assert_int_equal(object->flags, JOURNAL_OBJECT_ZSTD);
        assert_true(le64toh(object->size) < 200);

        assert_int_equal(journal_scan_init(&scan, file->map->base, file->map->size), 0);
        const JournalEntry *entry = journal_scan_next(&scan);
        assert_non_null(entry);
        assert_true(journal_scan_value(&scan, entry, 0, &value));
        assert_true(str_equal(value, payload));
        assert_false(journal_scan_value(&scan, entry, 1, &value)); /* doubles are dropped */
        assert_verified(file);
}

static void test_time_does_not_go_back(void **state UNUSED) {
        AUTO(journal_file_free) JournalFile *file = new_file(true);
        JournalItem item;
        JournalStamp stamp = { .realtime_usec = 1000, .monotonic_usec = 900 };

        assert_int_equal(journal_append_data(file, str_of("A=1"), &item), 0);
        assert_int_equal(journal_append_entry(file, &stamp, &item, 1), 0);
        stamp = (JournalStamp){ .realtime_usec = 500, .monotonic_usec = 400 };
        assert_int_equal(journal_append_entry(file, &stamp, &item, 1), 0);
        assert_int_equal(journal_file_tail_realtime(file), 1000);
        assert_verified(file);
}

static void test_what_is_no_value_is_refused(void **state UNUSED) {
        AUTO(journal_file_free) JournalFile *file = new_file(true);
        JournalItem item;
        const JournalStamp stamp = { .realtime_usec = 1 };

        assert_int_equal(journal_append_data(file, str_of("no equals sign"), &item), -EINVAL);
        assert_int_equal(journal_append_data(file, str_of("=1"), &item), -EINVAL);
        assert_int_equal(journal_append_entry(file, &stamp, &item, 0), -EINVAL);
}

static void test_a_full_file_says_so(void **state UNUSED) {
        AUTO(journal_file_free) JournalFile *file = new_file(true);
        unsigned n = 0;

        while (!journal_file_is_full(file, 1024) && n < 100000)
                memory_append(file, n++);
        assert_in_range(n, 1000, 20000);
        assert_verified(file);
}

static void test_a_closed_file_goes_on(void **state UNUSED) {
        const JournalFileOptions options = { .max_size = 1024 * 1024 };
        AUTO(journal_file_free) JournalFile *file = new_file(true);

        for (unsigned i = 0; i < 10; i++)
                memory_append(file, i);
        assert_int_equal(journal_file_set_state(file, JOURNAL_OFFLINE), 0);
        JournalMap *map = memory_map_new(file->map->base, file->map->size);
        AUTO(journal_file_free) JournalFile *again = NULL;
        assert_int_equal(journal_file_open(map, &options, &again), JOURNAL_OPEN_CLEAN);
        assert_int_equal(journal_file_set_online(again), 0);
        for (unsigned i = 10; i < 20; i++)
                memory_append(again, i);
        assert_int_equal(memory_check(again->map->base, again->map->size), 20);
        assert_verified(again);
        assert_int_equal(journal_file_set_state(again, JOURNAL_ARCHIVED), JOURNAL_ARCHIVED);

        AUTO(journal_file_free) JournalFile *closed = NULL;
        map = memory_map_new(again->map->base, again->map->size);
        assert_int_equal(journal_file_open(map, &options, &closed), -ESHUTDOWN);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_both_layouts_are_accepted),
                cmocka_unit_test(test_values_have_a_list_in_common),
                cmocka_unit_test(test_equal_values_are_stored_once),
                cmocka_unit_test(test_large_values_are_compressed_and_found_again),
                cmocka_unit_test(test_time_does_not_go_back),
                cmocka_unit_test(test_what_is_no_value_is_refused),
                cmocka_unit_test(test_a_full_file_says_so),
                cmocka_unit_test(test_a_closed_file_goes_on),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
