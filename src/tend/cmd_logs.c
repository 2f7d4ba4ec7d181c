/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_logs.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "journal/journal_guard.h"
#include "tend/journal_log.h"
#include "tend/log_follow.h"
#include "tend/pager.h"
#include "tend/style.h"
#include "tend/unit_log.h"
#include "unit/unit_name.h"

/* What is shown and how. */
typedef struct LogView {
        Tend *tend;
        LogFollow *files;     /* owned */
        JournalLog *journals; /* owned, one for each file */
        unsigned n_files;
        size_t name_width; /* of the longest name, 0 when there is only one unit */
        StrBuf out;
} LogView;

static void log_view_done(LogView *view) {
        for (unsigned i = 0; i < view->n_files; i++)
                log_follow_done(&view->files[i]);
        for (unsigned i = 0; view->journals && i < view->n_files; i++)
                journal_log_done(&view->journals[i]);
        free(view->files);
        free(view->journals);
        strbuf_done(&view->out);
}

DEFINE_AUTO_DONE(LogView, log_view_done);

static int add_unit(Tend *tend, LogView *view, const char *typed) {
        AUTO_FREE char *unit = NULL;
        AUTO_FREE char *path = NULL;

        if (unit_name_mangle(typed, ".service", false, &unit) < 0) {
                tend_complain(tend, "\"%s\" is not a name of a unit", typed);
                return err_new(-EINVAL);
        }
        int r = unit_log_path(tend, unit, &path);
        if (r < 0)
                return err_pass(r);
        LogFollow *files = reallocarray(view->files, view->n_files + 1, sizeof(*files));
        if (!files)
                return err_new(-ENOMEM);
        view->files = files;
        LogFollow *file = &files[view->n_files++];
        *file = (LogFollow){ .unit = STEAL(unit), .path = STEAL(path), .fd = -1, .watch = -1 };
        view->name_width = MAX(view->name_width, strlen(file->unit));
        return 0;
}

/* One line in the colour of its unit, with the name in front when there are several. */
static void add_line(void *userdata, const LogFollow *file, Str line) {
        static const char *const colours[] = { "36", "33", "35", "32", "34", "31" };
        LogView *view = userdata;
        const Tend *tend = view->tend;
        unsigned index = (unsigned)(file - view->files);

        if (tend->flags & TEND_JSON) {
                JsonWriter writer = { .out = &view->out };
                AUTO_FREE char *text = str_dup(line);
                json_begin_object(&writer, NULL);
                json_string(&writer, "unit", file->unit);
                json_string(&writer, "line", text);
                json_end_object(&writer);
                strbuf_add_char(&view->out, '\n');
                return;
        }
        if (view->name_width > 0) {
                bool colour = (tend->flags & TEND_COLOUR) != 0;
                if (colour)
                        strbuf_addf(&view->out, "\033[%sm", colours[index % ARRAY_LENGTH(colours)]);
                strbuf_addf(&view->out, "%-*s | ", (int)view->name_width, file->unit);
                if (colour)
                        strbuf_add(&view->out, "\033[0m");
        }
        strbuf_add_str(&view->out, line);
        strbuf_add_char(&view->out, '\n');
}

static int flush(LogView *view) {
        (void)fflush(stdout); /* nothing is in it */
        int r = fd_write_all(STDOUT_FILENO, strbuf_text(&view->out), view->out.length);
        strbuf_clear(&view->out);
        return err_pass(r);
}

/* --- lines of several units, in order of time
 * ------------------------------------------------------------------------------------- */

/* The lines of each unit, and how many of them were shown. */
typedef struct LogMerge {
        JournalLogLines *units; /* owned */
        size_t *at;             /* owned */
        unsigned n;
} LogMerge;

static void log_merge_done(LogMerge *merge) {
        for (unsigned i = 0; merge->units && i < merge->n; i++)
                journal_log_lines_done(&merge->units[i]);
        free(merge->units);
        free(merge->at);
}

DEFINE_AUTO_DONE(LogMerge, log_merge_done);

static int log_merge_init(LogMerge *merge, unsigned n) {
        *merge = (LogMerge){
                .units = calloc(n, sizeof(*merge->units)),
                .at = calloc(n, sizeof(*merge->at)),
                .n = n,
        };
        return merge->units && merge->at ? 0 : err_new(-ENOMEM);
}

/* Shows the oldest line that is left; false when none is. What carries no time comes first. */
static bool show_oldest(LogView *view, LogMerge *merge) {
        unsigned best = merge->n;

        for (unsigned i = 0; i < merge->n; i++) {
                const JournalLogLines *unit = &merge->units[i];
                if (!unit->lines || !unit->lines[merge->at[i]])
                        continue;
                if (best == merge->n ||
                    unit->times[merge->at[i]] < merge->units[best].times[merge->at[best]])
                        best = i;
        }
        if (best == merge->n)
                return false;
        add_line(view, &view->files[best], str_of(merge->units[best].lines[merge->at[best]++]));
        return true;
}

