/* SPDX-License-Identifier: Apache-2.0 */
#include "host/condition_path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/parse_value.h"
#include "base/path_name.h"

int condition_path_exists(const char *path) {
        return access(path, F_OK) == 0;
}

static int find_matches(const char *pattern, glob_t *ret) {
        int r = glob(pattern, GLOB_NOSORT | GLOB_BRACE, NULL, ret);
        if (r == GLOB_NOSPACE)
                return err_new(-ENOMEM);
        return r == 0;
}

int condition_path_glob(const char *pattern) {
        glob_t found = { 0 };
        int r = find_matches(pattern, &found);
        globfree(&found);
        return err_pass(r);
}

char *condition_path_match(const char *pattern) {
        glob_t found = { 0 };
        char *match = find_matches(pattern, &found) > 0 ? str_dup(str_of(found.gl_pathv[0])) : NULL;
        globfree(&found);
        return match;
}

int condition_path_is_directory(const char *path) {
        struct stat status;
        return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int condition_path_is_link(const char *path) {
        struct stat status;
        return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

int condition_path_is_mount_point(const char *path) {
        struct statx status;

        if (statx(AT_FDCWD, path, AT_NO_AUTOMOUNT, STATX_TYPE, &status) < 0)
                return 0;
        return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

int condition_path_is_writable(const char *path) {
        struct statvfs status;
        return statvfs(path, &status) == 0 && !(status.f_flag & ST_RDONLY);
}

int condition_path_is_encrypted(const char *path) {
        AUTO_FREE char *uuid = NULL;
        char file[128];
        struct stat status;

        if (stat(path, &status) < 0)
                return errno == ENOENT ? 0 : err_new(-errno);
        dev_t device = S_ISBLK(status.st_mode) ? status.st_rdev : status.st_dev;
        (void)snprintf(
                file, sizeof(file), "/sys/dev/block/%u:%u/dm/uuid", major(device), minor(device));
        return file_read_line(file, &uuid) >= 0 && str_has_prefix(str_of(uuid), "CRYPT-");
}

int condition_directory_not_empty(const char *path) {
        AUTO_DIR DIR *directory = opendir(path);
        unsigned n_entries = 0;

        while (directory && n_entries <= 2 && readdir(directory))
                n_entries++;
        return n_entries > 2; /* "." and ".." are always there */
}

int condition_file_not_empty(const char *path) {
        struct stat status;
        return stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
}

int condition_file_is_executable(const char *path) {
        struct stat status;
        return stat(path, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 0111) != 0;
}

static bool is_newer(const struct stat *a, const struct stat *b) {
        if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
                return a->st_mtim.tv_sec > b->st_mtim.tv_sec;
        return a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

int condition_needs_update(const char *path) {
        struct stat usr, updated;
        AUTO_FREE char *stamp = NULL;

        if (!path_is_absolute(str_of(path)))
                return err_new(-EINVAL);
        if (access(path, F_OK) < 0)
                return 1; /* never updated */
        if (condition_path_is_writable(path) != 1)
                return 0; /* nothing could be updated there */
        stamp = path_join(path, ".updated");
        if (!stamp)
                return err_new(-ENOMEM);
        if (lstat(stamp, &updated) < 0 || lstat("/usr/", &usr) < 0)
                return 1;
        return is_newer(&usr, &updated);
}

int condition_first_boot(const char *wanted) {
        bool value;

        if (parse_boolean(str_of(wanted), &value) < 0)
                return err_new(-EINVAL);
        return (access("/run/systemd/first-boot", F_OK) == 0) == value;
}

int condition_credential(const char *name) {
        static const char *const directories[] = { "/run/credentials/@system",
                                                   "/run/credentials/@encrypted" };

        if (!file_name_is_valid(name))
                return err_new(-EINVAL);
        for (size_t i = 0; i < ARRAY_LENGTH(directories); i++) {
                AUTO_FREE char *path = path_join(directories[i], name);
                if (path && access(path, F_OK) == 0)
                        return 1;
        }
        return 0;
}
