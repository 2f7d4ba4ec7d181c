/* SPDX-License-Identifier: Apache-2.0 */
#include "host/timer_ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "unit_test.h"

static void test_a_ledger_keeps_the_newest_runs(void **state UNUSED) {
        char directory[] = "/tmp/test-ledger-XXXXXX";
        AUTO_FREE TimerEntry *entries = NULL;
        unsigned n = 0;
        assert_non_null(mkdtemp(directory));
        AUTO_FREE char *path = path_join(directory, "below/a.timer");
        assert_int_equal(timer_ledger_read(path, &entries, &n), 0);
        assert_int_equal(n, 0);
        free(entries);
        for (unsigned i = 1; i <= 4 * TIMER_LEDGER_RUNS; i++) {
                TimerEntry entry = { .run = { .due_usec = i, .started_usec = i + 1, .n_missed = 3 },
                                     .finished_usec = i + 2,
                                     .result = "success" };
                assert_int_equal(timer_ledger_add(path, &entry), 0);
                entry.finished_usec++; /* by another manager */
                assert_int_equal(timer_ledger_add(path, &entry), 0);
        }
        assert_int_equal(timer_ledger_read(path, &entries, &n), 0);
        assert_int_equal(n, TIMER_LEDGER_RUNS);
        assert_int_equal(entries[n - 1].run.due_usec, 4 * TIMER_LEDGER_RUNS);
        assert_int_equal(entries[n - 1].run.n_missed, 3);
        assert_string_equal(entries[n - 1].result, "success");
        assert_int_equal(dir_remove_all(directory), 0);
}

static void test_a_torn_line_costs_only_itself(void **state UNUSED) {
        const TimerEntry entry = { .run = { .due_usec = 5, .started_usec = 6 },
                                   .finished_usec = 7,
                                   .result = "success" };
        char directory[] = "/tmp/test-ledger-XXXXXX";
        AUTO_FREE TimerEntry *entries = NULL;
        unsigned n = 0;
        assert_non_null(mkdtemp(directory));
        AUTO_FREE char *path = path_join(directory, "a.timer");
        assert_true(file_write_atomic(path, STR_LITERAL("1 2 3 success 0 0\n17952"), 0644, false) >=
                    0);
        assert_int_equal(timer_ledger_add(path, &entry), 0);
        assert_int_equal(timer_ledger_read(path, &entries, &n), 0);
        assert_int_equal(n, 2);
        assert_int_equal(entries[1].run.due_usec, 5);
        assert_int_equal(dir_remove_all(directory), 0);
}

static TimerEntry entry_of(uint64_t due_usec, const char *result) {
        TimerEntry entry = { .run = { .due_usec = due_usec, .started_usec = due_usec + 1 } };
        (void)snprintf(entry.result, sizeof(entry.result), "%s", result); /* fits */
        return entry;
}

/* What `add` is given one after the other, and what is read then. */
static void test_an_end_takes_the_place_of_its_beginning(void **state UNUSED) {
        const TimerEntry written[] = {
                entry_of(1000000, TIMER_LEDGER_OPEN), entry_of(1000000, "success"),
                entry_of(2000000, TIMER_LEDGER_OPEN), entry_of(2000000, TIMER_LEDGER_OPEN),
                entry_of(2000001, TIMER_LEDGER_OPEN), entry_of(2000001, "exit-code"),
                entry_of(3000000, TIMER_LEDGER_OPEN), entry_of(4000000, TIMER_LEDGER_OPEN),
        };
        static const char *const expected[] = {
                "success", "exit-code", TIMER_LEDGER_LOST, TIMER_LEDGER_OPEN
        };
        char directory[] = "/tmp/test-ledger-XXXXXX";
        AUTO_FREE TimerEntry *entries = NULL;
        TimerEntry open;
        unsigned n = 0;
        assert_non_null(mkdtemp(directory));
        AUTO_FREE char *path = path_join(directory, "a.timer");
        assert_false(timer_ledger_find_open(path, &open));
        for (size_t i = 0; i < ARRAY_LENGTH(written); i++)
                assert_int_equal(timer_ledger_add(path, &written[i]), 0);
        assert_int_equal(timer_ledger_read(path, &entries, &n), 0);
        assert_int_equal(n, ARRAY_LENGTH(expected));
        for (unsigned i = 0; i < n; i++)
                assert_string_equal(entries[i].result, expected[i]);
        assert_true(timer_ledger_find_open(path, &open));
        assert_int_equal(open.run.due_usec, 4000000);
        const TimerEntry lost = entry_of(4000000, TIMER_LEDGER_LOST);
        assert_int_equal(timer_ledger_add(path, &lost), 0);
        assert_false(timer_ledger_find_open(path, &open));
        assert_int_equal(dir_remove_all(directory), 0);
}

