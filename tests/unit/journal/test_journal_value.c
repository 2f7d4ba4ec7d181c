/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_value.h"

#include "journal_memory.h"

#include "unit_test.h"

static void test_entries_of_a_value_are_found(void **state UNUSED) {
        const JournalFileOptions options = { .max_size = 1024 * 1024, .compact = true };
        AUTO(journal_file_free) JournalFile *file = NULL;
        JournalOffsets offsets = { 0 };
        JournalBytes bytes;

        assert_int_equal(journal_file_create(memory_map_new(NULL, 0), &options, &file), 0);
        for (unsigned i = 0; i < 300; i++)
                memory_append(file, i);
        assert_int_equal(journal_bytes_init(&bytes, file->map->base, file->map->size), 0);
        assert_int_equal(journal_value_entries(&bytes, str_of("GROUP=1"), &offsets), 0);
        assert_int_equal(offsets.n, 100);
        assert_int_equal(journal_value_entries(&bytes, str_of("_UID=0"), &offsets), 0);
        assert_int_equal(offsets.n, 400);
        journal_offsets_sort(&offsets);
        assert_int_equal(offsets.n, 300); /* each once */
        assert_int_equal(journal_value_entries(&bytes, str_of("GROUP=9"), &offsets), 0);
        assert_int_equal(offsets.n, 300);
        journal_offsets_done(&offsets);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_entries_of_a_value_are_found),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
