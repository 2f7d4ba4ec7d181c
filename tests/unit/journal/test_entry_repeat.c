/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/entry_repeat.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"

#include "journal_memory.h"

#include "unit_test.h"

#define N_ENTRIES 6000 /* lists get several arrays */

static JournalFile *new_file(bool compact) {
        const JournalFileOptions options = { .machine_id = { { 9 } },
                                             .max_size = 8 << 20,
                                             .compact = compact };
        JournalFile *file = NULL;

        assert_int_equal(journal_file_create(memory_map_new(NULL, 0), &options, &file), 0);
        file->header->file_id = file->header->seqnum_id = (Id128){ { 7 } };
        return file;
}

/* The values of entry `number`: most repeat, one or two are new, now and then something differs. */
static size_t make_values(unsigned number, char texts[8][32]) {
        size_t n = 0;

        (void)snprintf(texts[n++], 32, "MESSAGE=line %u", number);
        (void)snprintf(texts[n++], 32, "_PID=%u", number / 700 % 2);
        (void)snprintf(texts[n++], 32, "_UID=%u", number % 97 == 5 ? 1U : 0);
        if (number % 1000 > 400)
                (void)snprintf(texts[n++], 32, "STEP=%u", number / (number % 2000 > 1500 ? 3 : 1));
        (void)snprintf(texts[n++], 32, "_COMM=test");
        if (number % 211 == 0)
                (void)snprintf(texts[n++], 32, "_COMM=test"); /* twice */
        if (number % 61 < 40)
                (void)snprintf(texts[n++], 32, "LATE=%u", number % 61 / 30);
        return n;
}

/* Returns whether it repeats the one before. */
static bool append(JournalFile *file, unsigned number, bool hinted) {
        const JournalStamp stamp = { .realtime_usec = number + 1, .monotonic_usec = number + 1 };
        char texts[8][32];
        JournalItem items[8];
        size_t n = make_values(number, texts);

        for (size_t i = 0; i < n; i++) {
                const JournalHint hint = journal_hint_make(file, str_of(texts[i]));
                journal_hint_follow(file, &hint);
                assert_int_equal(journal_append_hinted(
                                         file, str_of(texts[i]), hinted ? &hint : NULL, &items[i]),
                                 0);
        }
        bool repeats = entry_repeat_applies(file, items, n);
        assert_int_equal(journal_append_entry(file, &stamp, items, n), 0);
        return repeats;
}

/* Byte for byte, and often enough to be a test. */
static void test_a_file_is_as_it_would_be_without(void **state UNUSED) {
        for (unsigned compact = 0; compact < 2; compact++) {
                AUTO(journal_file_free) JournalFile *with = new_file(compact);
                AUTO(journal_file_free) JournalFile *without = new_file(compact);
                unsigned n_repeated = 0;
                for (unsigned i = 0; i < N_ENTRIES; i++) {
                        n_repeated += append(with, i, true);
                        without->repeat.entry = 0;
                        assert_false(append(without, i, false));
                }
                assert_in_range(n_repeated, N_ENTRIES / 2, N_ENTRIES);
                assert_int_equal(with->end, without->end);
                assert_memory_equal(with->map->base, without->map->base, with->end);
                assert_int_equal(memory_check(with->map->base, with->map->size), N_ENTRIES);
                assert_true(memory_verify(with->map->base, with->map->size) <= 0);
        }
}

static void append_two(JournalFile *file, const char *first, const char *second) {
        const JournalStamp stamp = { .realtime_usec = 1, .monotonic_usec = 1 };
        JournalItem items[2];

        assert_int_equal(journal_append_data(file, str_of(first), &items[0]), 0);
        assert_int_equal(journal_append_data(file, str_of(second), &items[1]), 0);
        assert_int_equal(journal_append_entry(file, &stamp, items, 2), 0);
}

static bool applies(JournalFile *file, const char *first, const char *second) {
        JournalItem items[2];

        assert_int_equal(journal_append_data(file, str_of(first), &items[0]), 0);
        assert_int_equal(journal_append_data(file, str_of(second), &items[1]), 0);
        return entry_repeat_applies(file, items, 2);
}

static void test_what_differs_is_no_repetition(void **state UNUSED) {
        AUTO(journal_file_free) JournalFile *file = new_file(true);

        append_two(file, "A=old", "B=1");
        append_two(file, "A=old", "B=2");
        append_two(file, "A=old", "B=3");
        assert_true(applies(file, "A=old", "B=new"));
        assert_false(applies(file, "A=old", "B=1"));   /* was there before */
        assert_false(applies(file, "A=other", "B=2")); /* new where an old one was */
        assert_false(applies(file, "B=newer", "A=old"));
        append_two(file, "A=other", "B=4");
        assert_false(applies(file, "A=old", "B=newest")); /* another entry came between */
}

/* Closing gives values lists of their own: the ends that were known are not theirs. */
static void test_nothing_is_known_after_closing(void **state UNUSED) {
        AUTO(journal_file_free) JournalFile *file = new_file(true);

        append_two(file, "A=1", "B=1");
        append_two(file, "A=1", "B=2");
        assert_int_equal(journal_file_set_state(file, JOURNAL_OFFLINE), JOURNAL_OFFLINE);
        assert_false(applies(file, "A=1", "B=3"));
}

/* A value whose file was replaced in the meantime is hashed again. */
static void test_a_hint_of_another_file_is_none(void **state UNUSED) {
        AUTO(journal_file_free) JournalFile *file = new_file(true);
        AUTO(journal_file_free) JournalFile *other = new_file(true);
        Str value = STR_LITERAL("A=1");
        JournalItem item, again;

        other->header->file_id = (Id128){ { 8 } };
        const JournalHint hint = journal_hint_make(other, value);
        assert_int_equal(journal_append_hinted(file, value, &hint, &item), 0);
        assert_int_equal(journal_append_data(file, value, &again), 0);
        assert_int_equal(item.offset, again.offset);
        assert_int_not_equal(item.hash, hint.hashes.siphash);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_file_is_as_it_would_be_without),
                cmocka_unit_test(test_what_differs_is_no_repetition),
                cmocka_unit_test(test_nothing_is_known_after_closing),
                cmocka_unit_test(test_a_hint_of_another_file_is_none),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
