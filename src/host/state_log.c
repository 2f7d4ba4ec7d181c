/* SPDX-License-Identifier: Apache-2.0 */
#include "host/state_log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"

#define STATE_FILE_MAX ((size_t)1 << 30)
#define COMPACTION_MINIMUM (256 * 1024) /* below this a file is never written anew */
#define RESERVE (256 * 1024)            /* bytes that stay ours when others fill the file system */
#define LOCK_TRIES 500
#define LOCK_PAUSE_NSEC (10 * 1000 * 1000)

static int open_file(const char *path) {
        int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        return fd < 0 ? err_new(-errno) : fd;
}

/* The lock belongs to the open file, which executors share until they have their order. */
static int lock_file(int fd) {
        const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NSEC };

        for (unsigned i = 0; i < LOCK_TRIES; i++) {
                if (flock(fd, LOCK_EX | LOCK_NB) == 0)
                        return 0;
                if (errno != EWOULDBLOCK && errno != EINTR)
                        return err_new(-errno);
                (void)nanosleep(&pause, NULL); /* a shorter pause only tries again earlier */
        }
        return err_new(-EBUSY);
}

/* Keeps room behind the end, where the file system can. */
static void reserve(StateLog *log) {
        if (log->written + RESERVE / 2 <= log->reserved)
                return;
        bool is_tight = fallocate(log->fd, FALLOC_FL_KEEP_SIZE, (off_t)log->written, RESERVE) < 0;
        log->reserved = is_tight ? 0 : log->written + RESERVE;
}

int state_log_open(StateLog *log, const char *path) {
        *log = STATE_LOG_INIT;
        log->path = str_dup(str_of(path));
        if (!log->path)
                return err_new(-ENOMEM);
        AUTO_FD int fd = open_file(path);
        if (fd < 0)
                return err_pass(fd);
        int r = lock_file(fd);
        if (r < 0)
                return err_pass(r);
        off_t end = lseek(fd, 0, SEEK_END);
        if (end < 0)
                return err_new(-errno);
        log->written = (size_t)end;
        log->fd = steal_fd(&fd);
        reserve(log);
        return 0;
}

/* Takes back what was written of a record that did not fit, or the next ones could not be read. */
static int cut_off(StateLog *log, size_t length) {
        if (ftruncate(log->fd, (off_t)length) < 0)
                return err_new(-errno);
        log->written = length;
        return 0;
}

int state_log_read(StateLog *log, StateLogFunction *function, void *userdata, size_t *ret_torn) {
        AUTO_FREE char *data = NULL;
        size_t length = 0;

        int r = file_read(log->path, STATE_FILE_MAX, &data, &length, NULL);
        if (r < 0)
                return err_pass(r);
        Str rest = { data, length };
        StateRecord record;
        while (state_record_next(&rest, &record) == STATE_RECORD_OK) {
                r = function(userdata, &record);
                if (r < 0)
                        return err_pass(r);
        }
        *ret_torn = rest.length;
        return rest.length > 0 ? err_pass(cut_off(log, length - rest.length)) : 0;
}

int state_log_add(StateLog *log, const StateRecord *record) {
        return err_pass(state_record_append(&log->pending, record));
}

int state_log_flush(StateLog *log) {
        int r = strbuf_result(&log->pending);

        if (r < 0 || log->fd < 0) {
                strbuf_clear(&log->pending);
                return err_pass(r);
        }
        if (log->pending.length == 0)
                return 0;
        r = fd_write_all(log->fd, log->pending.data, log->pending.length);
        if (r < 0) {
                (void)cut_off(log, log->written); /* the first error is the one to tell */
                return err_pass(r);
        }
        log->written += log->pending.length;
        strbuf_clear(&log->pending);
        reserve(log);
        return 0;
}

bool state_log_is_wasteful(const StateLog *log, size_t live) {
        size_t length = log->written + log->pending.length;

        return length > COMPACTION_MINIMUM && length / 2 > live;
}

int state_log_replace(StateLog *log, const StrBuf *content) {
        AUTO_FREE char *path = NULL;
        StrBuf name = STRBUF_INIT;

        strbuf_addf(&name, "%s.new", log->path);
        path = strbuf_steal(&name);
        if (!path)
                return err_new(-ENOMEM);
        if (unlink(path) < 0 && errno != ENOENT)
                return err_new(-errno);
        AUTO_FD int fd = open_file(path);
        if (fd < 0)
                return err_pass(fd);
        int r = lock_file(fd);
        if (r == 0 && content->length > 0)
                r = fd_write_all(fd, content->data, content->length);
        if (r < 0)
                return err_pass(r);
        if (rename(path, log->path) < 0)
                return err_new(-errno);
        (void)fd_close(log->fd); /* the old file; always -1 */
        log->fd = steal_fd(&fd);
        log->n_files++;
        log->written = content->length;
        log->reserved = 0;
        strbuf_clear(&log->pending);
        reserve(log);
        return 0;
}

int state_log_pend(StateLog *log, const StrBuf *content) {
        strbuf_clear(&log->pending);
        strbuf_add_str(&log->pending, (Str){ content->data, content->length });
        return err_pass(strbuf_result(&log->pending));
}

void state_log_close(StateLog *log) {
        log->fd = fd_close(log->fd);
        strbuf_done(&log->pending);
        free(STEAL(log->path));
}