/* Megabytes of something else: what follows is written and read, and the file gets small again. */
static void test_a_ledger_that_something_else_was_written_to_heals(void **state UNUSED) {
        char directory[] = "/tmp/test-ledger-XXXXXX";
        AUTO_FREE TimerEntry *entries = NULL;
        AUTO_FREE char *noise = calloc(1, 3 << 20);
        struct stat st;
        unsigned n = 0;
        assert_non_null(mkdtemp(directory));
        assert_non_null(noise);
        AUTO_FREE char *path = path_join(directory, "a.timer");
        assert_true(file_write_atomic(path, (Str){ noise, 3 << 20 }, 0644, false) >= 0);
        const TimerEntry first = entry_of(1000000, "success"), second = entry_of(2000000, "signal");
        assert_int_equal(timer_ledger_add(path, &first), 0);
        assert_int_equal(timer_ledger_add(path, &second), 0);
        assert_int_equal(timer_ledger_read(path, &entries, &n), 0);
        assert_int_equal(n, 2);
        assert_string_equal(entries[1].result, "signal");
        assert_int_equal(stat(path, &st), 0);
        assert_in_range(st.st_size, 1, 4096);
        assert_int_equal(dir_remove_all(directory), 0);
}

static void test_only_the_newest_files_of_transient_timers_stay(void **state UNUSED) {
        const TimerEntry entry = entry_of(1000000, "success");
        char directory[] = "/tmp/test-ledger-XXXXXX";
        assert_non_null(mkdtemp(directory));
        for (unsigned i = 0; i <= TIMER_LEDGER_TRANSIENT; i++) {
                AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
                const struct timespec when[2] = { { .tv_sec = 1000 + i }, { .tv_sec = 1000 + i } };
                strbuf_addf(&path, "%s/run-%u.timer", directory, i);
                assert_int_equal(timer_ledger_add(strbuf_text(&path), &entry), 0);
                assert_int_equal(utimensat(AT_FDCWD, strbuf_text(&path), when, 0), 0);
                timer_ledger_prune(strbuf_text(&path));
        }
        AUTO_FREE char *oldest = path_join(directory, "run-0.timer");
        AUTO_FREE char *next = path_join(directory, "run-1.timer");
        assert_int_not_equal(access(oldest, F_OK), 0);
        assert_int_equal(access(next, F_OK), 0);
        assert_int_equal(dir_remove_all(directory), 0);
}

static void test_a_damaged_line_is_refused(void **state UNUSED) {
        static const char *const lines[] = {
                "",
                "1 2 3 success 4",
                "1 2 3 success 4 5 6 7",
                "1 2 3 success 4 5 x",
                "1 2 x success 4 5",
                "1 2 3 a-result-that-is-much-longer-than-any-of-them 4 5",
                "1 2 3 success 4 99999999999",
        };
        TimerEntry entry;
        for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
                assert_int_equal(timer_ledger_parse(str_of(lines[i]), &entry), -EBADMSG);
        assert_int_equal(timer_ledger_parse(STR_LITERAL("1 2 3 success 4 5"), &entry), 0);
        assert_int_equal(entry.run.n_skipped, 4);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_ledger_keeps_the_newest_runs),
                cmocka_unit_test(test_a_torn_line_costs_only_itself),
                cmocka_unit_test(test_an_end_takes_the_place_of_its_beginning),
                cmocka_unit_test(test_a_ledger_that_something_else_was_written_to_heals),
                cmocka_unit_test(test_only_the_newest_files_of_transient_timers_stay),
                cmocka_unit_test(test_a_damaged_line_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
