/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/input_stdout.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/random_id.h"
#include "base/strv.h"
#include "journald/storage_recall.h"

#define STREAMS_MAX 4000 /* the keeper has room for a few more */
#define ROUNDS_MAX 8     /* buffers of one stream before others have their turn */
#define DRAIN_ROUNDS_MAX                                                                           \
        256              /* the same, when all that was sent is to be read; far above what fits */
#define LINES_AT_ONCE 16 /* as many as the processor fetches things for at a time */
#define MESSAGE_PREFIX "MESSAGE="
#define PREFIX_LENGTH (sizeof(MESSAGE_PREFIX) - 1)

typedef struct Stream {
        Recorder *recorder; /* not owned */
        int fd;
        sd_event_source *source;
        struct ucred peer;
        StreamHeader header;
        bool has_header, is_ending;
        char id[ID128_TEXT_SIZE];
        char **stored; /* owned; lines that stand in the journal and perhaps still in the socket */
        unsigned n_stored, n_skipped;
        Sender *sender;         /* whose lines come now; NULL before the first one */
        ValueSet values, level; /* `level` is the PRIORITY= of lines that say nothing else */
        uint64_t realtime_usec, monotonic_usec; /* of the lines read at once */
        ListLink link;
} Stream;

/* One line of what was read. */
typedef struct Line {
        Str text;               /* its message */
        const char *line_break; /* the field that tells how it ended; NULL as usual */
        int priority;
        JournalHint hint;
} Line;

static void stream_free(Stream *stream) {
        Recorder *recorder = stream->recorder;

        list_remove(&stream->link);
        recorder->n_streams--;
        sd_event_source_disable_unref(stream->source);
        stream->sender = sender_unref(&recorder->senders, stream->sender);
        stream_header_done(&stream->header);
        strv_free(stream->stored);
        value_set_done(&stream->values);
        value_set_done(&stream->level);
        (void)fd_close(stream->fd);
        free(stream);
}

static char *state_path(const Stream *stream) {
        return path_join(stream->recorder->paths.stream_directory, stream->id);
}

static char *keeper_name(const Stream *stream) {
        StrBuf name = STRBUF_INIT;
        strbuf_addf(&name, "stream-%s", stream->id);
        return strbuf_steal(&name);
}

/* The writer has ended: nothing of the stream is kept. */
static void stream_end(Stream *stream) {
        AUTO_FREE char *path = state_path(stream);
        AUTO_FREE char *name = keeper_name(stream);

        if (name && stream->recorder->keeper)
                (void)keeper_link_remove(stream->recorder->keeper, name); /* loss is reported */
        if (path)
                (void)unlink(path); /* a left-over is harmless */
        stream_free(stream);
}

/* --- lines
 * ----------------------------------------------------------------------------------------- */

static Sender *line_sender(Stream *stream, const struct ucred *from) {
        Recorder *recorder = stream->recorder;
        const struct ucred *who = from->pid > 0 ? from : &stream->peer;

        if (stream->sender && stream->sender->credentials.pid == who->pid) {
                sender_refresh(&recorder->senders, stream->sender, stream->monotonic_usec);
                return stream->sender;
        }
        stream->sender = sender_unref(&recorder->senders, stream->sender);
        stream->sender = sender_get(&recorder->senders, who, stream->header.unit);
        return stream->sender;
}

/* Whether this line was stored by the one before us, who was killed before it was taken out of the
 * socket. The first line that differs tells that the rest is new. */
static bool is_stored(Stream *stream, Str line) {
        if (stream->n_skipped < stream->n_stored &&
            str_equal_c(line, stream->stored[stream->n_skipped])) {
                stream->n_skipped++;
                return true;
        }
        stream->n_stored = 0;
        return false;
}

/* Writes what comes before a message in front of it; over the end of the line before. */
static Str add_prefix(Str line) {
        char *start = (char *)(uintptr_t)line.data - PREFIX_LENGTH; /* there is room before all */

        memcpy(start, MESSAGE_PREFIX, PREFIX_LENGTH);
        return (Str){ start, line.length + PREFIX_LENGTH };
}

