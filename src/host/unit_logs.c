/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_logs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/strv.h"

/* Lines are gathered as long as they are about one unit, so that a start costs one open. */
struct UnitLogs {
        char *directory;
        char *unit; /* whose lines are in `lines`; NULL when it is empty */
        StrBuf lines;
        char **gone; /* units that are gone for good and may have a file, oldest first */
        pid_t self;
};

int unit_logs_new(const char *directory, UnitLogs **ret) {
        AUTO(unit_logs_free) UnitLogs *logs = calloc(1, sizeof(*logs));
        if (!logs)
                return err_new(-ENOMEM);
        logs->directory = str_dup(str_of(directory));
        logs->self = getpid();
        if (!logs->directory)
                return err_new(-ENOMEM);
        *ret = STEAL(logs);
        return 0;
}

UnitLogs *unit_logs_free(UnitLogs *logs) {
        if (!logs)
                return NULL;
        if (logs->directory)
                unit_logs_flush(logs);
        free(logs->directory);
        free(logs->unit);
        strbuf_done(&logs->lines);
        (void)strv_free(logs->gone); /* always NULL */
        free(logs);
        return NULL;
}

char *unit_logs_path(const UnitLogs *logs, const char *unit) {
        StrBuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/%s.log", logs->directory, unit);
        return strbuf_steal(&path);
}

void unit_logs_flush(UnitLogs *logs) {
        if (logs->lines.length == 0)
                return;
        AUTO_FREE char *path = unit_logs_path(logs, logs->unit);
        AUTO_FD int fd =
                path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)
                     : -1;
        if (fd >= 0)
                (void)fd_write_all(
                        fd, logs->lines.data, logs->lines.length); /* see unit_logs_add */
        strbuf_clear(&logs->lines);
}

void unit_logs_add(UnitLogs *logs, const char *unit, const char *line) {
        if (!logs->unit || !streq(logs->unit, unit)) {
                unit_logs_flush(logs);
                free(logs->unit);
                logs->unit = str_dup(str_of(unit));
                if (!logs->unit)
                        return;
        }
        strbuf_addf(&logs->lines, "tendd[%d]: %s\n", (int)logs->self, line);
}

static char *path_aside(const char *path) {
        StrBuf aside = STRBUF_INIT;
        strbuf_addf(&aside, "%s.1", path);
        return strbuf_steal(&aside);
}

void unit_logs_rotate(UnitLogs *logs, const char *unit) {
        struct stat st;
        AUTO_FREE char *path = unit_logs_path(logs, unit);

        strv_remove(logs->gone, unit);
        if (!path || stat(path, &st) < 0 || st.st_size <= UNIT_LOG_MAX)
                return;
        AUTO_FREE char *aside = path_aside(path);
        if (aside)
                (void)rename(path, aside); /* the file goes on growing then */
}

static void remove_files(const UnitLogs *logs, const char *unit) {
        AUTO_FREE char *path = unit_logs_path(logs, unit);
        AUTO_FREE char *aside = path ? path_aside(path) : NULL;
        if (!aside)
                return;
        (void)unlink(path); /* there is often none */
        (void)unlink(aside);
}

void unit_logs_retire(UnitLogs *logs, const char *unit) {
        if (strv_add_unique(&logs->gone, unit) < 0 || strv_length(logs->gone) <= UNIT_LOGS_GONE_MAX)
                return;
        AUTO_FREE char *oldest = str_dup(str_of(logs->gone[0]));
        if (!oldest)
                return;
        unit_logs_flush(logs); /* no line of it comes later */
        remove_files(logs, oldest);
        strv_remove(logs->gone, oldest);
}