/* What has come into the journal. */
static int read_journals(LogView *view) {
        AUTO(log_merge_done) LogMerge merge = { 0 };
        int r = log_merge_init(&merge, view->n_files);

        for (unsigned i = 0; i < view->n_files && r >= 0; i++)
                r = journal_log_read(&view->journals[i], UINT_MAX, &merge.units[i]);
        while (r >= 0 && show_oldest(view, &merge))
                ;
        return err_pass(r);
}

/* inotify tells of new journal files and of entries; the directory may not be there. */
static void watch_journals(const LogView *view, int inotify_fd) {
        STRV_FOREACH(directory, view->journals->directories)
        (void)inotify_add_watch(inotify_fd, *directory, IN_CREATE | IN_MODIFY | IN_MOVED_TO);
}

/* Waits for changes for ever; ends when the output cannot be written any more. */
static int follow(LogView *view) {
        AUTO_FD int inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

        if (inotify_fd < 0)
                return err_new(-errno);
        watch_journals(view, inotify_fd);
        for (;;) {
                int r = read_journals(view);
                for (unsigned i = 0; i < view->n_files && r >= 0; i++)
                        r = log_follow_read(&view->files[i], inotify_fd, add_line, view);
                if (r >= 0)
                        r = flush(view);
                if (r < 0)
                        return err_pass(r);
                struct pollfd watched[] = {
                        { .fd = inotify_fd, .events = POLLIN },
                        { .fd = STDOUT_FILENO, .events = 0 }, /* tells when a pipe is closed */
                };
                if (poll(watched, ARRAY_LENGTH(watched), -1) < 0 && errno != EINTR)
                        return err_new(-errno);
                if (watched[1].revents & (POLLERR | POLLHUP))
                        return 0;
                char events[4096];
                while (read(inotify_fd, events, sizeof(events)) > 0)
                        ; /* what has changed is seen by reading */
        }
}

/* The last lines of one unit: those of its file, which is written where no journal is, then those
 * of the journal. */
static int read_tail(LogView *view, unsigned i, JournalLogLines *ret) {
        LogFollow *file = &view->files[i];
        AUTO_STRV char **lines = NULL;
        int r = journal_log_init(&view->journals[i], view->tend, file->unit);

        if (r >= 0)
                r = journal_log_read(&view->journals[i], view->tend->lines, ret);
        unsigned n_recorded = (unsigned)strv_length(ret->lines);
        if (r >= 0 && n_recorded < view->tend->lines)
                r = unit_log_tail(file->path, file->offset, view->tend->lines - n_recorded, &lines);
        return r < 0 || !lines ? err_pass(r) : err_pass(journal_log_lines_prepend(ret, lines));
}

/* The last lines of all units. */
static int show_tails(LogView *view) {
        AUTO(log_merge_done) LogMerge merge = { 0 };
        unsigned n_there = 0;

        view->journals = calloc(view->n_files, sizeof(*view->journals));
        if (!view->journals || log_merge_init(&merge, view->n_files) < 0)
                return err_new(-ENOMEM);
        journal_log_drain(view->tend);
        for (unsigned i = 0; i < view->n_files; i++) {
                LogFollow *file = &view->files[i];
                log_follow_skip_to_end(file); /* what comes from here on is followed */
                int r = read_tail(view, i, &merge.units[i]);
                if (r < 0) {
                        tend_complain(view->tend, "Cannot read %s: %s", file->path, strerror(-r));
                        return err_pass(r);
                }
                n_there += merge.units[i].lines || access(file->path, F_OK) == 0;
        }
        while (show_oldest(view, &merge))
                ;
        if (n_there == 0 && !(view->tend->flags & (TEND_QUIET | TEND_FOLLOW)))
                tend_complain(
                        view->tend, "Nothing was written yet (no file %s)", view->files->path);
        return n_there > 0 ? 0 : 1;
}

int cmd_logs(Tend *tend, char **arguments) {
        AUTO(log_view_done) LogView view = { .tend = tend };
        unsigned flags = tend->flags;

        tend->flags |= TEND_QUIET;   /* the files are there without a manager, too */
        (void)journal_guard_begin(); /* without it a file that is cut ends us */
        (void)tend_connect_own(tend);
        tend->flags = flags;
        STRV_FOREACH(unit, arguments) {
                if (add_unit(tend, &view, *unit) < 0)
                        return 1;
        }
        if (view.n_files == 1)
                view.name_width = 0;
        int r = show_tails(&view);
        if (r < 0)
                return 1;
        if (!(tend->flags & TEND_FOLLOW))
                return pager_print(tend, &view.out) < 0 ? 1 : r;
        r = follow(&view);
        if (r < 0 && r != -EPIPE)
                tend_complain(tend, "Cannot follow the logs: %s", strerror(-r));
        return r < 0 && r != -EPIPE ? 1 : 0;
}
