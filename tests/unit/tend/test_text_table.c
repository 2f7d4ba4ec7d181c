/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include "tend/text_table.h"

static const TextColumn columns[] = {
        { .heading = "NAME" },
        { .heading = "IDLE TIME", .right = true },
        { .heading = "WHAT" },
        { 0 },
};

static void fill(TextTable *table) {
        text_table_init(table, columns);
        text_table_add(table, "b", STYLE_PLAIN);
        text_table_add_number(table, 12, STYLE_PLAIN);
        text_table_add(table, "two words", STYLE_PLAIN);
        text_table_add(table, "longer", STYLE_PLAIN);
        text_table_add(table, NULL, STYLE_PLAIN);
        text_table_add(table, "x\"y", STYLE_PLAIN);
}

static void expect(const TextTable *table, unsigned flags, size_t width, const char *expected) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        assert_int_equal(text_table_print(table, flags, width, &out), 0);
        assert_string_equal(strbuf_text(&out), expected);
}

static void test_columns_are_as_wide_as_they_must_be(void **state UNUSED) {
        AUTO(text_table_done) TextTable table = { 0 };

        fill(&table);
        table.empty = "-";
        expect(&table,
               0,
               0,
               "NAME   IDLE TIME WHAT\n"
               "b             12 two words\n"
               "longer         - x\"y\n");
        expect(&table, TEXT_TABLE_NO_HEADER, 0, "b      12 two words\nlonger  - x\"y\n");
}

static void test_hidden_columns_are_left_out(void **state UNUSED) {
        AUTO(text_table_done) TextTable table = { 0 };

        fill(&table);
        table.columns[2].hidden = true;
        table.columns[0].hidden = true;
        expect(&table, 0, 0, "IDLE TIME\n       12\n         \n");
}

static void test_the_last_column_ends_with_the_terminal(void **state UNUSED) {
        AUTO(text_table_done) TextTable table = { 0 };

        fill(&table);
        expect(&table, TEXT_TABLE_NO_HEADER, 14, "b      12 two\u2026\nlonger    x\"y\n");
}

static void test_json_has_the_headings_as_keys(void **state UNUSED) {
        AUTO(text_table_done) TextTable table = { 0 };

        fill(&table);
        expect(&table,
               TEXT_TABLE_JSON,
               0,
               "[{\"name\":\"b\",\"idle_time\":12,\"what\":\"two words\"},"
               "{\"name\":\"longer\",\"idle_time\":null,\"what\":\"x\\\"y\"}]\n");
}

static void test_an_empty_table_is_a_heading_or_an_empty_list(void **state UNUSED) {
        AUTO(text_table_done) TextTable table = { 0 };

        text_table_init(&table, columns);
        expect(&table, 0, 0, "NAME IDLE TIME WHAT\n");
        expect(&table, TEXT_TABLE_JSON, 0, "[]\n");
        expect(&table, TEXT_TABLE_JSON | TEXT_TABLE_PRETTY, 0, "[]\n");
}

static void test_rows_are_ordered_by_columns(void **state UNUSED) {
        AUTO(text_table_done) TextTable table = { 0 };
        static const int order[] = { 2, 0, -1 };

        fill(&table);
        text_table_add(&table, "a", STYLE_PLAIN);
        text_table_add(&table, NULL, STYLE_PLAIN);
        text_table_add(&table, "two words", STYLE_PLAIN);
        text_table_sort(&table, order);
        expect(&table,
               TEXT_TABLE_NO_HEADER,
               0,
               "a         two words\n"
               "b      12 two words\n"
               "longer    x\"y\n");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_columns_are_as_wide_as_they_must_be),
                cmocka_unit_test(test_hidden_columns_are_left_out),
                cmocka_unit_test(test_the_last_column_ends_with_the_terminal),
                cmocka_unit_test(test_json_has_the_headings_as_keys),
                cmocka_unit_test(test_an_empty_table_is_a_heading_or_an_empty_list),
                cmocka_unit_test(test_rows_are_ordered_by_columns),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
