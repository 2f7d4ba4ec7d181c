/* SPDX-License-Identifier: Apache-2.0 */
#include "host/timer_ledger.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/strbuf.h"

#define LEDGER_READ_MAX (128 * 1024) /* of the end; more than TIMER_LEDGER_RUNS need */
#define LEDGER_WRITE_MAX (48 * 1024) /* then it is shortened */
#define LEDGER_MODE 0644
#define LINE_MAX_BYTES 256 /* more than any line has */
#define SAME_DUE_USEC 1000 /* a due moment is the same when both clocks made one of it again */

/* Where what should outlive the machine's restart is kept; a manager with a directory of its own
 * has all its things there. */
static char *ledger_directory(const RuntimePaths *paths, bool is_transient) {
        const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
        if (is_transient)
                return path_join(paths->directory, "transient-timers");
        if (!paths->is_default)
                return path_join(paths->directory, "timers");
        if (paths->scope == UNIT_SCOPE_SYSTEM)
                return strdup("/var/lib/tend/timers");
        if (state && path_is_absolute(str_of(state)))
                return path_join(state, "tend/timers");
        return home ? path_join(home, ".local/state/tend/timers") : NULL;
}

char *timer_ledger_path(const RuntimePaths *paths, const char *timer, bool is_transient) {
        AUTO_FREE char *directory = ledger_directory(paths, is_transient);
        return directory ? path_join(directory, timer) : NULL;
}

/* --- lines ---------------------------------------------------------------------------------- */

static bool is_open(const TimerEntry *entry) {
        return streq(entry->result, TIMER_LEDGER_OPEN);
}

void timer_ledger_print(const TimerEntry *entry, StrBuf *out) {
        const TimerRun *run = &entry->run;
        strbuf_addf(out,
                    "%" PRIu64 " %" PRIu64 " %" PRIu64 " %s %u %u %" PRIu64 "\n",
                    run->due_usec,
                    run->started_usec,
                    entry->finished_usec,
                    entry->result,
                    run->n_skipped,
                    run->n_missed,
                    entry->took_usec);
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
            missed > UINT32_MAX)
                return err_new(-EBADMSG);
        entry.took_usec = usec_sub(entry.finished_usec, entry.run.started_usec);
        line = str_trim(line);
        if (line.length > 0 && (next_u64(&line, &entry.took_usec) < 0 || str_trim(line).length > 0))
                return err_new(-EBADMSG);
        memcpy(entry.result, result.data, result.length);
        entry.run.n_skipped = (unsigned)skipped;
        entry.run.n_missed = (unsigned)missed;
        *ret = entry;
        return 0;
}

/* --- reading -------------------------------------------------------------------------------- */

/* The last bytes of the file; 0 when it is empty or missing. */
static ssize_t read_end(const char *path, char *bytes, size_t size) {
        struct stat st;
        AUTO_FD int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? 0 : err_new(-errno);
        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
                return err_new(-EBADFD);
        off_t from = st.st_size > (off_t)size ? st.st_size - (off_t)size : 0;
        ssize_t n = pread(fd, bytes, size, from);
        return n < 0 ? err_new(-errno) : n;
}

/* An end takes the place of its beginning, and so does the same run when another manager began it
 * once more. */
static bool takes_place_of(const TimerEntry *entry, const TimerEntry *last) {
        uint64_t due = entry->run.due_usec, last_due = last->run.due_usec;
        return is_open(last) && MAX(due, last_due) - MIN(due, last_due) < SAME_DUE_USEC;
}

static void mark_lost(TimerEntry *entries, unsigned n) {
        for (unsigned i = 0; i + 1 < n; i++)
                if (is_open(&entries[i]))
                        (void)snprintf(entries[i].result,
                                       sizeof(entries[i].result),
                                       TIMER_LEDGER_LOST); /* fits */
}

int timer_ledger_read(const char *path, TimerEntry **ret_entries, unsigned *ret_n) {
        AUTO_FREE char *text = malloc(LEDGER_READ_MAX);
        AUTO_FREE TimerEntry *entries = NULL;
        unsigned n = 0;
        Str line;
        if (!text)
                return err_new(-ENOMEM);
        ssize_t length = read_end(path, text, LEDGER_READ_MAX);
        if (length < 0)
                return err_pass((int)length);
        entries = calloc((size_t)length / 8 + 1, sizeof(*entries)); /* a line is longer than that */
        if (!entries)
                return err_new(-ENOMEM);
        const char *last = memrchr(text, '\n', (size_t)length);
        Str rest = { text, last ? (size_t)(last - text) : 0 }; /* without a line that is torn */
        while (str_next_part(&rest, '\n', &line)) {
                if (line.length < 8 || timer_ledger_parse(line, &entries[n]) < 0)
                        continue;
                if (n > 0 && takes_place_of(&entries[n], &entries[n - 1]))
                        entries[n - 1] = entries[n];
                else
                        n++;
        }
        mark_lost(entries, n);
        *ret_n = MIN(n, TIMER_LEDGER_RUNS);
        memmove(entries, entries + (n - *ret_n), *ret_n * sizeof(*entries));
        *ret_entries = STEAL(entries);
        return 0;
}

