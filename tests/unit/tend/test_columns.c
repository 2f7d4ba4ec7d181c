/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include "tend/columns.h"

static const char *const heading[] = { "A", "UNIT", "WHY", NULL };

static void add_row(Columns *columns, const char *a, const char *b, const char *c) {
        columns_add(columns, a, STYLE_PLAIN);
        columns_add(columns, b, STYLE_GOOD);
        columns_add(columns, c, STYLE_PLAIN);
}

static void expect(unsigned flags, size_t width, const char *expected) {
        AUTO(columns_done) Columns columns = { 0 };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        columns_init(&columns, heading);
        add_row(&columns, "1", "web.service", "it is up");
        add_row(&columns, "22", "\u00fc.service", NULL);
        assert_int_equal(columns_n_rows(&columns), 2);
        assert_int_equal(columns_print(&columns, flags, width, &out), 0);
        assert_string_equal(strbuf_text(&out), expected);
}

static void test_columns_are_as_wide_as_their_widest_cell(void **state UNUSED) {
        expect(0,
               0,
               "A   UNIT         WHY\n"
               "1   web.service  it is up\n"
               "22  \u00fc.service\n");
}

static void test_the_last_column_is_cut(void **state UNUSED) {
        expect(0,
               22,
               "A   UNIT         WHY\n"
               "1   web.service  it i\u2026\n"
               "22  \u00fc.service\n");
}

static void test_colour_does_not_count_as_width(void **state UNUSED) {
        expect(TEND_COLOUR,
               0,
               "\033[1mA\033[0m   \033[1mUNIT\033[0m         \033[1mWHY\033[0m\n"
               "1   \033[32mweb.service\033[0m  it is up\n"
               "22  \033[32m\u00fc.service\033[0m\n");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_columns_are_as_wide_as_their_widest_cell),
                cmocka_unit_test(test_the_last_column_is_cut),
                cmocka_unit_test(test_colour_does_not_count_as_width),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
