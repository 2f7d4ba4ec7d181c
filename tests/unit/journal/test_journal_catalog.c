/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_catalog.h"

#include <endian.h>
#include <string.h>

#include "unit_test.h"

#define ID_A "39f50000000000000000000000000000"
#define ID_B "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

typedef struct Row {
        const char *id, *language, *text;
} Row;

/* In order of id and language. */
static const Row rows[] = {
        { ID_A, "", "Subject: plain @UNIT@ @X@ a@b @@\nDefined-By: me\n\nText.\n" },
        { ID_A, "de", "Subject: deutsch\n" },
        { ID_A, "de_AT", "Subject: \xc3\xb6sterreich\n" },
        { ID_B, "", "Subject: other\n" },
};

static void add_number(StrBuf *out, uint64_t number) {
        number = htole64(number);
        strbuf_add_bytes(out, &number, sizeof(number));
}

/* A database of the rows. */
static void print_database(StrBuf *out) {
        uint64_t offset = 0;

        strbuf_add(out, "RHHHKSLP");
        add_number(out, 0);
        add_number(out, 40);
        add_number(out, ARRAY_LENGTH(rows));
        add_number(out, 56);
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                char language[32] = "";
                Id128 id;
                assert_int_equal(id128_parse(str_of(rows[i].id), &id), 0);
                memcpy(language, rows[i].language, strlen(rows[i].language));
                strbuf_add_bytes(out, id.bytes, sizeof(id.bytes));
                strbuf_add_bytes(out, language, sizeof(language));
                add_number(out, offset);
                offset += strlen(rows[i].text) + 1;
        }
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
                strbuf_add_bytes(out, rows[i].text, strlen(rows[i].text) + 1);
}

/* The subject of an id in a language, of a database cut to `length` bytes. */
static Str subject(const char *language, const char *id_text, size_t length, char room[64]) {
        AUTO(journal_catalog_free) JournalCatalog *catalog = NULL;
        AUTO(strbuf_done) StrBuf bytes = STRBUF_INIT;
        Str text;
        Id128 id;

        print_database(&bytes);
        assert_int_equal(id128_parse(str_of(id_text), &id), 0);
        Str cut = { bytes.data, MIN(length, bytes.length) };
        assert_int_equal(journal_catalog_new(cut, language, &catalog), 0);
        if (!journal_catalog_find(catalog, id, &text))
                return STR_EMPTY;
        text = journal_catalog_header(text, "Subject");
        assert_true(text.length < 64);
        memcpy(room, text.data, text.length);
        return (Str){ room, text.length };
}

static void test_the_nearest_language_is_taken(void **state UNUSED) {
        static const struct {
                const char *language, *id, *subject;
        } cases[] = {
                { NULL, ID_A, "plain @UNIT@ @X@ a@b @@" },        { "de", ID_A, "deutsch" },
                { "de_AT", ID_A, "\xc3\xb6sterreich" },           { "de_CH", ID_A, "deutsch" },
                { "fr", ID_A, "plain @UNIT@ @X@ a@b @@" },        { "de_AT", ID_B, "other" },
                { NULL, "ffffffffffffffffffffffffffffffff", "" },
        };
        char room[64];

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                Str got = subject(cases[i].language, cases[i].id, SIZE_MAX, room);
                assert_true(str_equal_c(got, cases[i].subject));
        }
}

static void test_a_database_that_is_cut_has_fewer_texts(void **state UNUSED) {
        char room[64];

        for (size_t length = 0; length < 500; length++)
                (void)subject("de", ID_B, length, room);
        assert_true(str_equal_c(subject(NULL, ID_B, 200, room), ""));
}

static void test_what_tend_says_is_explained_without_a_database(void **state UNUSED) {
        char room[64];

        assert_true(str_equal_c(subject(NULL, "39f53479d3a045ac8e11786248231fbf", 0, room),
                                "@UNIT@ was started"));
}

static bool value_of(void *userdata UNUSED, const char *field, Str *ret) {
        *ret = STR_LITERAL("web.service");
        return strcmp(field, "UNIT") == 0;
}

static void test_values_go_where_their_fields_are_named(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        journal_catalog_fill(str_of(rows[0].text), value_of, NULL, &out);
        assert_string_equal(strbuf_text(&out),
                            "Subject: plain web.service X a@b @@\nDefined-By: me\n\nText.\n");
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_nearest_language_is_taken),
                cmocka_unit_test(test_a_database_that_is_cut_has_fewer_texts),
                cmocka_unit_test(test_what_tend_says_is_explained_without_a_database),
                cmocka_unit_test(test_values_go_where_their_fields_are_named),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
