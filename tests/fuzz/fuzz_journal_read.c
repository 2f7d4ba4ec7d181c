/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_input.h"
#include "journal/journal_boots.h"
#include "journal/journal_cursor.h"
#include "journal/journal_fields.h"
#include "journal/journal_render.h"
#include "journal/journal_verify.h"

#define ENTRIES_MAX 2000 /* of one walk, so that an input does not take long */

/* --- the input as a file in memory ------------------------------------------------------------*/

static void close_map(JournalMap *map) {
        free(map->base);
        free(map);
}

static JournalMap *new_map(const uint8_t *data, size_t size) {
        static const JournalMapOps ops = { .close = close_map };
        JournalMap *map = calloc(1, sizeof(*map));

        if (!map)
                abort();
        *map = (JournalMap){ .ops = &ops, .size = size, .limit = size, .fd = -1 };
        map->base = malloc(size); /* exactly as long: reading on is seen */
        if (!map->base)
                abort();
        memcpy(map->base, data, size);
        return map;
}

static int count(void *userdata, Str value) {
        *(size_t *)userdata += value.length;
        return 0;
}

static void walk(JournalSet *set, bool backward) {
        for (int output = 0; output < JOURNAL_OUTPUT_COUNT; output++) {
                AUTO(journal_renderer_free) JournalRenderer *renderer = NULL;
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT, cursor = STRBUF_INIT;
                JournalLocation location;
                JournalPlace place;

                if (journal_renderer_new(
                            (JournalOutput)output, JOURNAL_RENDER_UTC, NULL, &renderer) < 0)
                        abort();
                if (backward)
                        journal_set_seek_tail(set, true);
                else
                        journal_set_seek_head(set);
                for (unsigned i = 0; i < ENTRIES_MAX && journal_set_next(set, &place); i++) {
                        strbuf_clear(&out);
                        journal_render(renderer, &place, &out);
                        strbuf_clear(&cursor);
                        journal_cursor_print(&cursor, &place);
                        if (journal_cursor_parse(str_of(strbuf_text(&cursor)), &location) < 0)
                                abort();
                }
        }
}

static void ask(JournalSet *set) {
        AUTO(journal_boots_done) JournalBoots boots = { 0 };
        AUTO(journal_matches_done) JournalMatches matches = { 0 };
        AUTO(diag_clear) Diag diag = { .limit = 10 };
        JournalReader *reader = set->streams[0].reader;
        JournalPlace place;
        size_t length = 0;

        (void)journal_fields_each(reader, count, &length);
        (void)journal_field_values_each(reader, STR_LITERAL("MESSAGE"), count, &length);
        (void)journal_boots_find(set, &boots);
        (void)journal_verify(reader, &diag);
        if (journal_matches_add(&matches, STR_LITERAL("GROUP=1")) < 0 ||
            journal_matches_add(&matches, STR_LITERAL("PRIORITY=6")) < 0 ||
            journal_set_match(set, &matches) < 0)
                abort();
        journal_set_seek_realtime(set, 1000000000000100, false);
        for (unsigned i = 0; i < ENTRIES_MAX && journal_set_next(set, &place); i++)
                ;
        journal_set_seek_tail(set, true);
        for (unsigned i = 0; i < ENTRIES_MAX && journal_set_next(set, &place); i++)
                ;
        (void)journal_set_match(set, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        AUTO(journal_set_done) JournalSet set = { 0 };
        JournalReader *reader;

        if (size == 0 || journal_reader_new(new_map(data, size), "input", &reader) < 0)
                return 0;
        if (journal_set_add(&set, reader) < 0)
                abort();
        walk(&set, false);
        walk(&set, true);
        ask(&set);
        return 0;
}