/* --- writing -------------------------------------------------------------------------------- */

/* Writes the newest runs anew. */
static int shorten(const char *path) {
        AUTO_FREE TimerEntry *entries = NULL;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        unsigned n = 0;
        int r = timer_ledger_read(path, &entries, &n);
        if (r < 0)
                return err_pass(r);
        for (unsigned i = 0; i < n; i++)
                timer_ledger_print(&entries[i], &out);
        if (strbuf_result(&out) < 0)
                return err_new(-ENOMEM);
        return err_pass(file_write_atomic(path, (Str){ out.data, out.length }, LEDGER_MODE, false));
}

typedef enum LedgerTail {
        TAIL_NONE,  /* empty, or not to be read */
        TAIL_TORN,  /* the last line has no end */
        TAIL_ENTRY, /* there is a last run */
} LedgerTail;

static LedgerTail look_at_tail(const char *path, TimerEntry *ret) {
        char bytes[LINE_MAX_BYTES];
        ssize_t n = read_end(path, bytes, sizeof(bytes));
        if (n <= 0)
                return TAIL_NONE;
        if (bytes[n - 1] != '\n')
                return TAIL_TORN;
        const char *before = memrchr(bytes, '\n', (size_t)n - 1);
        const char *begin = before ? before + 1 : bytes;
        return timer_ledger_parse((Str){ begin, (size_t)(bytes + n - 1 - begin) }, ret) < 0
                       ? TAIL_NONE
                       : TAIL_ENTRY;
}

bool timer_ledger_find_open(const char *path, TimerEntry *ret) {
        TimerEntry last;
        if (look_at_tail(path, &last) != TAIL_ENTRY || !is_open(&last))
                return false;
        *ret = last;
        return true;
}

static bool is_told(const TimerEntry *last, const TimerEntry *entry) {
        return last->run.due_usec == entry->run.due_usec &&
               last->run.started_usec == entry->run.started_usec &&
               (is_open(entry) || !is_open(last));
}

static int open_ledger(const char *path) {
        AUTO_FREE char *directory = path_dir_name(path);
        int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
        if (!directory)
                return err_new(-ENOMEM);
        int fd = open(path, flags, LEDGER_MODE);
        if (fd < 0 && errno == ENOENT && dir_make_all(directory, 0755) >= 0)
                fd = open(path, flags, LEDGER_MODE);
        return fd < 0 ? err_new(-errno) : fd;
}

int timer_ledger_add(const char *path, const TimerEntry *entry) {
        AUTO(strbuf_done) StrBuf line = STRBUF_INIT;
        TimerEntry last;
        LedgerTail tail = look_at_tail(path, &last);
        if (tail == TAIL_ENTRY && is_told(&last, entry))
                return 0;
        AUTO_FD int fd = open_ledger(path);
        if (fd < 0)
                return err_pass(fd);
        if (tail == TAIL_TORN)
                strbuf_add_char(&line, '\n');
        timer_ledger_print(entry, &line);
        if (strbuf_result(&line) < 0)
                return err_new(-ENOMEM);
        off_t end = lseek(fd, 0, SEEK_END);
        ssize_t n = write(fd, line.data, line.length);
        if (n < 0)
                return err_new(-errno);
        if (n != (ssize_t)line.length) /* what stays torn is passed over */
                return err_new(ftruncate(fd, end) < 0 ? -errno : -ENOSPC);
        return end > LEDGER_WRITE_MAX ? err_pass(shorten(path)) : 0;
}

/* --- transient timers ----------------------------------------------------------------------- */

/* The file of a directory that was written least lately; NULL when there are not more than `most`.
 */
static char *find_oldest(DIR *directory, unsigned most) {
        AUTO_FREE char *oldest = NULL;
        struct timespec when = { 0 };
        struct stat st;
        unsigned n = 0;
        for (const struct dirent *entry; (entry = readdir(directory));) {
                if (entry->d_name[0] == '.' ||
                    fstatat(dirfd(directory), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                        continue;
                n++;
                if (oldest &&
                    (st.st_mtim.tv_sec > when.tv_sec ||
                     (st.st_mtim.tv_sec == when.tv_sec && st.st_mtim.tv_nsec >= when.tv_nsec)))
                        continue;
                when = st.st_mtim;
                free(oldest);
                oldest = strdup(entry->d_name);
        }
        return n > most ? STEAL(oldest) : NULL;
}

void timer_ledger_prune(const char *path) {
        AUTO_FREE char *name = path_dir_name(path);
        AUTO_DIR DIR *directory = name ? opendir(name) : NULL;
        AUTO_FREE char *oldest = directory ? find_oldest(directory, TIMER_LEDGER_TRANSIENT) : NULL;
        if (oldest)
                (void)unlinkat(dirfd(directory), oldest, 0); /* the next one tries again */
}
