/* SPDX-License-Identifier: Apache-2.0 */
#include "host/timer_ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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
        assert_in_range(n, TIMER_LEDGER_RUNS, 2 * TIMER_LEDGER_RUNS + 1);
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

static void test_a_damaged_line_is_refused(void **state UNUSED) {
        static const char *const lines[] = {
                "",
                "1 2 3 success 4",
                "1 2 3 success 4 5 6",
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
                cmocka_unit_test(test_a_damaged_line_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
