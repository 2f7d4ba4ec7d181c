/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_read.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>

#include "journal/journal_cursor.h"
#include "journal/journal_merge.h"
#include "journal/journal_render.h"
#include "journal_memory.h"

#include "unit_test.h"

#define N 300

/* A reader of a file with entries `first`, `first` + `step` and so on, N of them. */
static JournalReader *new_reader(bool compact, unsigned first, unsigned step) {
        const JournalFileOptions options = {
                .machine_id = { { 9 } },
                .max_size = 4 * 1024 * 1024,
                .compact = compact,
                .compress_threshold = JOURNAL_COMPRESS_THRESHOLD,
        };
        AUTO(journal_file_free) JournalFile *file = NULL;
        JournalReader *reader = NULL;

        assert_int_equal(journal_file_create(memory_map_new(NULL, 0), &options, &file), 0);
        for (unsigned i = 0; i < N; i++)
                memory_append(file, first + i * step);
        JournalMap *copy = memory_map_new(file->map->base, file->map->size);
        copy->size = file->map->size;
        assert_int_equal(journal_reader_new(copy, "memory", &reader), 0);
        return reader;
}

static uint64_t number_of(const JournalPlace *place) {
        return le64toh(place->entry->realtime) - 1000000000000000;
}

/* Asserts what comes next from the set; -1 is the end. */
static void expect(JournalSet *set, const int64_t *numbers) {
        JournalPlace place;

        for (; *numbers >= 0; numbers++) {
                assert_true(journal_set_next(set, &place));
                assert_int_equal(number_of(&place), *numbers);
        }
}

static void test_all_entries_come_in_both_directions(void **state UNUSED) {
        for (unsigned compact = 0; compact < 2; compact++) {
                AUTO(journal_set_done) JournalSet set = { 0 };
                JournalPlace place;

                assert_int_equal(journal_set_add(&set, new_reader(compact, 0, 1)), 0);
                journal_set_seek_head(&set);
                for (unsigned i = 0; i < N; i++)
                        expect(&set, (int64_t[]){ i, -1 });
                assert_false(journal_set_next(&set, &place));
                journal_set_seek_tail(&set, true);
                for (unsigned i = N; i > 0; i--)
                        expect(&set, (int64_t[]){ i - 1, -1 });
                assert_false(journal_set_next(&set, &place));
        }
}

static void test_moments_are_found(void **state UNUSED) {
        AUTO(journal_set_done) JournalSet set = { 0 };
        JournalPlace place;
        const uint64_t base = 1000000000000000;

        assert_int_equal(journal_set_add(&set, new_reader(true, 0, 2)), 0);
        journal_set_seek_realtime(&set, base + 7, false);
        expect(&set, (int64_t[]){ 8, 10, -1 });
        journal_set_seek_realtime(&set, base + 7, true);
        expect(&set, (int64_t[]){ 6, 4, -1 });
        journal_set_seek_realtime(&set, base + 8, true);
        expect(&set, (int64_t[]){ 8, 6, -1 });
        journal_set_seek_realtime(&set, base + 10000, false);
        assert_false(journal_set_next(&set, &place));
        journal_set_seek_realtime(&set, base - 1, true);
        assert_false(journal_set_next(&set, &place));
}

static void test_files_are_merged_by_time(void **state UNUSED) {
        AUTO(journal_set_done) JournalSet set = { 0 };

        assert_int_equal(journal_set_add(&set, new_reader(true, 0, 2)), 0);
        assert_int_equal(journal_set_add(&set, new_reader(false, 1, 2)), 0);
        journal_set_seek_head(&set);
        for (unsigned i = 0; i < 2 * N; i++)
                expect(&set, (int64_t[]){ i, -1 });
        journal_set_seek_tail(&set, true);
        for (unsigned i = 2 * N; i > 0; i--)
                expect(&set, (int64_t[]){ i - 1, -1 });
}

