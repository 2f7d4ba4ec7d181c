/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include "tend/systemctl/process_tree_text.h"

static void
expect(const ProcessTree *tree, ProcessRows *rows, const char *top, const char *expected) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        process_tree_print(tree, rows, top, &out);
        assert_string_equal(strbuf_text(&out), expected);
}

static void fill(ProcessRows *rows) {
        assert_int_equal(process_rows_add(rows, "/s/b.service", 100, "b one"), 0);
        assert_int_equal(process_rows_add(rows, "/s/a.service/sub", 7, "a sub"), 0);
        assert_int_equal(process_rows_add(rows, "/s/a.service", 12, "a two"), 0);
        assert_int_equal(process_rows_add(rows, "/s/a.service", 3, "a one"), 0);
        assert_int_equal(process_rows_add(rows, "/s/a.service-x", 4, "x"), 0);
}

static void test_groups_are_branches_and_processes_leaves(void **state UNUSED) {
        AUTO(process_rows_done) ProcessRows rows = { 0 };
        const ProcessTree tree = { .prefix = "> " };

        fill(&rows);
        expect(&tree,
               &rows,
               "/s",
               "> \u251c\u2500a.service\n"
               "> \u2502 \u251c\u2500 3 a one\n"
               "> \u2502 \u251c\u250012 a two\n"
               "> \u2502 \u2514\u2500sub\n"
               "> \u2502   \u2514\u25007 a sub\n"
               "> \u251c\u2500a.service-x\n"
               "> \u2502 \u2514\u25004 x\n"
               "> \u2514\u2500b.service\n"
               ">   \u2514\u2500100 b one\n");
}

static void test_only_what_is_below_the_top_is_shown(void **state UNUSED) {
        AUTO(process_rows_done) ProcessRows rows = { 0 };
        const ProcessTree tree = { .prefix = "" };

        fill(&rows);
        expect(&tree,
               &rows,
               "/s/a.service",
               "\u251c\u2500 3 a one\n\u251c\u250012 a two\n\u2514\u2500sub\n  \u2514\u25007 a sub\n");
}

static void test_without_groups_there_are_only_processes(void **state UNUSED) {
        AUTO(process_rows_done) ProcessRows rows = { 0 };
        const ProcessTree tree = { .prefix = "" };

        assert_int_equal(process_rows_add(&rows, "/", 5, "five"), 0);
        expect(&tree, &rows, "", "\u2514\u25005 five\n");
        expect(&tree, &rows, "/", "\u2514\u25005 five\n");
}

static void test_long_lines_end_with_the_terminal(void **state UNUSED) {
        AUTO(process_rows_done) ProcessRows rows = { 0 };
        const ProcessTree tree = { .prefix = "", .width = 12 };

        assert_int_equal(process_rows_add(&rows, "/a", 5, "a long command"), 0);
        expect(&tree, &rows, "/a", "\u2514\u25005 a long \u2026\n");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_groups_are_branches_and_processes_leaves),
                cmocka_unit_test(test_only_what_is_below_the_top_is_shown),
                cmocka_unit_test(test_without_groups_there_are_only_processes),
                cmocka_unit_test(test_long_lines_end_with_the_terminal),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
