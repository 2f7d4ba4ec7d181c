/* SPDX-License-Identifier: Apache-2.0 */
#include "host/dynamic_user.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/hash.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/str.h"

#define N_UIDS (DYNAMIC_UID_MAX - DYNAMIC_UID_MIN + 1)
#define NAME_LIMIT 256

uid_t dynamic_user_first(const char *name) {
        static const uint8_t key[16] = { 't', 'e', 'n', 'd', ' ', 'd', 'y', 'n',
                                         'a', 'm', 'i', 'c', ' ', 'u', 'i', 'd' };
        return (uid_t)(DYNAMIC_UID_MIN + siphash24(name, strlen(name), key) % N_UIDS);
}

static bool is_taken_by_other(uid_t uid) {
        char buffer[1024];
        struct passwd user, *found = NULL;
        return getpwuid_r(uid, &user, buffer, sizeof(buffer), &found) == 0 && found;
}

/* 1 when the mark is now ours for this name, 0 when another name has it. */
static int try_mark(const char *directory, uid_t uid, const char *name) {
        AUTO_FREE char *path = NULL, *holder = NULL;
        size_t length = 0;

        if (asprintf(&path, "%s/%u", directory, (unsigned)uid) < 0)
                return err_new(-ENOMEM);
        AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd >= 0) {
                int r = fd_write_all(fd, name, strlen(name));
                return r < 0 ? err_pass(r) : 1;
        }
        if (errno != EEXIST)
                return err_new(-errno);
        int r = file_read(path, NAME_LIMIT, &holder, &length, NULL);
        return r == 0 && streq(holder, name);
}

int dynamic_user_take(const char *directory, const char *name, uid_t *ret_uid) {
        uid_t first = dynamic_user_first(name);

        int r = dir_make_all(directory, 0755);
        if (r < 0)
                return err_pass(r);
        for (unsigned i = 0; i < N_UIDS; i++) {
                uid_t uid = DYNAMIC_UID_MIN + (first - DYNAMIC_UID_MIN + i) % N_UIDS;
                if (is_taken_by_other(uid))
                        continue;
                r = try_mark(directory, uid, name);
                if (r < 0)
                        return err_pass(r);
                if (r > 0) {
                        *ret_uid = uid;
                        return 0;
                }
        }
        return err_new(-ENOSPC);
}

int dynamic_user_each(const char *directory, DynamicUserFunction *add, void *userdata) {
        AUTO_DIR DIR *marks = opendir(directory);
        int r = 0;

        for (const struct dirent *entry; r == 0 && marks && (entry = readdir(marks));) {
                AUTO_FREE char *path = path_join(directory, entry->d_name), *name = NULL;
                size_t length = 0;
                uint32_t uid;
                if (!path)
                        return err_new(-ENOMEM);
                if (parse_u32(str_of(entry->d_name), &uid) == 0 &&
                    file_read(path, NAME_LIMIT, &name, &length, NULL) == 0 && length > 0)
                        r = add(userdata, uid, name);
        }
        return r;
}

void dynamic_user_release(const char *directory, uid_t uid) {
        char *path = NULL;

        if (asprintf(&path, "%s/%u", directory, (unsigned)uid) < 0)
                return;
        (void)unlink(path); /* a mark that stays is found by its name at the next start */
        free(path);
}
