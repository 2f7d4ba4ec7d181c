/* SPDX-License-Identifier: Apache-2.0 */
#include "host/timer_ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/strbuf.h"

#define LEDGER_MAX (1024 * 1024)
#define LEDGER_MODE 0644
#define LINE_MAX_BYTES 256 /* more than any line has */

/* Where what should outlive the machine's restart is kept; a manager with a directory of its own
 * has all its things there. */
static char *ledger_directory(const RuntimePaths *paths) {
        const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
        if (!paths->is_default)
                return path_join(paths->directory, "timers");
        if (paths->scope == UNIT_SCOPE_SYSTEM)
                return strdup("/var/lib/tend/timers");
        if (state && path_is_absolute(str_of(state)))
                return path_join(state, "tend/timers");
        return home ? path_join(home, ".local/state/tend/timers") : NULL;
}

char *timer_ledger_path(const RuntimePaths *paths, const char *timer) {
        AUTO_FREE char *directory = ledger_directory(paths);
        return directory ? path_join(directory, timer) : NULL;
}

void timer_ledger_print(const TimerEntry *entry, StrBuf *out) {
        const TimerRun *run = &entry->run;
        strbuf_addf(out,
                    "%" PRIu64 " %" PRIu64 " %" PRIu64 " %s %u %u\n",
                    run->due_usec,
                    run->started_usec,
                    entry->finished_usec,
                    entry->result,
                    run->n_skipped,
                    run->n_missed);
}

static int next_u64(Str *rest, uint64_t *ret) {
        Str word;
        return str_next_word(rest, &word) ? parse_u64(word, 10, ret) : -EBADMSG;
}

int timer_ledger_parse(Str line, TimerEntry *ret) {
        TimerEntry entry = { 0 };
        uint64_t skipped, missed;
        Str result;
        if (next_u64(&line, &entry.run.due_usec) < 0 ||
            next_u64(&line, &entry.run.started_usec) < 0 ||
            next_u64(&line, &entry.finished_usec) < 0 || !str_next_word(&line, &result) ||
            result.length >= sizeof(entry.result) || memchr(result.data, '\0', result.length) ||
            next_u64(&line, &skipped) < 0 || next_u64(&line, &missed) < 0 || skipped > UINT32_MAX ||
            missed > UINT32_MAX || str_trim(line).length > 0)
                return err_new(-EBADMSG);
        memcpy(entry.result, result.data, result.length);
        entry.run.n_skipped = (unsigned)skipped;
        entry.run.n_missed = (unsigned)missed;
        *ret = entry;
        return 0;
}

int timer_ledger_read(const char *path, TimerEntry **ret_entries, unsigned *ret_n) {
        AUTO_FREE char *text = NULL;
        AUTO_FREE TimerEntry *entries = NULL;
        unsigned n = 0;
        size_t length = 0;
        Str line;
        int r = file_read(path, LEDGER_MAX, &text, &length, NULL);
        if (r < 0 && r != -ENOENT)
                return err_pass(r);
        Str rest = { text ? text : "", length };
        entries = calloc(length / 8 + 1, sizeof(*entries)); /* a line is longer than that */
        if (!entries)
                return err_new(-ENOMEM);
        while (str_next_part(&rest, '\n', &line))
                if (line.length >= 8 && timer_ledger_parse(line, &entries[n]) == 0)
                        n++; /* what is damaged is passed over */
        *ret_entries = STEAL(entries);
        *ret_n = n;
        return 0;
}

/* Writes the newest runs anew when there are too many. */
static int shorten(const char *path) {
        AUTO_FREE TimerEntry *entries = NULL;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        unsigned n = 0;
        int r = timer_ledger_read(path, &entries, &n);
        if (r < 0 || n < 2 * TIMER_LEDGER_RUNS)
                return err_pass(r);
        for (unsigned i = n - TIMER_LEDGER_RUNS; i < n; i++)
                timer_ledger_print(&entries[i], &out);
        if (strbuf_result(&out) < 0)
                return err_new(-ENOMEM);
        return err_pass(file_write_atomic(path, (Str){ out.data, out.length }, LEDGER_MODE, false));
}

typedef enum LedgerTail {
        TAIL_WHOLE,
        TAIL_TORN, /* the last line has no end */
        TAIL_SAME, /* it is of this run */
} LedgerTail;

static LedgerTail look_at_tail(int fd, off_t end, const TimerRun *run) {
        char bytes[LINE_MAX_BYTES];
        off_t from = end > (off_t)sizeof(bytes) ? end - (off_t)sizeof(bytes) : 0;
        ssize_t n = pread(fd, bytes, sizeof(bytes), from);
        TimerEntry last;
        if (n <= 0)
                return TAIL_WHOLE; /* empty, or not to be read: the run is added */
        if (bytes[n - 1] != '\n')
                return TAIL_TORN;
        const char *before = memrchr(bytes, '\n', (size_t)n - 1);
        const char *begin = before ? before + 1 : bytes;
        if (timer_ledger_parse((Str){ begin, (size_t)(bytes + n - 1 - begin) }, &last) < 0)
                return TAIL_WHOLE;
        return last.run.due_usec == run->due_usec && last.run.started_usec == run->started_usec
                       ? TAIL_SAME
                       : TAIL_WHOLE;
}

int timer_ledger_add(const char *path, const TimerEntry *entry) {
        AUTO(strbuf_done) StrBuf line = STRBUF_INIT;
        AUTO_FREE char *directory = path_dir_name(path);
        int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
        if (!directory)
                return err_new(-ENOMEM);
        AUTO_FD int fd = open(path, flags, LEDGER_MODE);
        if (fd < 0 && errno == ENOENT && dir_make_all(directory, 0755) >= 0)
                fd = open(path, flags, LEDGER_MODE);
        if (fd < 0)
                return err_new(-errno);
        off_t end = lseek(fd, 0, SEEK_END);
        LedgerTail tail = look_at_tail(fd, end, &entry->run);
        if (tail == TAIL_SAME)
                return 0;
        if (tail == TAIL_TORN)
                strbuf_add_char(&line, '\n');
        timer_ledger_print(entry, &line);
        if (strbuf_result(&line) < 0)
                return err_new(-ENOMEM);
        ssize_t n = write(fd, line.data, line.length);
        if (n != (ssize_t)line.length)
                return err_new(n < 0 ? -errno : -EIO);
        /* Looked at only now and then: a line has about 60 bytes. */
        return end > (off_t)(2 * TIMER_LEDGER_RUNS * line.length) ? err_pass(shorten(path)) : 0;
}