/* One line; the bytes before it in the buffer may be overwritten. */
static void take_line(Stream *stream, const Line *line) {
        int priority = line->priority;
        char level[16], facility[32];
        Str values[4];
        size_t n = 0;

        if (line->text.length == 0 || (stream->n_stored > 0 && is_stored(stream, line->text)))
                return;
        values[n++] = add_prefix(line->text);
        bool is_usual = LOG_PRI(priority) == LOG_PRI(stream->header.priority);
        if (!is_usual) {
                (void)snprintf(level, sizeof(level), "PRIORITY=%d", LOG_PRI(priority)); /* fits */
                values[n++] = str_of(level);
        }
        if (LOG_FAC(priority) != LOG_FAC(stream->header.priority)) {
                (void)snprintf(facility, sizeof(facility), "SYSLOG_FACILITY=%d", LOG_FAC(priority));
                values[n++] = str_of(facility);
        }
        if (line->line_break)
                values[n++] = str_of(line->line_break);
        const Message message = {
                .sender = stream->sender,
                .sets = { &stream->values, is_usual ? &stream->level : NULL },
                .values = values,
                .n_values = n,
                .hint = &line->hint,
                .priority = priority,
                .forward = stream->header.forward,
                .realtime_usec = stream->realtime_usec,
                .monotonic_usec = stream->monotonic_usec,
        };
        recorder_take(stream->recorder, &message);
}

static Line line_of(const Stream *stream, Str text, const char *line_break) {
        Line line = {
                .text = str_trim_end(text),
                .line_break = line_break,
                .priority = stream->header.priority,
        };

        if (stream->header.level_prefix)
                level_prefix_take(&line.text, &line.priority);
        return line;
}

/* The first line of the text, if it is complete; returns how many bytes it takes, 0 if not. */
static size_t next_line(const Stream *stream, Str text, Line *ret) {
        size_t line_max = stream->recorder->config.line_max;
        Str rest = { text.data, MIN(text.length, line_max + 1) };
        const char *end = memchr(rest.data, '\n', rest.length);
        Str line = { rest.data, end ? (size_t)(end - rest.data) : rest.length };
        const char *zero = memchr(line.data, '\0', line.length);
        const char *line_break = NULL;

        if (zero) {
                line.length = (size_t)(zero - line.data);
                line_break = "_LINE_BREAK=nul";
        } else if (!end) {
                if (rest.length <= line_max)
                        return 0;
                line.length = line_max;
                line_break = "_LINE_BREAK=line-max";
        }
        *ret = line_of(stream, line, line_break);
        return line.length + (zero || end);
}

/* Looks where the lines will go while nothing waits for that yet. */
static void hint_lines(const Stream *stream, Line *lines, size_t n) {
        const JournalFile *file = storage_file(recorder_storage(stream->recorder, stream->sender));

        for (size_t i = 0; i < n && file; i++) {
                char before[PREFIX_LENGTH], *place;
                place = (char *)(uintptr_t)lines[i].text.data - PREFIX_LENGTH;
                memcpy(before, place, PREFIX_LENGTH);
                lines[i].hint = journal_hint_make(file, add_prefix(lines[i].text));
                memcpy(place, before, PREFIX_LENGTH);
        }
        for (size_t i = 0; i < n && file; i++)
                journal_hint_follow(file, &lines[i].hint);
}

/* All complete lines of the text; returns how many bytes they took. */
static size_t take_lines(Stream *stream, Str text) {
        Line lines[LINES_AT_ONCE];
        size_t used = 0, n;

        do {
                for (n = 0; n < LINES_AT_ONCE && used < text.length; n++) {
                        size_t length = next_line(
                                stream, (Str){ text.data + used, text.length - used }, &lines[n]);
                        if (length == 0)
                                break;
                        used += length;
                }
                hint_lines(stream, lines, n);
                for (size_t i = 0; i < n; i++)
                        take_line(stream, &lines[i]);
        } while (n == LINES_AT_ONCE);
        return used;
}

/* --- setting up
 * ------------------------------------------------------------------------------------ */

