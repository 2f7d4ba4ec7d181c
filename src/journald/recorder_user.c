/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/recorder_user.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "host/dynamic_user.h"

#define USER_NAME "tend-journal"
#define JOURNAL_GROUP "systemd-journal" /* systemd's: readers expect it */
#define TTY_GROUP "tty"

static gid_t group_of(const char *name) {
        const struct group *group = getgrnam(name);

        return group ? group->gr_gid : (gid_t)-1;
}

/* In a user name space there may be no such user. */
static bool can_become(uid_t uid) {
        if (seteuid(uid) < 0)
                return false;
        return seteuid(0) == 0;
}

int recorder_user_find(const char *marks, RecorderUser *ret, const char **ret_reason) {
        const struct passwd *named;

        *ret_reason = NULL;
        *ret = (RecorderUser){ .uid = geteuid(), .gid = getegid(), .starter = geteuid() };
        ret->journal_group = ret->tty_group = (gid_t)-1;
        if (ret->uid != 0)
                return 0;
        ret->journal_group = group_of(JOURNAL_GROUP);
        ret->tty_group = group_of(TTY_GROUP);
        named = getpwnam(USER_NAME);
        uid_t uid = named ? named->pw_uid : 0;
        gid_t gid = named ? named->pw_gid : 0;
        if (!named) {
                int r = dynamic_user_take(marks, USER_NAME, &uid);
                if (r < 0)
                        return err_pass(r);
                gid = uid;
        }
        if (!can_become(uid)) {
                *ret_reason = "the user name space has no other users";
                return 0;
        }
        ret->is_other = uid != 0;
        ret->uid = uid;
        ret->gid = ret->journal_group != (gid_t)-1 ? ret->journal_group : gid;
        return 0;
}

bool recorder_user_reaches(const RecorderUser *user, const char *directory) {
        if (seteuid(user->uid) < 0)
                return false;
        AUTO_FD int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
        return seteuid(user->starter) == 0 && fd >= 0;
}

/* Never a file that has another name elsewhere, nor what a link leads to. */
static int give_file(const RecorderUser *user, int dir_fd, const char *name) {
        AUTO_FD int fd =
                openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        struct stat status;

        if (fd < 0 || fstat(fd, &status) < 0)
                return err_new(-errno);
        if (!S_ISREG(status.st_mode) || status.st_nlink != 1 || status.st_uid == user->uid)
                return 0;
        return fchown(fd, user->uid, (gid_t)-1) < 0 ? err_new(-errno) : 0;
}

static void give_files(const RecorderUser *user, const char *directory, const char *part) {
        AUTO_DIR DIR *dir = opendir(directory);

        for (const struct dirent *entry; dir && (entry = readdir(dir));)
                if (entry->d_name[0] != '.' && (!part || strstr(entry->d_name, part)))
                        (void)give_file(user, dirfd(dir), entry->d_name); /* it stays root's */
}

int recorder_user_give(const RecorderUser *user, const char *directory, const char *part) {
        struct stat status;

        if (!user->is_other)
                return 0;
        bool is_new = lstat(directory, &status) < 0;
        int r = dir_make_all(directory, 0755);
        if (r < 0)
                return err_pass(r);
        AUTO_FD int fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &status) < 0)
                return err_new(-errno);
        if (status.st_uid != user->uid && fchown(fd, user->uid, user->journal_group) < 0)
                return err_new(-errno);
        if (is_new && user->journal_group != (gid_t)-1 && fchmod(fd, 02755) < 0)
                return err_new(-errno);
        give_files(user, directory, part);
        return 0;
}
