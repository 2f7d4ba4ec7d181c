/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/journalctl/log_excerpt.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/strv.h"
#include "journal/journal_guard.h"
#include "tend/journalctl/log_query.h"

#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"

/* Entries from the newest on. */
typedef struct Places {
        JournalPlace *list; /* owned */
        size_t n, room;
} Places;

static void places_done(Places *places) {
        free(places->list);
}

DEFINE_AUTO_DONE(Places, places_done);

static int add(Places *places, const JournalPlace *place) {
        if (places->n == places->room) {
                size_t room = MAX(places->room * 2, (size_t)16);
                JournalPlace *list = reallocarray(places->list, room, sizeof(*list));
                if (!list)
                        return err_new(-ENOMEM);
                places->list = list;
                places->room = room;
        }
        places->list[places->n++] = *place;
        return 0;
}

static int read_boot_id(Id128 *ret) {
        AUTO_FREE char *line = NULL;
        int r = file_read_line(BOOT_ID_FILE, &line);

        return r < 0 ? err_pass(r) : err_pass(id128_parse(str_of(line), ret));
}

/* As many as are wanted of those that match. */
static int collect(const LogExcerpt *excerpt, JournalSet *set, Places *ret) {
        JournalPlace place;
        Id128 boot_id;
        int r = read_boot_id(&boot_id);

        journal_set_seek_tail(set, true);
        while (r >= 0 && ret->n < excerpt->n_entries && journal_set_next(set, &place)) {
                if (!id128_equal(place.entry->boot_id, boot_id) ||
                    le64toh(place.entry->monotonic) < excerpt->since_monotonic_usec)
                        break;
                r = add(ret, &place);
        }
        return err_pass(r);
}

static int render(const LogExcerpt *excerpt, const Places *places, StrBuf *out) {
        AUTO(journal_renderer_free) JournalRenderer *renderer = NULL;
        JournalOutput output = JOURNAL_OUTPUT_SHORT;
        int r = excerpt->output ? journal_output_parse(str_of(excerpt->output), &output) : 0;

        if (r >= 0)
                r = journal_renderer_new(output, excerpt->render_flags, NULL, &renderer);
        if (r < 0)
                return err_pass(r);
        journal_renderer_set_columns(renderer, excerpt->columns);
        if (places->n > 0)
                strbuf_add_char(out, '\n');
        for (size_t i = places->n; i > 0; i--)
                journal_render(renderer, &places->list[i - 1], out);
        return 0;
}

int log_excerpt_print(Tend *tend, const LogExcerpt *excerpt, StrBuf *out) {
        AUTO(log_query_done) LogQuery query = LOG_QUERY_INIT;
        AUTO(journal_set_done) JournalSet set = { 0 };
        AUTO(journal_matches_done) JournalMatches matches = { 0 };
        AUTO(places_done) Places places = { 0 };
        bool is_user = tend->scope == UNIT_SCOPE_USER;

        query.tend = tend;
        query.flags = LOG_QUIET;
        (void)journal_guard_begin(); /* without it a file that is cut ends us */
        int r = strv_add(is_user ? &query.user_units : &query.units, excerpt->unit);
        if (r >= 0)
                r = log_files_open(&query, &set);
        if (r >= 0)
                r = log_matches_make(&query, &set, &matches);
        if (r >= 0)
                r = journal_set_match(&set, &matches);
        if (r >= 0)
                r = collect(excerpt, &set, &places);
        if (r >= 0)
                r = render(excerpt, &places, out);
        return err_pass(r);
}
