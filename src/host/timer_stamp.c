/* SPDX-License-Identifier: Apache-2.0 */
#include "host/timer_stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/path_name.h"
#include "base/strbuf.h"

#define STAMP_DIRECTORY "systemd/timers"
#define STAMP_MODE 0644

/* /var/lib, or where the user's data are; NULL when nobody knows. */
static char *data_directory(const Host *host) {
        if (host->options.paths->scope == UNIT_SCOPE_SYSTEM)
                return strdup("/var/lib");
        const char *data = getenv("XDG_DATA_HOME"), *home = host->machine.home;
        if (data && path_is_absolute(str_of(data)))
                return strdup(data);
        return home ? path_join(home, ".local/share") : NULL;
}

static char *stamp_path(const Host *host, const Unit *unit) {
        AUTO_FREE char *data = data_directory(host);
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        if (!data)
                return NULL;
        strbuf_addf(&path, "%s/" STAMP_DIRECTORY "/stamp-%s", data, unit->id);
        return strbuf_steal(&path);
}

/* Makes the directories above a file. */
static void make_parents(char *path) {
        for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                (void)mkdir(path, 0755); /* what is missing shows when the file is made */
                *slash = '/';
        }
}

/* Makes the file, and sets its time unless that is 0. */
static int touch(char *path, uint64_t usec) {
        int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
        AUTO_FD int fd = open(path, flags, STAMP_MODE);
        if (fd < 0 && errno == ENOENT) {
                make_parents(path);
                fd = open(path, flags, STAMP_MODE);
        }
        if (fd < 0)
                return err_new(-errno);
        const struct timespec moment = { .tv_sec = (time_t)(usec / USEC_PER_SEC),
                                         .tv_nsec = (long)(usec % USEC_PER_SEC * NSEC_PER_USEC) };
        const struct timespec times[2] = { moment, moment };
        return futimens(fd, usec > 0 ? times : NULL) < 0 ? err_new(-errno) : 0;
}

static void complain(const Unit *unit, const char *path, int error) {
        unit_log(unit,
                 LOG_WARNING,
                 "%s: Cannot keep in %s when it elapsed: %s",
                 unit->id,
                 path,
                 strerror(-error));
}

uint64_t timer_stamp_read(const Host *host, const Unit *unit) {
        AUTO_FREE char *path = stamp_path(host, unit);
        struct stat st;
        if (!path)
                return 0;
        if (stat(path, &st) == 0)
                return (uint64_t)st.st_mtim.tv_sec * USEC_PER_SEC +
                       (uint64_t)st.st_mtim.tv_nsec / NSEC_PER_USEC;
        int r = errno == ENOENT ? touch(path, 0) : -errno;
        if (r < 0)
                complain(unit, path, r);
        return 0;
}

void timer_stamp_write(const Host *host, const Unit *unit, uint64_t realtime_usec) {
        AUTO_FREE char *path = stamp_path(host, unit);
        int r = path ? touch(path, realtime_usec) : -ENOMEM;
        if (r < 0)
                complain(unit, path ? path : "memory", r);
}

int timer_stamp_remove(const Host *host, const Unit *unit) {
        AUTO_FREE char *path = stamp_path(host, unit);
        return path && unlink(path) == 0 ? 0 : err_new(path ? -errno : -ENOMEM);
}
