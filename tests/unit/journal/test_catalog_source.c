/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/catalog_source.h"

#include <errno.h>

#include "journal/journal_catalog.h"
#include "unit_test.h"

#define ID_A "39f50000000000000000000000000000"

/* The text of ID_A in a language, of files that are added in this order. */
static char *text_of(const char *const *files, size_t n, const char *language) {
        AUTO(catalog_source_free) CatalogSource *source = NULL;
        AUTO(journal_catalog_free) JournalCatalog *catalog = NULL;
        AUTO(strbuf_done) StrBuf bytes = STRBUF_INIT;
        Str text;
        Id128 id;

        assert_int_equal(catalog_source_new(&source), 0);
        for (size_t i = 0; i < n; i++)
                assert_int_equal(catalog_source_add(source, str_of(files[i]), "/x/x.catalog", NULL),
                                 0);
        assert_int_equal(catalog_source_print(source, &bytes), 0);
        assert_int_equal(journal_catalog_new((Str){ bytes.data, bytes.length }, language, &catalog),
                         0);
        assert_int_equal(id128_parse(str_of(ID_A), &id), 0);
        assert_true(journal_catalog_find(catalog, id, &text));
        return str_dup(text);
}

static void test_later_files_add_headers_and_change_the_body(void **state UNUSED) {
        static const char *const files[] = {
                "-- " ID_A "\nSubject: a\nBy: x\n\nBody of a\n",
                "-- " ID_A "\nSubject: b\n\nBody of b\n",
                "-- " ID_A "\nDocumentation: c\n",
        };
        AUTO_FREE char *one = text_of(files, 1, NULL);
        AUTO_FREE char *two = text_of(files, 2, NULL);
        AUTO_FREE char *three = text_of(files, 3, NULL);

        assert_string_equal(one, "Subject: a\nBy: x\n\nBody of a\n");
        assert_string_equal(two, "Subject: b\nSubject: a\nBy: x\n\nBody of b\n");
        assert_string_equal(three,
                            "Documentation: c\nSubject: b\nSubject: a\nBy: x\n\nBody of b\n");
}

static void test_comments_and_gaps_are_left_out(void **state UNUSED) {
        static const char *const files[] = {
                "# one\n\n-- " ID_A "\n; two\nSubject: a\n\n\n\nBody\n-- no id\n\n\n",
        };
        AUTO_FREE char *text = text_of(files, 1, NULL);

        assert_string_equal(text, "Subject: a\n\nBody\n-- no id\n");
}

static void test_a_language_stands_behind_the_id(void **state UNUSED) {
        static const char *const files[] = {
                "-- " ID_A "\nSubject: a\n\n-- " ID_A " de\nSubject: deutsch\n",
        };
        AUTO_FREE char *plain = text_of(files, 1, "fr");
        AUTO_FREE char *german = text_of(files, 1, "de_DE");

        assert_string_equal(plain, "Subject: a\n");
        assert_string_equal(german, "Subject: deutsch\n");
}

static void test_what_is_wrong_is_told_with_its_line(void **state UNUSED) {
        static const struct {
                const char *text;
                unsigned line;
        } cases[] = {
                { "junk\n", 1 },
                { "\n-- 39f5\nSubject: a\n", 2 },
                { "-- " ID_A "\n\n-- " ID_A "\nSubject: a\n", 3 },
                { "-- " ID_A " x\nSubject: a\n", 1 },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(catalog_source_free) CatalogSource *source = NULL;
                AUTO(diag_clear) Diag diag = DIAG_INIT;
                assert_int_equal(catalog_source_new(&source), 0);
                assert_int_equal(
                        catalog_source_add(source, str_of(cases[i].text), "/x/x.catalog", &diag),
                        -EBADMSG);
                assert_int_equal(diag.n_findings, 1);
                assert_int_equal(diag.findings[0].line, cases[i].line);
        }
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_later_files_add_headers_and_change_the_body),
                cmocka_unit_test(test_comments_and_gaps_are_left_out),
                cmocka_unit_test(test_a_language_stands_behind_the_id),
                cmocka_unit_test(test_what_is_wrong_is_told_with_its_line),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
