/* SPDX-License-Identifier: Apache-2.0 */
#include "base/login_record.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"

#define UTMP_FILE "/run/utmp"
#define WTMP_FILE "/var/log/wtmp"
#define ID_LENGTH 4

/* utmp(5), "ut_type". */
enum { TYPE_INIT = 5, TYPE_LOGIN = 6, TYPE_USER = 7, TYPE_DEAD = 8 };

typedef struct Record {
        int16_t type;
        int32_t pid;
        char line[32];
        char id[ID_LENGTH];
        char user[32];
        char host[256];
        int16_t termination, exit;
        int32_t session;
        int32_t seconds, microseconds;
        int32_t address[4];
        char reserved[20];
} Record;
static_assert(sizeof(Record) == 384, "as the files have it");

/* Fields need no end mark. */
static void copy(char *to, size_t size, const char *text) {
        memcpy(to, text, MIN(strlen(text), size));
}

static void copy_end(char *to, size_t size, const char *text) {
        size_t length = strlen(text);
        copy(to, size, length > size ? text + length - size : text);
}

static void set_time(Record *record) {
        struct timespec now = { 0 };
        (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock */
        record->seconds = (int32_t)now.tv_sec;
        record->microseconds = (int32_t)(now.tv_nsec / 1000);
}

/* --- files ------------------------------------------------------------------------------------ */

/* Waits for other writers, who lock the whole file too. */
static int lock(int fd, short type) {
        struct flock whole = { .l_type = type, .l_whence = SEEK_SET };
        int r;

        do
                r = fcntl(fd, F_SETLKW, &whole);
        while (r < 0 && errno == EINTR);
        return r < 0 ? err_new(-errno) : 0;
}

/* Reads on to the record of this id; its place, or the end of what is whole. */
static off_t find(int fd, const char *id, Record *ret) {
        off_t place = 0;

        while (pread(fd, ret, sizeof(*ret), place) == (ssize_t)sizeof(*ret)) {
                if (ret->type >= TYPE_INIT && ret->type <= TYPE_DEAD &&
                    memcmp(ret->id, id, ID_LENGTH) == 0)
                        return place;
                place += (off_t)sizeof(*ret);
        }
        *ret = (Record){ 0 };
        return place;
}

static int write_at(int fd, const Record *record, off_t place) {
        ssize_t n = pwrite(fd, record, sizeof(*record), place);

        if (n == (ssize_t)sizeof(*record))
                return 0;
        return err_new(n < 0 ? -errno : -EIO);
}

static int put(const Record *record) {
        AUTO_FD int fd = open(UTMP_FILE, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
        Record before;
        int r = fd < 0 ? -errno : lock(fd, F_WRLCK); /* the lock goes with the descriptor */

        return r < 0 ? err_new(r) : err_pass(write_at(fd, record, find(fd, record->id, &before)));
}

/* A history without this record is no reason to fail. */
static void append(const Record *record) {
        AUTO_FD int fd = open(WTMP_FILE, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);

        if (fd >= 0 && lock(fd, F_WRLCK) == 0)
                (void)fd_write_all(fd, (const char *)record, sizeof(*record));
}

static int put_and_append(const Record *record) {
        int r = put(record);

        append(record);
        return err_pass(r);
}

/* --- what happens ----------------------------------------------------------------------------- */

static const char *without_dev(const char *line) {
        return strncmp(line, "/dev/", 5) == 0 ? line + 5 : line;
}

int login_record_begin(const LoginStart *start) {
        Record record = { .type = TYPE_INIT, .pid = start->pid, .session = start->session };
        struct utsname kernel;

        copy_end(record.id, sizeof(record.id), start->id);
        if (start->line)
                copy(record.line, sizeof(record.line), without_dev(start->line));
        if (uname(&kernel) == 0)
                copy(record.host, sizeof(record.host), kernel.release);
        set_time(&record);
        int r = put_and_append(&record);
        if (r < 0 || start->mode == LOGIN_MODE_INIT)
                return err_pass(r);
        record.type = TYPE_LOGIN;
        r = put_and_append(&record);
        if (r < 0 || start->mode == LOGIN_MODE_LOGIN)
                return err_pass(r);
        record.type = TYPE_USER;
        if (start->user)
                copy(record.user, sizeof(record.user), start->user);
        return err_pass(put_and_append(&record));
}

void login_record_end(const char *id, pid_t pid, int code, int status) {
        AUTO_FD int fd = open(UTMP_FILE, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
        char wanted[ID_LENGTH] = { 0 };
        Record record;

        copy_end(wanted, sizeof(wanted), id);
        if (fd < 0 || lock(fd, F_WRLCK) < 0)
                return;
        off_t place = find(fd, wanted, &record);
        if (record.pid != pid || record.type == TYPE_DEAD)
                return; /* another one is there by now */
        record.type = TYPE_DEAD;
        record.exit = (int16_t)(code == CLD_EXITED ? status : 0);
        record.termination = (int16_t)(code == CLD_EXITED ? 0 : status);
        memset(record.user, 0, sizeof(record.user));
        memset(record.host, 0, sizeof(record.host));
        set_time(&record);
        (void)write_at(fd, &record, place); /* who(1) will ask whether the process is there */
        append(&record);
}