static int fill_values(Stream *stream) {
        ValueSet *values = &stream->values;
        int r = value_set_add(values, "_TRANSPORT", "stdout");

        if (r >= 0)
                r = value_set_add(values, "_STREAM_ID", stream->id);
        if (r >= 0)
                r = value_set_add(values, "SYSLOG_IDENTIFIER", stream->header.identifier);
        if (r >= 0)
                r = value_set_add_number(
                        values, "SYSLOG_FACILITY", (uint64_t)LOG_FAC(stream->header.priority));
        if (r >= 0)
                r = value_set_add_number(
                        &stream->level, "PRIORITY", (uint64_t)LOG_PRI(stream->header.priority));
        return err_pass(r);
}

/* Only the manager may say which unit a stream is of. */
static void check_unit(Stream *stream) {
        if (stream->peer.uid != 0 && stream->peer.uid != stream->recorder->user.starter)
                free(STEAL(stream->header.unit));
}

/* Gives the stream an id, and the keeper a copy under it. Right after it was accepted: until then
 * nobody else has it. */
static int keep(Stream *stream) {
        Id128 id;
        int r = id128_random(&id);

        if (r < 0)
                return err_pass(r);
        (void)id128_print(id, stream->id); /* returns stream->id */
        if (!stream->recorder->keeper)
                return 0;
        AUTO_FREE char *name = keeper_name(stream);
        if (!name)
                return err_new(-ENOMEM);
        (void)keeper_link_store(
                stream->recorder->keeper, name, stream->fd); /* else it ends when we do */
        return 0;
}

/* What the header said is written to a file before it is taken out of the stream. */
static int save(const Stream *stream) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        AUTO_FREE char *path = state_path(stream);

        if (!stream->recorder->keeper)
                return 0;
        int r = stream_header_print(&stream->header, &text);
        if (r < 0 || !path)
                return err_new(-ENOMEM);
        return err_pass(
                file_write_atomic(path, (Str){ strbuf_text(&text), text.length }, 0600, false));
}

/* Bytes that the header took, 0 when it is not complete, -errno when the stream is no good. */
static ssize_t take_header(Stream *stream, Str text) {
        Str rest = text;
        int on = 1, r = stream_header_parse(&rest, &stream->header);

        if (r <= 0)
                return r < 0 ? err_pass(r) : 0;
        check_unit(stream);
        if (fill_values(stream) < 0)
                return err_new(-ENOMEM);
        (void)setsockopt(stream->fd,
                         SOL_SOCKET,
                         SO_PASSCRED,
                         &on,
                         sizeof(on)); /* else the peer counts as the sender */
        (void)save(stream);           /* else the next of us cannot go on with it */
        stream->has_header = true;
        return (ssize_t)(text.length - rest.length);
}

/* --- reading
 * --------------------------------------------------------------------------------------- */

/* Looks at what is in the socket without taking it out; bytes of one sender. */
static ssize_t peek(const Stream *stream, Str *ret, struct ucred *ret_from) {
        Recorder *recorder = stream->recorder;
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(struct ucred))];
        } control;
        struct iovec part = { recorder->buffer + PREFIX_LENGTH, recorder->buffer_size };
        struct msghdr head = {
                .msg_iov = &part,
                .msg_iovlen = 1,
                .msg_control = &control,
                .msg_controllen = sizeof(control),
        };
        ssize_t n = recvmsg(stream->fd, &head, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

        *ret_from = (struct ucred){ 0 };
        if (n < 0)
                return -errno;
        const struct cmsghdr *extra = CMSG_FIRSTHDR(&head);
        if (extra && extra->cmsg_level == SOL_SOCKET && extra->cmsg_type == SCM_CREDENTIALS)
                memcpy(ret_from, CMSG_DATA(extra), sizeof(*ret_from));
        *ret = (Str){ part.iov_base, (size_t)n };
        return n;
}

/* Takes the bytes out that are stored now. The buffer has been used and may be overwritten. */
static int drop_bytes(const Stream *stream, size_t n) {
        while (n > 0) {
                ssize_t got = recv(stream->fd, stream->recorder->buffer, n, MSG_DONTWAIT);
                if (got <= 0)
                        return got < 0 && errno == EINTR ? 0 : err_new(-EIO);
                n -= (size_t)got;
        }
        return 0;
}

/* How many bytes are in the socket. */
static size_t bytes_there(const Stream *stream) {
        int n = 0;

        return ioctl(stream->fd, FIONREAD, &n) == 0 && n > 0 ? (size_t)n : 0;
}

