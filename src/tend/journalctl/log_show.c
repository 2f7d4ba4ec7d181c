/* SPDX-License-Identifier: Apache-2.0 */

/* Entries, one after the other, and those that come. */

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "journal/journal_cursor.h"
#include "tend/journalctl/log_grep.h"
#include "tend/journalctl/log_push.h"
#include "tend/journalctl/log_query.h"
#include "tend/pager.h"

#define FLUSH_AT (UINT64_C(128) * 1024)
#define CURSOR_MAX 1024

/* The state of showing. */
typedef struct Show {
        LogQuery *query;
        JournalSet *set;
        JournalRenderer *renderer; /* owned */
        LogGrep *grep;             /* owned or NULL */
        JournalCatalog *catalog;   /* owned or NULL */
        LogPush *push;             /* where entries go instead; owned or NULL */
        StrBuf out;
        int64_t n_left; /* of --lines; -1 = no limit */
        uint64_t n_shown;
        Id128 boot_id; /* of the entry before */
        bool has_boot_id;
        JournalPlace last;
} Show;

static void show_done(Show *show) {
        show->renderer = journal_renderer_free(show->renderer);
        show->grep = log_grep_free(show->grep);
        show->catalog = journal_catalog_free(show->catalog);
        show->push = log_push_free(show->push);
        strbuf_done(&show->out);
}

DEFINE_AUTO_DONE(Show, show_done);

static int flush(Show *show) {
        if (show->push)
                return err_pass(log_push_flush(show->push));
        (void)fflush(stdout); /* nothing is in it */
        int r = show->out.failed
                        ? -ENOMEM
                        : fd_write_all(STDOUT_FILENO, strbuf_text(&show->out), show->out.length);
        strbuf_clear(&show->out);
        return err_pass(r);
}

/* --- one entry --------------------------------------------------------------------------------*/

static bool is_wanted(Show *show, const JournalPlace *place) {
        Str message;

        return !show->grep || (journal_renderer_message(show->renderer, place, &message) &&
                               log_grep_matches(show->grep, message));
}

/* Whether the entry lies behind the end of the time that was asked for. */
static bool is_beyond(const Show *show, const JournalPlace *place) {
        const LogQuery *query = show->query;
        uint64_t usec = le64toh(place->entry->realtime);

        if (query->flags & LOG_REVERSE)
                return (query->flags & LOG_SINCE) && usec < query->since_usec;
        return (query->flags & LOG_UNTIL) && usec > query->until_usec;
}

static void add_boot_line(Show *show, const JournalPlace *place) {
        char text[ID128_TEXT_SIZE];
        Id128 id = place->entry->boot_id;
        const LogQuery *query = show->query;
        bool colour = (query->tend->flags & TEND_COLOUR) != 0;

        if (query->flags & (LOG_MERGE | LOG_QUIET))
                return;
        if (show->has_boot_id && !id128_equal(show->boot_id, id))
                strbuf_addf(&show->out,
                            "%s-- Boot %s --%s\n",
                            colour ? "\033[0;1;39m" : "",
                            id128_print(id, text),
                            colour ? "\033[0m" : "");
        show->boot_id = id;
        show->has_boot_id = true;
}

static int show_entry(Show *show, const JournalPlace *place) {
        if (show->push) {
                show->n_shown++;
                show->n_left -= show->n_left > 0;
                return err_pass(log_push_add(show->push, show->renderer, place));
        }
        add_boot_line(show, place);
        journal_render(show->renderer, place, &show->out);
        show->last = *place;
        show->n_shown++;
        if (show->n_left > 0)
                show->n_left--;
        return show->out.length > FLUSH_AT ? err_pass(flush(show)) : 0;
}

/* All that comes, as far as it is wanted. */
static int show_on(Show *show) {
        JournalPlace place;
        int r = 0;

        while (r >= 0 && show->n_left != 0 && journal_set_next(show->set, &place)) {
                if (is_beyond(show, &place)) {
                        show->n_left = 0;
                        break;
                }
                if (is_wanted(show, &place))
                        r = show_entry(show, &place);
        }
        return err_pass(r);
}

/* --- where to begin ---------------------------------------------------------------------------*/

static int read_cursor_file(const LogQuery *query, char **ret) {
        size_t length;
        int r = file_read(query->cursor_file, CURSOR_MAX, ret, &length, NULL);

        if (r == -ENOENT)
                return 0;
        if (r >= 0)
                (*ret)[strcspn(*ret, "\n")] = '\0';
        return err_pass(r);
}

