/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/journal_log.h"

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "journal/journal_map.h"
#include "journal/journal_scan.h"
#include "journal/journal_value.h"

#define DRAIN_SEC 2
#define FILES_MAX 1024

/* --- places
 * ---------------------------------------------------------------------------------------- */

static int add_place(char ***list, const char *directory, const char *name) {
        AUTO_FREE char *path = path_join(directory, name);

        if (!path)
                return err_new(-ENOMEM);
        return access(path, R_OK | X_OK) == 0 ? err_pass(strv_add(list, path)) : 0;
}

static int add_user_places(char ***list) {
        const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

        if (state && path_is_absolute(str_of(state)))
                return err_pass(add_place(list, state, "tend/journal"));
        return home ? err_pass(add_place(list, home, ".local/state/tend/journal")) : 0;
}

/* The recorder's own directory, else the public ones. */
static int find_places(const Tend *tend, char ***list) {
        AUTO_FREE char *id = NULL;
        int r = add_place(list, tend->paths->directory, "journal/files");

        if (r < 0 || *list)
                return err_pass(r);
        if (tend->scope == UNIT_SCOPE_USER)
                return err_pass(add_user_places(list));
        if (!tend->paths->is_default || file_read_line("/etc/machine-id", &id) < 0)
                return 0;
        r = add_place(list, "/var/log/journal", id);
        return r < 0 ? err_pass(r) : err_pass(add_place(list, "/run/log/journal", id));
}

int journal_log_places(Tend *tend, char ***list) {
        int r = tend_paths(tend);
        return r < 0 ? err_pass(r) : err_pass(find_places(tend, list));
}

int journal_log_init(JournalLog *log, Tend *tend, const char *unit) {
        *log = (JournalLog){ .unit = str_dup(str_of(unit)) };
        if (!log->unit)
                return err_new(-ENOMEM);
        return err_pass(journal_log_places(tend, &log->directories));
}

void journal_log_done(JournalLog *log) {
        free(STEAL(log->unit));
        log->directories = strv_free(log->directories);
}

/* --- files
 * ----------------------------------------------------------------------------------------- */

/* One file, for putting them in order. */
typedef struct File {
        JournalMap *map; /* owned */
        uint64_t tail_realtime, tail_seqnum;
} File;

typedef struct Files {
        File files[FILES_MAX];
        size_t n;
} Files;

static void files_free(Files *files) {
        for (size_t i = 0; i < files->n; i++)
                journal_map_close(files->files[i].map);
        free(files);
}

DEFINE_AUTO(Files *, files_free);

static void open_file(Files *files, const char *directory, const char *name) {
        AUTO_FREE char *path = path_join(directory, name);
        AUTO(journal_map_close) JournalMap *map = NULL;
        JournalBytes bytes;
        int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;

        if (fd < 0 || files->n == FILES_MAX || journal_map_file(fd, false, 0, &map) < 0 ||
            journal_bytes_init(&bytes, map->base, map->size) < 0)
                return; /* others are shown all the same */
        const JournalHeader *header = (const JournalHeader *)(const void *)map->base;
        files->files[files->n++] = (File){
                .map = STEAL(map),
                .tail_realtime = le64toh(header->tail_entry_realtime),
                .tail_seqnum = le64toh(header->tail_entry_seqnum),
        };
}

static int newest_first(const void *a, const void *b) {
        const File *x = a, *y = b;
        return x->tail_realtime > y->tail_realtime ? -1 : x->tail_realtime < y->tail_realtime;
}

static Files *open_files(char *const *directories) {
        Files *files = calloc(1, sizeof(*files));

        STRV_FOREACH(directory, directories) {
                AUTO_DIR DIR *dir = files ? opendir(*directory) : NULL;
                for (struct dirent *entry; dir && (entry = readdir(dir));)
                        if (str_has_suffix(str_of(entry->d_name), ".journal"))
                                open_file(files, *directory, entry->d_name);
        }
        if (files && files->n > 1)
                qsort(files->files, files->n, sizeof(*files->files), newest_first);
        return files;
}

/* --- lines
 * ----------------------------------------------------------------------------------------- */

static int find_entries(const JournalBytes *bytes, const char *unit, JournalOffsets *offsets) {
        static const char *const fields[] = {
                "_SYSTEMD_UNIT",
                "UNIT",
                "_SYSTEMD_USER_UNIT",
                "USER_UNIT",
        };
        AUTO(strbuf_done) StrBuf payload = STRBUF_INIT;

        for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
                strbuf_clear(&payload);
                strbuf_addf(&payload, "%s=%s", fields[i], unit);
                int r = journal_value_entries(
                        bytes, (Str){ strbuf_text(&payload), payload.length }, offsets);
                if (r == -ENOMEM)
                        return err_pass(r);
        }
        journal_offsets_sort(offsets);
        return 0;
}

void journal_log_lines_done(JournalLogLines *lines) {
        lines->lines = strv_free(lines->lines);
        free(STEAL(lines->times));
}

/* Room for the moments of `n` more lines. */
static int reserve_times(JournalLogLines *lines, size_t n) {
        size_t n_there = strv_length(lines->lines);
        uint64_t *grown = reallocarray(lines->times, n_there + n + 1, sizeof(*grown));

        if (!grown)
                return err_new(-ENOMEM);
        lines->times = grown;
        return 0;
}