static void test_matches_choose(void **state UNUSED) {
        static const struct {
                const char *words[8];
                int64_t numbers[8];
        } cases[] = {
                { { "GROUP=1" }, { 1, 4, 7, 10, -1 } },
                { { "GROUP=1", "GROUP=2" }, { 1, 2, 4, 5, -1 } },
                { { "GROUP=1", "MESSAGE=message 4" }, { 4, -1 } },
                { { "GROUP=1", "MESSAGE=message 4", "+", "MESSAGE=message 2" }, { 2, 4, -1 } },
                { { "GROUP=0", "&", "MESSAGE=message 4" }, { -1 } },
                { { "GROUP=1", "&", "MESSAGE=message 4" }, { 4, -1 } },
                { { "NOTHING=1" }, { -1 } },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(journal_matches_done) JournalMatches matches = { 0 };
                AUTO(journal_set_done) JournalSet set = { 0 };

                for (const char *const *word = cases[i].words; *word; word++) {
                        if (streq(*word, "+"))
                                journal_matches_or(&matches);
                        else if (streq(*word, "&"))
                                journal_matches_and(&matches);
                        else
                                assert_int_equal(journal_matches_add(&matches, str_of(*word)), 0);
                }
                assert_int_equal(journal_set_add(&set, new_reader(i % 2, 0, 1)), 0);
                assert_int_equal(journal_set_match(&set, &matches), 0);
                journal_set_seek_head(&set);
                expect(&set, cases[i].numbers);
        }
}

static void test_what_is_no_match_is_refused(void **state UNUSED) {
        static const char *const bad[] = { "", "=", "=x", "lower=x", "1A=x", "NAME" };
        AUTO(journal_matches_done) JournalMatches matches = { 0 };

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_int_equal(journal_matches_add(&matches, str_of(bad[i])), -EINVAL);
}

static void test_cursors_lead_back(void **state UNUSED) {
        AUTO(journal_set_done) JournalSet set = { 0 };
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT, again = STRBUF_INIT;
        JournalLocation location;
        JournalPlace place;

        assert_int_equal(journal_set_add(&set, new_reader(true, 0, 2)), 0);
        assert_int_equal(journal_set_add(&set, new_reader(true, 1, 2)), 0);
        journal_set_seek_head(&set);
        for (unsigned i = 0; i < 100; i++)
                assert_true(journal_set_next(&set, &place));
        journal_cursor_print(&text, &place);
        assert_int_equal(journal_cursor_parse(str_of(strbuf_text(&text)), &location), 0);
        journal_set_seek(&set, &location, false);
        expect(&set, (int64_t[]){ 99, 100, 101, -1 });
        journal_set_seek(&set, &location, true);
        expect(&set, (int64_t[]){ 99, 98, 97, -1 });
        journal_set_seek(&set, &location, false);
        assert_true(journal_set_next(&set, &place));
        journal_cursor_print(&again, &place);
        assert_string_equal(strbuf_text(&text), strbuf_text(&again));
        assert_int_equal(journal_cursor_parse(str_of("bogus"), &location), -EINVAL);
        assert_int_equal(journal_cursor_parse(str_of("i=1"), &location), -EINVAL);
}

static void test_entries_become_text(void **state UNUSED) {
        AUTO(journal_set_done) JournalSet set = { 0 };
        AUTO(journal_renderer_free) JournalRenderer *renderer = NULL;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        JournalPlace place;

        assert_int_equal(journal_set_add(&set, new_reader(true, 0, 1)), 0);
        journal_set_seek_head(&set);
        assert_true(journal_set_next(&set, &place));
        assert_int_equal(journal_renderer_new(JOURNAL_OUTPUT_SHORT_UNIX, 0, NULL, &renderer), 0);
        journal_render(renderer, &place, &out);
        assert_string_equal(strbuf_text(&out), "1000000000.000000 test: message 0\n");
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_all_entries_come_in_both_directions),
                cmocka_unit_test(test_moments_are_found),
                cmocka_unit_test(test_files_are_merged_by_time),
                cmocka_unit_test(test_matches_choose),
                cmocka_unit_test(test_what_is_no_match_is_refused),
                cmocka_unit_test(test_cursors_lead_back),
                cmocka_unit_test(test_entries_become_text),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