/* Why a line without its end will not be completed; NULL when it may be. `n` bytes were looked at,
 * of `there` that were there before: fewer than could be are all of one process. */
static const char *incomplete_reason(const Stream *stream, size_t n, size_t there) {
        if (n < MIN(there, stream->recorder->buffer_size))
                return "_LINE_BREAK=pid-change";
        return stream->is_ending && bytes_there(stream) <= n ? "_LINE_BREAK=eof" : NULL;
}

/* One buffer. 1 when there may be more, 0 when not now, -errno when the stream has ended. */
static int read_once(Stream *stream) {
        Recorder *recorder = stream->recorder;
        struct ucred from;
        Str text = STR_EMPTY;
        size_t there = bytes_there(stream);
        ssize_t used = 0, n = peek(stream, &text, &from);

        if (n == -EAGAIN || n == -EINTR)
                return 0;
        if (n <= 0)
                return n < 0 ? (int)n : -EPIPE;
        if (!stream->has_header) {
                used = take_header(stream, text);
                if (used <= 0)
                        return used < 0 ? (int)used : stream->is_ending ? -EPIPE : 0;
                return drop_bytes(stream, (size_t)used) < 0 ? -EIO : 1;
        }
        stream->realtime_usec = clock_realtime_usec();
        stream->monotonic_usec = clock_monotonic_usec();
        if (!line_sender(stream, &from))
                return err_new(-ENOMEM);
        progress_begin(&recorder->progress,
                       stream->id,
                       stream->n_stored > 0
                               ? recorder->progress.found.seqnum
                               : storage_tail_seqnum(recorder_storage(recorder, stream->sender)));
        used = (ssize_t)take_lines(stream, text);
        const char *reason = used < n ? incomplete_reason(stream, (size_t)n, there) : NULL;
        if (reason) {
                const Line line =
                        line_of(stream, (Str){ text.data + used, (size_t)(n - used) }, reason);
                take_line(stream, &line);
                used = n;
        }
        int r = drop_bytes(stream, (size_t)used);
        progress_end(&recorder->progress);
        if (r < 0)
                return err_pass(r);
        return used > 0;
}

static int on_stream(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Stream *stream = userdata;
        Recorder *recorder = stream->recorder;
        int r = 1;

        (void)fd;
        stream->is_ending |= (events & (EPOLLHUP | EPOLLRDHUP | EPOLLERR)) != 0;
        for (unsigned i = 0; i < ROUNDS_MAX && r > 0; i++)
                r = read_once(stream);
        if (r > 0) /* edge-triggered: setting it again makes it fire again */
                (void)sd_event_source_set_io_events(source, EPOLLIN | EPOLLRDHUP | EPOLLET);
        else if (r < 0)
                stream_end(stream);
        recorder_end_batch(recorder, r <= 0);
        return 0;
}

/* --- streams
 * --------------------------------------------------------------------------------------- */

static int stream_add(Recorder *recorder, int fd, Stream **ret) {
        AUTO_FD int owned = fd;
        Stream *stream = calloc(1, sizeof(*stream));

        if (!stream)
                return err_new(-ENOMEM);
        stream->recorder = recorder;
        stream->fd = steal_fd(&owned);
        list_append(&recorder->streams, &stream->link);
        recorder->n_streams++;
        *ret = stream;
        return 0;
}

static int watch(Stream *stream) {
        int r = sd_event_add_io(stream->recorder->event,
                                &stream->source,
                                stream->fd,
                                EPOLLIN | EPOLLRDHUP | EPOLLET,
                                on_stream,
                                stream);
        return r < 0 ? err_new(r) : 0;
}

