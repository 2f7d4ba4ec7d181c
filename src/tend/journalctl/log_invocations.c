/* SPDX-License-Identifier: Apache-2.0 */

/* Runs of a unit: the one that is meant by --invocation, and --list-invocations (as journalctl has
 * them since 257). */

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "journal/journal_text.h"
#include "tend/journalctl/log_query.h"

/* One run, by what was said in it. */
typedef struct Invocation {
        Id128 id;
        uint64_t first_usec, last_usec; /* since 1970 */
} Invocation;

typedef struct Invocations {
        Invocation *list; /* owned; in order of their first entries */
        size_t n;
} Invocations;

static void invocations_done(Invocations *invocations) {
        free(STEAL(invocations->list));
        invocations->n = 0;
}

DEFINE_AUTO_DONE(Invocations, invocations_done);

/* The newest is the likeliest. */
static int add(Invocations *invocations, Id128 id, uint64_t usec) {
        for (size_t i = invocations->n; i > 0; i--) {
                if (!id128_equal(invocations->list[i - 1].id, id))
                        continue;
                invocations->list[i - 1].last_usec = usec;
                return 0;
        }
        Invocation *grown =
                reallocarray(invocations->list, invocations->n + 1, sizeof(*invocations->list));
        if (!grown)
                return err_new(-ENOMEM);
        invocations->list = grown;
        grown[invocations->n++] = (Invocation){ id, usec, usec };
        return 0;
}

/* The run that an entry belongs to, or that the manager speaks of. */
static bool invocation_of(JournalRenderer *renderer, const JournalPlace *place, Id128 *ret) {
        static const char *const fields[] = {
                "INVOCATION_ID",
                "USER_INVOCATION_ID",
                "OBJECT_SYSTEMD_INVOCATION_ID",
                "_SYSTEMD_INVOCATION_ID",
        };
        Str value;

        for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
                if (journal_renderer_field(renderer, place, fields[i], &value))
                        return id128_parse(value, ret) >= 0;
        return false;
}

static int collect(JournalSet *set, Invocations *ret) {
        AUTO(journal_renderer_free) JournalRenderer *renderer = NULL;
        int r = journal_renderer_new(JOURNAL_OUTPUT_CAT, 0, NULL, &renderer);
        JournalPlace place;
        Id128 id;

        journal_set_seek_head(set);
        while (r >= 0 && journal_set_next(set, &place))
                if (invocation_of(renderer, &place, &id))
                        r = add(ret, id, le64toh(place.entry->realtime));
        return err_pass(r);
}

/* All runs of the units that are asked for. */
static int find(LogQuery *query, JournalSet *set, Invocations *ret) {
        AUTO(journal_matches_done) JournalMatches matches = { 0 };
        const char *wanted = query->invocation;

        if (!query->units && !query->user_units) {
                (void)fprintf(stderr, "Runs are counted for a unit: say which by --unit=.\n");
                return err_new(-EINVAL);
        }
        query->invocation = NULL;
        int r = log_matches_make(query, set, &matches);
        query->invocation = wanted;
        if (r >= 0)
                r = journal_set_match(set, &matches);
        if (r >= 0)
                r = collect(set, ret);
        int reset = journal_set_match(set, NULL);
        return r < 0 ? err_pass(r) : err_pass(reset);
}

int log_invocation_find(LogQuery *query, JournalSet *set, Id128 *ret) {
        AUTO(invocations_done) Invocations invocations = { 0 };
        int32_t offset;

        if (id128_parse(str_of(query->invocation), ret) >= 0)
                return 0;
        const char *number = query->invocation + (query->invocation[0] == '+');
        if (parse_i32(str_of(number), &offset) < 0) {
                (void)fprintf(
                        stderr, "Failed to parse invocation descriptor '%s'\n", query->invocation);
                return err_new(-EINVAL);
        }
        int r = find(query, set, &invocations);
        if (r < 0)
                return err_pass(r);
        int64_t index = offset > 0 ? (int64_t)offset - 1 : (int64_t)invocations.n - 1 + offset;
        if (index < 0 || index >= (int64_t)invocations.n) {
                (void)fprintf(stderr,
                              "Data from the specified invocation (%+i) is not available: the "
                              "journal knows of %zu runs\n",
                              (int)offset,
                              invocations.n);
                return err_new(-ENODATA);
        }
        *ret = invocations.list[index].id;
        return 0;
}

int log_invocations_list(LogQuery *query, JournalSet *set) {
        AUTO(invocations_done) Invocations invocations = { 0 };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        JournalTime time = { .clock = JOURNAL_CLOCK_FULL, .utc = (query->flags & LOG_UTC) != 0 };
        char id[ID128_TEXT_SIZE];

        if (find(query, set, &invocations) < 0)
                return 1;
        strbuf_addf(
                &out, "%3s %-32s %-27s %s\n", "IDX", "INVOCATION ID", "FIRST ENTRY", "LAST ENTRY");
        for (size_t i = 0; i < invocations.n; i++) {
                const Invocation *invocation = &invocations.list[i];
                strbuf_addf(&out,
                            "%3i %s ",
                            (int)i - (int)(invocations.n - 1),
                            id128_print(invocation->id, id));
                journal_time_print(&time, &out, invocation->first_usec);
                strbuf_add_char(&out, ' ');
                journal_time_print(&time, &out, invocation->last_usec);
                strbuf_add_char(&out, '\n');
        }
        if (invocations.n > 0)
                (void)fputs(strbuf_text(&out), stdout); /* checked when it is closed */
        return 0;
}
