/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/journalctl/log_push.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/random_id.h"
#include "journal/journal_cursor.h"
#include "tend/journalctl/http_post.h"
#include "tend/journalctl/push_batch.h"

#define DEFAULT_PATH "/loki/api/v1/push"
#define BATCH_BYTES (UINT64_C(1024) * 1024) /* Loki takes 4 MiB by default */
#define BATCH_LINES 5000
#define FIRST_WAIT_MSEC 500U
#define LONGEST_WAIT_MSEC 60000U

struct LogPush {
        LogPushTarget target;
        HttpPost *post; /* owned */
        PushBatch batch;
        StrBuf cursor; /* of the last entry in the batch */
        StrBuf body;
        uint64_t n_refused; /* lines that the server would not have */
};

int log_push_new(const LogPushTarget *target, LogPush **ret) {
        AUTO(log_push_free) LogPush *push = calloc(1, sizeof(*push));
        AUTO(strbuf_done) StrBuf url = STRBUF_INIT;
        const char *authority = strstr(target->url, "://");

        if (!push)
                return err_new(-ENOMEM);
        push->target = *target;
        strbuf_add(&url, target->url);
        if (!strchr(authority ? authority + 3 : target->url, '/'))
                strbuf_add(&url, DEFAULT_PATH);
        int r = http_post_new(strbuf_text(&url), target->headers, &push->post);
        if (r == -EPROTONOSUPPORT)
                (void)fprintf(stderr,
                              "--push needs libcurl, which is not installed (libcurl.so.4; Debian: "
                              "libcurl4)\n");
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(push);
        return 0;
}

LogPush *log_push_free(LogPush *push) {
        if (!push)
                return NULL;
        http_post_free(push->post);
        push_batch_clear(&push->batch);
        strbuf_done(&push->cursor);
        strbuf_done(&push->body);
        free(push);
        return NULL;
}

/* --- sending ----------------------------------------------------------------------------------*/

typedef enum Verdict {
        VERDICT_TAKEN,
        VERDICT_LATER,   /* it may be taken later */
        VERDICT_REFUSED, /* these lines never will be */
        VERDICT_WRONG,   /* nothing ever will be: the address or the right to write is wrong */
} Verdict;

static Verdict judge(long status) {
        if (status >= 200 && status < 300)
                return VERDICT_TAKEN;
        if (status == 400 || status == 413 || status == 422)
                return VERDICT_REFUSED;
        return status == 0 || status == 408 || status == 429 || status >= 500 ? VERDICT_LATER
                                                                              : VERDICT_WRONG;
}

/* The first line of what the server said, for a message. */
static const char *first_line(HttpAnswer *answer) {
        size_t length = strcspn(strbuf_text(&answer->text), "\r\n");

        if (length < answer->text.length)
                strbuf_truncate(&answer->text, length);
        return strbuf_text(&answer->text);
}

static void complain(const LogPush *push, HttpAnswer *answer, const char *what) {
        (void)fprintf(stderr,
                      "%s: %s (status %ld); %s\n",
                      push->target.url,
                      first_line(answer),
                      answer->status,
                      what);
}

/* Waits longer each time, a little at random so that many senders do not come at once. */
static void wait_for_turn(const HttpAnswer *answer, unsigned *wait_msec) {
        uint64_t msec = MAX((uint64_t)*wait_msec, answer->retry_after_sec * 1000);

        msec = MIN(msec, (uint64_t)LONGEST_WAIT_MSEC);
        (void)poll(NULL, 0, (int)(msec + random_below(msec / 4 + 1))); /* time is all it tells */
        *wait_msec = MIN(*wait_msec * 2, LONGEST_WAIT_MSEC);
}

static int save_cursor(LogPush *push) {
        if (!push->target.cursor_file || push->cursor.length == 0)
                return 0;
        strbuf_add_char(&push->cursor, '\n');
        int r = file_write_atomic(push->target.cursor_file,
                                  (Str){ push->cursor.data, push->cursor.length },
                                  0644,
                                  true);
        if (r < 0)
                (void)fprintf(stderr,
                              "Cannot write the cursor file %s: %s\n",
                              push->target.cursor_file,
                              strerror(-r));
        return err_pass(r);
}