static int seek_cursor(Show *show, const char *cursor, bool after) {
        bool backward = (show->query->flags & LOG_REVERSE) != 0;
        JournalLocation location;
        JournalPlace place;

        if (journal_cursor_parse(str_of(cursor), &location) < 0) {
                (void)fprintf(stderr, "Failed to seek to cursor: Invalid argument\n");
                return err_new(-EINVAL);
        }
        journal_set_seek(show->set, &location, backward);
        if (!after)
                return 0;
        /* The entry itself is passed over; if it is gone, what comes is kept. */
        if (journal_set_next(show->set, &place) && journal_location_compare(&place, &location) != 0)
                journal_set_seek(show->set, &location, backward);
        return 0;
}

/* The last `n` entries in their order, then what comes behind them. */
static int show_tail(Show *show) {
        AUTO_FREE JournalPlace *places = NULL;
        size_t n = 0, capacity = 0;
        int64_t wanted = show->n_left;
        int r = 0;

        journal_set_seek_tail(show->set, true);
        for (JournalPlace place; (int64_t)n < wanted && journal_set_next(show->set, &place);) {
                if (!is_wanted(show, &place))
                        continue;
                if (n == capacity) {
                        capacity = MAX(capacity * 2, (size_t)64);
                        JournalPlace *grown = reallocarray(places, capacity, sizeof(*grown));
                        if (!grown)
                                return err_new(-ENOMEM);
                        places = grown;
                }
                places[n++] = place;
        }
        while (n > 0 && r >= 0 && !is_beyond(show, &places[n - 1]))
                r = show_entry(show, &places[--n]);
        journal_set_seek_tail(show->set, false);
        show->n_left = 0;
        return err_pass(r);
}

static int begin(Show *show) {
        const LogQuery *query = show->query;
        AUTO_FREE char *kept = NULL;
        bool backward = (query->flags & LOG_REVERSE) != 0;

        if (query->cursor_file) {
                int r = read_cursor_file(query, &kept);
                if (r < 0) {
                        (void)fprintf(stderr,
                                      "Failed to read cursor file %s: %s\n",
                                      query->cursor_file,
                                      strerror(-r));
                        return err_pass(r);
                }
        }
        if (query->cursor || query->after_cursor || kept)
                return err_pass(seek_cursor(show,
                                            query->cursor         ? query->cursor
                                            : query->after_cursor ? query->after_cursor
                                                                  : kept,
                                            !query->cursor));
        if ((query->flags & LOG_SINCE) && !backward)
                journal_set_seek_realtime(show->set, query->since_usec, false);
        else if ((query->flags & LOG_UNTIL) && backward)
                journal_set_seek_realtime(show->set, query->until_usec, true);
        else if (backward)
                journal_set_seek_tail(show->set, true);
        else if (query->lines >= 0)
                return err_pass(show_tail(show));
        else
                journal_set_seek_head(show->set);
        return 0;
}

/* --- following --------------------------------------------------------------------------------*/

static int watch(Show *show, int fd) {
        AUTO_STRV char **directories = NULL;
        int r = show->query->files ? 0 : log_files_directories(show->query, &directories);

        if (r < 0)
                return err_pass(r);
        STRV_FOREACH(directory, directories)
        (void)inotify_add_watch(fd, *directory, IN_CREATE | IN_MODIFY | IN_MOVED_TO);
        for (unsigned i = 0; show->query->files && i < show->set->n_streams; i++)
                (void)inotify_add_watch(fd, show->set->streams[i].reader->path, IN_MODIFY);
        return 0;
}

static int follow(Show *show) {
        AUTO_FD int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        int r = fd < 0 ? -errno : watch(show, fd);

        show->n_left = -1;
        while (r >= 0) {
                r = log_files_refresh(show->query, show->set);
                if (r >= 0)
                        r = journal_set_refresh(show->set);
                if (r >= 0)
                        r = show_on(show);
                if (r >= 0)
                        r = flush(show);
                if (r < 0)
                        break;
                struct pollfd watched[] = {
                        { .fd = fd, .events = POLLIN },
                        { .fd = show->push ? -1 : STDOUT_FILENO }, /* tells when a pipe is closed */
                };
                if (poll(watched, ARRAY_LENGTH(watched), -1) < 0 && errno != EINTR)
                        return err_new(-errno);
                if (watched[1].revents & (POLLERR | POLLHUP))
                        return 0;
                char events[4096];
                while (read(fd, events, sizeof(events)) > 0)
                        ; /* what has changed is seen by reading */
        }
        return err_pass(r);
}