/* Puts `older` in front, which is empty then. */
static int join(JournalLogLines *older, JournalLogLines *lines) {
        size_t n_older = strv_length(older->lines), n = strv_length(lines->lines);
        int r = reserve_times(older, n);

        if (r >= 0)
                r = strv_extend(&older->lines, lines->lines);
        if (r < 0)
                return err_pass(r);
        if (n > 0)
                memcpy(older->times + n_older, lines->times, n * sizeof(*lines->times));
        journal_log_lines_done(lines);
        *lines = *older;
        *older = (JournalLogLines){ 0 };
        return 0;
}

int journal_log_lines_prepend(JournalLogLines *lines, char *const *older) {
        AUTO(journal_log_lines_done) JournalLogLines front = { 0 };
        int r = reserve_times(&front, strv_length(older));

        if (r < 0)
                return err_pass(r);
        memset(front.times, 0, strv_length(older) * sizeof(*front.times));
        r = strv_extend(&front.lines, older);
        return r < 0 ? err_pass(r) : err_pass(join(&front, lines));
}

static bool take_field(Str value, const char *name, Str *ret) {
        if (!str_skip_prefix(&value, name))
                return false;
        *ret = value;
        return true;
}

/* The text of an entry; the manager's with its mark in front. */
static int add_line(JournalScan *scan, const JournalEntry *entry, JournalLogLines *lines) {
        AUTO(strbuf_done) StrBuf message = STRBUF_INIT;
        Str value, pid = STR_EMPTY, text;
        bool is_manager = false, has_message = false;

        for (uint64_t i = 0; journal_scan_value(scan, entry, i, &value); i++) {
                is_manager |= str_equal_c(value, "SYSLOG_IDENTIFIER=tendd");
                (void)take_field(value, "_PID=", &pid); /* most values are others */
                if (take_field(value, "MESSAGE=", &text) && !has_message) {
                        strbuf_add_str(&message, text); /* it may be in the buffer of the scan */
                        has_message = true;
                }
        }
        int r = has_message ? reserve_times(lines, 1) : 0;
        if (!has_message || r < 0)
                return err_pass(r);
        lines->times[strv_length(lines->lines)] = le64toh(entry->realtime);
        return is_manager ? err_pass(strv_addf(&lines->lines,
                                               "tendd[%.*s]: %s",
                                               STR_ARG(pid),
                                               strbuf_text(&message)))
                          : err_pass(strv_add(&lines->lines, strbuf_text(&message)));
}

/* The last `n` lines of one file, oldest first, of entries after `after`. */
static int
read_file(const File *file, const JournalLog *log, size_t n_wanted, JournalLogLines *lines) {
        JournalOffsets offsets = { 0 };
        AUTO(journal_scan_done) JournalScan scan = { 0 };
        int r = journal_scan_init(&scan, file->map->base, file->map->size);

        if (r >= 0)
                r = find_entries(&scan.bytes, log->unit, &offsets);
        size_t first = offsets.n > n_wanted ? offsets.n - n_wanted : 0;
        for (size_t i = first; i < offsets.n && r >= 0; i++) {
                const JournalObject *object =
                        journal_object_find(&scan.bytes, offsets.offsets[i], JOURNAL_OBJECT_ENTRY);
                const JournalEntry *entry = (const JournalEntry *)(const void *)object;
                if (entry && le64toh(entry->seqnum) > log->last_seqnum)
                        r = add_line(&scan, entry, lines);
        }
        journal_offsets_done(&offsets);
        return err_pass(r);
}

int journal_log_read(JournalLog *log, unsigned n_lines, JournalLogLines *ret) {
        AUTO(files_free) Files *files = open_files(log->directories);
        AUTO(journal_log_lines_done) JournalLogLines lines = { 0 };
        uint64_t last = log->last_seqnum;

        if (!files)
                return err_new(-ENOMEM);
        for (size_t i = 0; i < files->n && strv_length(lines.lines) < n_lines; i++) {
                const File *file = &files->files[i];
                AUTO(journal_log_lines_done) JournalLogLines older = { 0 };
                if (file->tail_seqnum <= log->last_seqnum)
                        continue;
                last = MAX(last, file->tail_seqnum);
                int r = read_file(file, log, n_lines - strv_length(lines.lines), &older);
                if (r == -ENOMEM)
                        return err_pass(r);
                r = join(&older, &lines);
                if (r < 0)
                        return err_pass(r);
        }
        log->last_seqnum = last;
        *ret = lines;
        lines = (JournalLogLines){ 0 }; /* they are the caller's */
        return 0;
}

void journal_log_drain(Tend *tend) {
        static const char call[] = "{\"method\":\"io.tend.Journal.Drain\"}";
        const struct timeval patience = { .tv_sec = DRAIN_SEC };
        struct sockaddr_un address;
        char answer[256];

        if (tend_paths(tend) < 0)
                return;
        AUTO_FREE char *path = path_join(tend->paths->directory, "journal/io.systemd.journal");
        int length = path ? socket_address_unix(path, &address) : -1;
        AUTO_FD int fd = length < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
            connect(fd, (const struct sockaddr *)&address, (socklen_t)length) < 0)
                return; /* there is no recorder */
        if (send(fd, call, sizeof(call), MSG_NOSIGNAL) > 0)
                (void)recv(fd, answer, sizeof(answer), 0); /* that it has come is the answer */
}