/* False when nobody waits. */
static bool accept_one(Recorder *recorder) {
        Stream *stream = NULL;
        int client =
                accept4(recorder->sockets[SOCKET_STDOUT], NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (client < 0)
                return errno == ECONNABORTED || errno == EINTR;
        if (recorder->n_streams >= STREAMS_MAX) {
                log_line(&recorder->log, LOG_WARNING, NULL, "Too many streams, refusing one");
                (void)fd_close(client); /* -1 */
                return true;
        }
        if (stream_add(recorder, client, &stream) < 0)
                return true;
        socklen_t length = sizeof(stream->peer);
        if (keep(stream) < 0 ||
            getsockopt(client, SOL_SOCKET, SO_PEERCRED, &stream->peer, &length) < 0 ||
            shutdown(client, SHUT_WR) < 0 || watch(stream) < 0)
                stream_end(stream);
        return true;
}

int on_stdout_socket(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Recorder *recorder = userdata;

        (void)source;
        (void)fd;
        (void)events;
        while (accept_one(recorder))
                ;
        return 0;
}

/* Reads what the header said; -ENOENT when it is still in the stream. */
static int load(Stream *stream) {
        AUTO_FREE char *path = state_path(stream);
        AUTO_FREE char *text = NULL;
        size_t length;

        if (!path)
                return err_new(-ENOMEM);
        int r = file_read(path, 64 * 1024, &text, &length, NULL);
        if (r < 0)
                return err_pass(r);
        Str rest = { text, length };
        r = stream_header_parse(&rest, &stream->header);
        if (r <= 0)
                return r < 0 ? err_pass(r) : err_new(-EBADMSG);
        return err_pass(fill_values(stream));
}

/* The one before us may have died between saving the header and taking it out of the stream. */
static void skip_header(Stream *stream) {
        AUTO(stream_header_done) StreamHeader again = { 0 };
        struct ucred from;
        Str text = STR_EMPTY, rest;

        if (peek(stream, &text, &from) <= 0)
                return;
        rest = text;
        if (from.pid == 0 && stream_header_parse(&rest, &again) > 0 &&
            again.priority == stream->header.priority &&
            streq_null(again.identifier, stream->header.identifier))
                (void)drop_bytes(stream, text.length - rest.length); /* shows when reading */
}

/* Goes on with what the one before us was storing when it was killed, before anything else makes
 * that forgotten. */
static int recall(Stream *stream) {
        Recorder *recorder = stream->recorder;
        const ProgressNote *found = &recorder->progress.found;
        int r = 1;

        if (!streq(found->stream_id, stream->id))
                return 0;
        (void)storage_recall(recorder_storage(recorder, line_sender(stream, &stream->peer)),
                             stream->id,
                             found->seqnum,
                             &stream->stored); /* else they are stored twice */
        stream->n_stored = (unsigned)strv_length(stream->stored);
        while (r > 0 && stream->n_stored > 0)
                r = read_once(stream);
        stream->n_stored = 0;
        return r;
}

int stream_take_back(Recorder *recorder, int fd, const char *id) {
        Stream *stream = NULL;
        int r = stream_add(recorder, fd, &stream);

        if (r < 0)
                return err_pass(r);
        socklen_t length = sizeof(stream->peer);
        (void)snprintf(stream->id, sizeof(stream->id), "%s", id); /* a longer one has no file */
        if (getsockopt(stream->fd, SOL_SOCKET, SO_PEERCRED, &stream->peer, &length) < 0)
                r = err_new(-errno);
        if (r >= 0)
                r = load(stream);
        stream->has_header = r >= 0;
        if (r >= 0) {
                skip_header(stream);
                r = recall(stream);
        }
        if (r >= 0 || r == -ENOENT)
                r = watch(stream);
        if (r < 0)
                stream_end(stream);
        return r == -EPIPE ? 0 : err_pass(r); /* it had ended */
}

/* Whether a stream is to be read now; of one without a header the header is. */
static bool is_wanted(const Stream *stream, const char *unit) {
        return !unit || !stream->has_header || streq_null(unit, stream->header.unit);
}

/* NULL: all streams. */
static void drain(Recorder *recorder, const char *unit) {
        while (accept_one(recorder))
                ;
        LIST_FOREACH(stream, &recorder->streams, Stream, link) {
                int r = 1;
                for (unsigned i = 0; i < DRAIN_ROUNDS_MAX && r > 0 && is_wanted(stream, unit); i++)
                        r = read_once(stream);
                if (r < 0)
                        stream_end(stream);
        }
}

void streams_drain(Recorder *recorder) {
        drain(recorder, NULL);
}

void streams_drain_unit(Recorder *recorder, const char *unit) {
        drain(recorder, unit);
}

void streams_close(Recorder *recorder) {
        while (!list_is_empty(&recorder->streams))
                stream_free(LIST_FIRST(&recorder->streams, Stream, link));
}
