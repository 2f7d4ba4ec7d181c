/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/strbuf.h"
#include "unit/unit_source.h"

/* One word per item: "line-end[Section]", "line-end key=value", "line!" for junk, "error". */
static char *describe(Str text, Diag *diag, int *ret_result) {
        AUTO(unit_source_done) UnitSource source = { 0 };
        StrBuf out = STRBUF_INIT;
        int r;

        unit_source_init(&source, text, "/x.service", "x.service", diag);
        while ((r = unit_source_next(&source)) > 0) {
                strbuf_addf(&out, "%u-%u", source.line, source.end_line);
                if (r == UNIT_SOURCE_SECTION)
                        strbuf_addf(&out, "[%.*s]|", STR_ARG(source.section));
                else if (r == UNIT_SOURCE_ASSIGNMENT)
                        strbuf_addf(&out,
                                    " %.*s.%.*s=%.*s|",
                                    STR_ARG(source.section),
                                    STR_ARG(source.key),
                                    STR_ARG(source.value));
                else
                        strbuf_add(&out, "!|");
        }
        *ret_result = r;
        return strbuf_steal(&out);
}

typedef struct Case {
        Str text;
        const char *items;
        int result;
        const char *finding; /* the last one, NULL for none */
        unsigned line;
} Case;

#define TEXT(s) STR_LITERAL(s)

static const Case cases[] = {
        { TEXT(""), "", 0, NULL, 0 },
        { TEXT("[A]\nb=c"), "1-1[A]|2-2 A.b=c|", 0, NULL, 0 },
        { TEXT("[A]\r\n b = c d \r\n\r\ne=f"), "1-1[A]|2-2 A.b=c d|4-4 A.e=f|", 0, NULL, 0 },
        { TEXT("[A]\rb=c\n\rd=e\n\nf=g"), "1-1[A]|2-2 A.b=c|3-3 A.d=e|5-5 A.f=g|", 0, NULL, 0 },
        { TEXT("[A]\nb=c\0d=e\n"), "1-1[A]|2-2 A.b=c|3-3 A.d=e|", 0, NULL, 0 },
        { TEXT("\xef\xbb\xbf[A]\n#x\n ;y\nb=\n"), "1-1[A]|4-4 A.b=|", 0, NULL, 0 },
        { TEXT("[A]\nb=c \\\n# no\n ; no\n  d\n"), "1-1[A]|2-5 A.b=c    d|", 0, NULL, 0 },
        { TEXT("[A]\nb=c\\\\\nd=e"), "1-1[A]|2-2 A.b=c\\\\|3-3 A.d=e|", 0, NULL, 0 },
        { TEXT("[A]\nb=c\\\\\\\nd"), "1-1[A]|2-3 A.b=c\\\\ d|", 0, NULL, 0 },
        { TEXT("[A]\nb=c\\"), "1-1[A]|2-3 A.b=c|", 0, NULL, 0 },
        { TEXT("[A]\nb=\\\n\nd=e"), "1-1[A]|2-3 A.b=|4-4 A.d=e|", 0, NULL, 0 },
        { TEXT("[A\\\nB]\nc=d\\\ne"), "1-2[A B]|3-4 A B.c=d e|", 0, NULL, 0 },
        { TEXT("a=b\n"), "1-1!|", 0, "Assignment outside of section. Ignoring.", 1 },
        { TEXT("[A]\nb\n"), "1-1[A]|2-2!|", 0, "Missing '=', ignoring line.", 2 },
        { TEXT("[A]\n=b"), "1-1[A]|2-2!|", 0, "Missing key name before '=', ignoring line.", 2 },
        { TEXT("[A\nb=c"), "", -EBADMSG, "Invalid section header '[A'", 1 },
        { TEXT("[A]\n["), "1-1[A]|", -EBADMSG, "Invalid section header '['", 2 },
        { TEXT("[A\"]"), "", -EBADMSG, "Bad characters in section header '[A\"]'", 1 },
        { TEXT("[A]\nb=\xff"
               "c"),
          "1-1[A]|",
          -EINVAL,
          "String is not UTF-8 clean, ignoring assignment: b=\xef\xbf\xbd"
          "c",
          2 },
        { TEXT("[A]\n#\xff\nb=c"), "1-1[A]|3-3 A.b=c|", 0, NULL, 0 },
};

static void test_items_and_positions(void **state) {
        (void)state;
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(diag_clear) Diag diag = DIAG_INIT;
                int r;
                AUTO_FREE char *items = describe(cases[i].text, &diag, &r);

                assert_string_equal(items, cases[i].items);
                assert_int_equal(r, cases[i].result);
                assert_int_equal(diag.n_findings, cases[i].finding ? 1 : 0);
                if (!cases[i].finding)
                        continue;
                assert_string_equal(diag.findings[0].text, cases[i].finding);
                assert_int_equal(diag.findings[0].line, cases[i].line);
        }
}

static void test_ignored_sections_are_silent(void **state) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        AUTO(unit_source_done) UnitSource source = { 0 };

        (void)state;
        unit_source_init(&source, TEXT("[X-A]\nb\n=\nc=d\n[E]\nf=g"), "/x", "x", &diag);
        assert_int_equal(unit_source_next(&source), UNIT_SOURCE_SECTION);
        source.section_ignored = true;
        assert_int_equal(unit_source_next(&source), UNIT_SOURCE_SECTION);
        assert_int_equal(unit_source_next(&source), UNIT_SOURCE_ASSIGNMENT);
        assert_int_equal(unit_source_next(&source), UNIT_SOURCE_END);
        assert_int_equal(diag.n_findings, 0);
}

static void test_long_lines_are_refused(void **state) {
        AUTO(strbuf_done) StrBuf one = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf joined = STRBUF_INIT;

        (void)state;
        strbuf_add(&one, "[A]\n#");
        for (int i = 0; i < UNIT_LINE_MAX; i++)
                strbuf_add_char(&one, 'x');
        strbuf_add(&joined, "[A]\nb=c\\\n");
        for (int i = 0; i < UNIT_LINE_MAX / 4; i++)
                strbuf_add(&joined, "abcdefg\\\n");
        for (int i = 0; i < 2; i++) {
                AUTO(diag_clear) Diag diag = DIAG_INIT;
                const StrBuf *text = i ? &joined : &one;
                int r;
                free(describe((Str){ text->data, text->length }, &diag, &r));

                assert_int_equal(r, -ENOBUFS);
                assert_string_equal(diag.findings[0].text, "Line too long");
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_items_and_positions),
                cmocka_unit_test(test_ignored_sections_are_silent),
                cmocka_unit_test(test_long_lines_are_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
