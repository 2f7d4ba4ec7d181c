/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "journal/journal_merge.h"
#include "journal/journal_render.h"

#include "journal_memory.h"

#include "unit_test.h"

#define N_ENTRIES 2000
#define N_SERVICES 600 /* more than groups are kept */

/* Values of an entry: those of its service, now and then one twice or a long one, and new ones. */
static size_t make_values(unsigned number, char texts[12][64]) {
        unsigned service = number % (number < 1000 ? 3 : N_SERVICES);
        size_t n = 0;

        (void)snprintf(texts[n++], 64, "_HOSTNAME=host");
        (void)snprintf(texts[n++], 64, "_PID=%u", service + 100);
        (void)snprintf(texts[n++], 64, "SYSLOG_IDENTIFIER=service-%u", service);
        if (service % 3 == 1)
                (void)snprintf(texts[n++], 64, "SYSLOG_IDENTIFIER=other-%u", service);
        if (number % 5 < 2)
                (void)snprintf(texts[n++], 64, "PRIORITY=%u", number % 5 + 4);
        if (number % 7 == 3)
                (void)snprintf(texts[n++], 64, "_SOURCE_REALTIME_TIMESTAMP=%u000000", number);
        if (number % 11 != 0)
                (void)snprintf(texts[n++], 64, "MESSAGE=line %u", number % 400);
        if (number % 13 == 0)
                (void)snprintf(texts[n++], 64, "MESSAGE=and %u", number);
        return n;
}

static void append(JournalFile *file, unsigned number) {
        const JournalStamp stamp = { .realtime_usec = number + 1, .monotonic_usec = number + 1 };
        char texts[12][64], tall[2000] = "SYSLOG_IDENTIFIER=";
        JournalItem items[13];
        size_t n = make_values(number, texts);

        for (size_t i = 0; i < n; i++)
                assert_int_equal(journal_append_data(file, str_of(texts[i]), &items[i]), 0);
        if (number % 17 == 0) { /* is compressed */
                memset(tall + strlen(tall), 'a' + (int)(number % 3), 1900);
                assert_int_equal(journal_append_data(file, str_of(tall), &items[n++]), 0);
        }
        assert_int_equal(journal_append_entry(file, &stamp, items, n), 0);
}

static JournalReader *make_reader(bool compact) {
        const JournalFileOptions options = {
                .max_size = 8 << 20,
                .compact = compact,
                .compress_threshold = JOURNAL_COMPRESS_THRESHOLD,
        };
        AUTO(journal_file_free) JournalFile *file = NULL;
        JournalReader *reader = NULL;

        assert_int_equal(journal_file_create(memory_map_new(NULL, 0), &options, &file), 0);
        for (unsigned i = 0; i < N_ENTRIES; i++)
                append(file, i);
        JournalMap *map = memory_map_new(file->map->base, file->map->size);
        assert_int_equal(journal_reader_new(map, "memory", &reader), 0);
        return reader;
}

static JournalRenderer *make_renderer(JournalOutput output) {
        JournalRenderer *renderer = NULL;

        assert_int_equal(journal_renderer_new(output, JOURNAL_RENDER_UTC, NULL, &renderer), 0);
        return renderer;
}

/* One that has shown all entries before says of each what one says that has seen none. */
static void check(JournalReader *reader, JournalOutput output, bool backward) {
        AUTO(journal_set_done) JournalSet set = { 0 };
        AUTO(journal_renderer_free) JournalRenderer *long_lived = make_renderer(output);
        AUTO(strbuf_done) StrBuf one = STRBUF_INIT, other = STRBUF_INIT;
        JournalPlace place;
        unsigned n = 0;

        assert_int_equal(journal_set_add(&set, reader), 0);
        if (backward)
                journal_set_seek_tail(&set, true);
        else
                journal_set_seek_head(&set);
        for (; journal_set_next(&set, &place); n++) {
                AUTO(journal_renderer_free) JournalRenderer *fresh = make_renderer(output);
                strbuf_clear(&one);
                strbuf_clear(&other);
                journal_render(long_lived, &place, &one);
                journal_render(fresh, &place, &other);
                assert_string_equal(strbuf_text(&one), strbuf_text(&other));
        }
        assert_int_equal(n, N_ENTRIES);
}

static void test_what_is_kept_changes_nothing(void **state UNUSED) {
        static const JournalOutput outputs[] = { JOURNAL_OUTPUT_SHORT,
                                                 JOURNAL_OUTPUT_CAT,
                                                 JOURNAL_OUTPUT_JSON };

        for (size_t i = 0; i < ARRAY_LENGTH(outputs); i++)
                for (unsigned way = 0; way < 4; way++)
                        check(make_reader(way & 1), outputs[i], way & 2);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_is_kept_changes_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