/* --- all --------------------------------------------------------------------------------------*/

static int finish(Show *show) {
        const LogQuery *query = show->query;
        AUTO(strbuf_done) StrBuf cursor = STRBUF_INIT;

        if (show->n_shown == 0 && !(query->flags & LOG_QUIET))
                strbuf_add(&show->out, "-- No entries --\n");
        if (show->last.entry && (query->cursor_file || (query->flags & LOG_SHOW_CURSOR))) {
                journal_cursor_print(&cursor, &show->last);
                if (query->flags & LOG_SHOW_CURSOR)
                        strbuf_addf(&show->out, "-- cursor: %s\n", strbuf_text(&cursor));
        }
        int r = flush(show);
        if (r >= 0 && query->cursor_file && cursor.length > 0) {
                strbuf_add_char(&cursor, '\n');
                r = file_write_atomic(
                        query->cursor_file, (Str){ cursor.data, cursor.length }, 0644, false);
        }
        return err_pass(r);
}

static bool find_for_renderer(void *userdata, Str message, size_t *ret_begin, size_t *ret_end) {
        return log_grep_find(userdata, message, ret_begin, ret_end);
}

/* What is shown beside the entries themselves. */
static int prepare_more(Show *show) {
        const LogQuery *query = show->query;
        if (show->grep)
                journal_renderer_set_find(show->renderer, find_for_renderer, show->grep);
        if ((query->flags & LOG_NO_FULL) && !(query->flags & LOG_ALL))
                journal_renderer_set_columns(show->renderer, pager_columns(query->tend));
        if (!(query->flags & LOG_CATALOG))
                return 0;
        int r = log_catalog_open(query, &show->catalog);
        if (r >= 0)
                journal_renderer_set_catalog(show->renderer, show->catalog);
        return err_pass(r);
}

static int prepare(Show *show) {
        const LogQuery *query = show->query;
        unsigned flags = (query->flags & LOG_ALL ? JOURNAL_RENDER_ALL : 0U) |
                         (query->flags & LOG_UTC ? JOURNAL_RENDER_UTC : 0U) |
                         (query->flags & LOG_NO_HOSTNAME ? JOURNAL_RENDER_NO_HOSTNAME : 0U) |
                         (query->tend->flags & TEND_COLOUR ? JOURNAL_RENDER_COLOUR : 0U) |
                         (query->flags & LOG_KIND ? JOURNAL_RENDER_HIGHLIGHT_ALL : 0U) |
                         (log_catalog_is_utf8() ? 0U : JOURNAL_RENDER_ASCII);
        LogGrepCase letter_case = !(query->flags & LOG_CASE_GIVEN)    ? LOG_GREP_CASE_AUTO
                                  : query->flags & LOG_CASE_SENSITIVE ? LOG_GREP_CASE_SENSITIVE
                                                                      : LOG_GREP_CASE_INSENSITIVE;
        int r = journal_renderer_new(query->output, flags, query->output_fields, &show->renderer);

        if (r >= 0 && query->push_url) {
                const LogPushTarget target = { query->push_url,
                                               query->push_headers,
                                               query->cursor_file };
                r = log_push_new(&target, &show->push);
        }
        if (r >= 0 && query->grep)
                r = log_grep_new(query->grep, letter_case, &show->grep);
        if (r >= 0)
                r = prepare_more(show);
        show->n_left = query->lines >= 0 ? query->lines : -1;
        return err_pass(r);
}

int log_show(LogQuery *query, JournalSet *set) {
        AUTO(show_done) Show show = { .query = query, .set = set };
        AUTO(journal_matches_done) JournalMatches matches = { 0 };
        int r = log_matches_make(query, set, &matches);

        if (r >= 0)
                r = journal_set_match(set, &matches);
        if (r >= 0)
                r = prepare(&show);
        if (r < 0)
                return 1;
        r = begin(&show);
        if (r >= 0)
                r = show_on(&show);
        if (r >= 0 && (query->flags & LOG_FOLLOW))
                r = follow(&show);
        else if (r >= 0)
                r = finish(&show);
        if (r < 0 && r != -EPIPE && r != -EINVAL)
                (void)fprintf(stderr, "Failed to show entries: %s\n", strerror(-r));
        bool found_none = query->grep && show.n_shown == 0;
        return (r < 0 && r != -EPIPE) || found_none ? 1 : 0;
}