/* Sends until there is a verdict for good. */
static int send(LogPush *push) {
        AUTO(http_answer_done) HttpAnswer answer = HTTP_ANSWER_INIT;
        unsigned wait_msec = FIRST_WAIT_MSEC;

        for (bool told = false;; told = true) {
                int r = http_post_send(
                        push->post, (Str){ push->body.data, push->body.length }, &answer);
                if (r < 0)
                        return err_pass(r);
                switch (judge(answer.status)) {
                case VERDICT_TAKEN:
                        if (told)
                                (void)fprintf(stderr, "%s: taken again\n", push->target.url);
                        return 0;
                case VERDICT_LATER:
                        if (!told)
                                complain(push, &answer, "trying until it is taken");
                        wait_for_turn(&answer, &wait_msec);
                        break;
                case VERDICT_REFUSED:
                        push->n_refused += push->batch.n_lines;
                        complain(push, &answer, "these lines are left out");
                        return 0;
                case VERDICT_WRONG:
                        complain(push, &answer, "giving up; nothing is lost, the cursor stays");
                        return err_new(-ECONNREFUSED);
                }
        }
}

int log_push_flush(LogPush *push) {
        if (push->batch.n_lines == 0)
                return 0;
        strbuf_clear(&push->body);
        push_batch_print(&push->batch, &push->body);
        int r = strbuf_result(&push->body);
        if (r >= 0)
                r = send(push);
        if (r >= 0)
                r = save_cursor(push);
        push_batch_clear(&push->batch);
        return err_pass(r);
}

/* --- entries ----------------------------------------------------------------------------------*/

/* The value of the first of some fields that the entry has. */
static Str first_of(JournalRenderer *renderer,
                    const JournalPlace *place,
                    const char *const *fields,
                    size_t n) {
        Str value;

        for (size_t i = 0; i < n; i++)
                if (journal_renderer_field(renderer, place, fields[i], &value))
                        return value;
        return STR_EMPTY;
}

/* What the manager says about a unit belongs to that unit. */
static PushLabels labels_of(JournalRenderer *renderer, const JournalPlace *place) {
        static const char *const units[] = {
                "OBJECT_SYSTEMD_UNIT", "OBJECT_SYSTEMD_USER_UNIT", "_SYSTEMD_USER_UNIT",
                "_SYSTEMD_UNIT",       "SYSLOG_IDENTIFIER",
        };
        static const char *const levels[] = {
                "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug",
        };
        static const char *const host[] = { "_HOSTNAME" }, *const priority[] = { "PRIORITY" };
        Str level = first_of(renderer, place, priority, 1);

        if (level.length == 1 && level.data[0] >= '0' && level.data[0] <= '7')
                level = str_of(levels[level.data[0] - '0']);
        return (PushLabels){
                .unit = first_of(renderer, place, units, ARRAY_LENGTH(units)),
                .host = first_of(renderer, place, host, 1),
                .priority = level,
        };
}

int log_push_add(LogPush *push, JournalRenderer *renderer, const JournalPlace *place) {
        /* Lines of one microsecond stay apart and in order, and are the same when sent again. */
        uint64_t moment_nsec =
                le64toh(place->entry->realtime) * 1000 + le64toh(place->entry->seqnum) % 1000;
        Str message;

        strbuf_clear(&push->cursor);
        journal_cursor_print(&push->cursor, place);
        if (!journal_renderer_field(renderer, place, "MESSAGE", &message))
                return 0;
        AUTO_FREE char *line = str_dup(message); /* looking for labels may move it */
        if (!line)
                return err_new(-ENOMEM);
        PushLabels labels = labels_of(renderer, place);
        int r = push_batch_add(&push->batch, &labels, moment_nsec, (Str){ line, message.length });
        if (r < 0)
                return err_pass(r);
        return push->batch.bytes >= BATCH_BYTES || push->batch.n_lines >= BATCH_LINES
                       ? err_pass(log_push_flush(push))
                       : 0;
}
