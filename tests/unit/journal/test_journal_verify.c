/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_verify.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "journal_memory.h"

#include "unit_test.h"

static JournalFile *new_file(void) {
        const JournalFileOptions options = {
                .machine_id = { { 9 } },
                .max_size = 1024 * 1024,
                .compact = true,
                .compress_threshold = JOURNAL_COMPRESS_THRESHOLD,
        };
        JournalFile *file = NULL;

        assert_int_equal(journal_file_create(memory_map_new(NULL, 0), &options, &file), 0);
        for (unsigned i = 0; i < 50; i++)
                memory_append(file, i);
        return file;
}

static int verify(const uint8_t *bytes, uint64_t size) {
        AUTO(journal_reader_free) JournalReader *reader = NULL;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        JournalMap *copy = memory_map_new(bytes, size);

        copy->size = size;
        assert_int_equal(journal_reader_new(copy, "memory", &reader), 0);
        int r = journal_verify(reader, &diag);
        assert_int_equal(r < 0, diag_has_errors(&diag));
        return r;
}

static void test_a_whole_file_passes(void **state UNUSED) {
        AUTO(journal_file_free) JournalFile *file = new_file();

        assert_int_equal(verify(file->map->base, file->map->size), 0);
}

static void test_counters_must_agree(void **state UNUSED) {
        AUTO(journal_file_free) JournalFile *file = new_file();

        file->header->n_entries = htole64(le64toh(file->header->n_entries) - 1);
        assert_int_equal(verify(file->map->base, file->map->size), -EBADMSG);
}

/* One bit of a value that nothing else depends on. */
static void test_a_changed_value_is_found(void **state UNUSED) {
        AUTO(journal_file_free) JournalFile *file = new_file();
        uint8_t *at = memmem(file->map->base, file->map->size, "message 7", 9);

        assert_non_null(at);
        at[8] ^= 1;
        assert_int_equal(verify(file->map->base, file->map->size), -EBADMSG);
}

/* The last object is the array of a value, or an entry; whatever is changed there is seen. */
static void test_any_changed_bit_of_the_last_objects_is_found(void **state UNUSED) {
        AUTO(journal_file_free) JournalFile *file = new_file();
        uint8_t *at = file->map->base + le64toh(file->header->tail_object_offset);

        for (unsigned bit = 0; bit < 8 * sizeof(JournalObject); bit++) {
                if (bit / 8 >= offsetof(JournalObject, reserved) &&
                    bit / 8 < offsetof(JournalObject, size))
                        continue; /* nobody reads it */
                at[bit / 8] ^= (uint8_t)(1U << bit % 8);
                assert_int_equal(verify(file->map->base, file->map->size), -EBADMSG);
                at[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        assert_int_equal(verify(file->map->base, file->map->size), 0);
}

static void test_what_the_header_says_must_hold(void **state UNUSED) {
        static const size_t places[] = {
                offsetof(JournalHeader, arena_size),
                offsetof(JournalHeader, data_hash_table_offset),
                offsetof(JournalHeader, data_hash_table_size),
                offsetof(JournalHeader, field_hash_table_offset),
                offsetof(JournalHeader, field_hash_table_size),
                offsetof(JournalHeader, tail_object_offset),
                offsetof(JournalHeader, n_objects),
                offsetof(JournalHeader, tail_entry_seqnum),
                offsetof(JournalHeader, head_entry_seqnum),
                offsetof(JournalHeader, head_entry_realtime),
                offsetof(JournalHeader, tail_entry_realtime),
                offsetof(JournalHeader, tail_entry_monotonic),
                offsetof(JournalHeader, n_tags),
        };
        AUTO(journal_file_free) JournalFile *file = new_file();

        for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
                file->map->base[places[i]] ^= 8;
                assert_int_equal(verify(file->map->base, file->map->size), -EBADMSG);
                file->map->base[places[i]] ^= 8;
        }
}

static void test_a_cut_file_is_found(void **state UNUSED) {
        AUTO(journal_file_free) JournalFile *file = new_file();
        uint64_t tail = le64toh(file->header->tail_object_offset);

        assert_int_equal(verify(file->map->base, tail), -EBADMSG);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_whole_file_passes),
                cmocka_unit_test(test_counters_must_agree),
                cmocka_unit_test(test_a_changed_value_is_found),
                cmocka_unit_test(test_any_changed_bit_of_the_last_objects_is_found),
                cmocka_unit_test(test_what_the_header_says_must_hold),
                cmocka_unit_test(test_a_cut_file_is_found),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
