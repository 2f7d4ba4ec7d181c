/* SPDX-License-Identifier: Apache-2.0 */
#include "self_view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define N_DESCRIPTORS 64
#define N_SHOWN 64

static void view_descriptors(FILE *out) {
        for (int fd = 0; fd < N_DESCRIPTORS; fd++) {
                int flags = fcntl(fd, F_GETFL);
                char path[64], target[512] = "";

                if (flags < 0)
                        continue;
                (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
                if (readlink(path, target, sizeof(target) - 1) < 0)
                        (void)snprintf(target, sizeof(target), "%s", strerrorname_np(errno));
                (void)fprintf(out, "descriptor %d: %s flags %o\n", fd, target, (unsigned)flags);
        }
}

static void view_mounts(FILE *out) {
        FILE *file = fopen("/proc/self/mountinfo", "re");
        char line[8192];

        if (!file)
                (void)fprintf(out, "mounts: %s\n", strerrorname_np(errno));
        while (file && fgets(line, sizeof(line), file))
                (void)fprintf(out, "mount: %s", line);
        if (file)
                (void)fclose(file);
}

static char kind_letter(mode_t mode) {
        static const struct {
                mode_t kind;
                char letter;
        } kinds[] = { { S_IFREG, 'f' }, { S_IFDIR, 'd' }, { S_IFLNK, 'l' }, { S_IFCHR, 'c' },
                      { S_IFBLK, 'b' }, { S_IFIFO, 'p' }, { S_IFSOCK, 's' } };

        for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
                if ((mode & S_IFMT) == kinds[i].kind)
                        return kinds[i].letter;
        return '?';
}

static void view_rights_of(FILE *out, const char *path) {
        static const struct {
                int right;
                char letter;
        } rights[] = { { R_OK, 'r' }, { W_OK, 'w' }, { X_OK, 'x' } };

        for (size_t i = 0; i < sizeof(rights) / sizeof(*rights); i++)
                if (access(path, rights[i].right) == 0)
                        (void)fputc(rights[i].letter, out);
                else
                        (void)fprintf(out, "(%c %s)", rights[i].letter, strerrorname_np(errno));
}

/* How the file system below it is mounted. */
static void view_flags_of(FILE *out, const char *path) {
        struct statvfs about;

        if (statvfs(path, &about) == 0)
                (void)fprintf(out,
                              " %s%s%s%s",
                              about.f_flag & ST_RDONLY ? "ro" : "rw",
                              about.f_flag & ST_NOSUID ? ",nosuid" : "",
                              about.f_flag & ST_NODEV ? ",nodev" : "",
                              about.f_flag & ST_NOEXEC ? ",noexec" : "");
}

/* The first words of a file, or where a link points. */
static void view_content(FILE *out, const char *path, mode_t mode) {
        char text[129] = "";
        ssize_t n = -1;

        if (S_ISLNK(mode)) {
                n = readlink(path, text, sizeof(text) - 1);
        } else if (S_ISREG(mode)) {
                int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

                n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
                if (fd >= 0)
                        (void)close(fd);
        }
        for (ssize_t i = 0; i < n; i++)
                if (text[i] < ' ' || text[i] > '~')
                        text[i] = '?';
        if (S_ISLNK(mode) || S_ISREG(mode))
                (void)fprintf(out, " '%s'", n < 0 ? strerrorname_np(errno) : text);
}

static void view_entry(FILE *out, const char *path) {
        struct stat about;

        if (lstat(path, &about) < 0) {
                (void)fprintf(out, "path %s: %s\n", path, strerrorname_np(errno));
                return;
        }
        (void)fprintf(out,
                      "path %s: %c%04o %u:%u",
                      path,
                      kind_letter(about.st_mode),
                      about.st_mode & 07777,
                      about.st_uid,
                      about.st_gid);
        if (S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode))
                (void)fprintf(out, " %u,%u", major(about.st_rdev), minor(about.st_rdev));
        (void)fputc(' ', out);
        view_rights_of(out, path);
        view_flags_of(out, path);
        view_content(out, path, about.st_mode);
        (void)fputc('\n', out);
}

static int is_shown(const struct dirent *entry) {
        return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

void view_path(FILE *out, const char *path) {
        struct dirent **entries = NULL;
        int n;

        view_entry(out, path);
        if (path[strlen(path) - 1] != '/')
                return;
        n = scandir(path, &entries, is_shown, alphasort);
        if (n > N_SHOWN)
                (void)fprintf(out, "path %s: many files\n", path);
        for (int i = 0; i < n; i++) {
                char name[4096];

                (void)snprintf(name, sizeof(name), "%s%s", path, entries[i]->d_name);
                if (n <= N_SHOWN)
                        view_entry(out, name);
                free(entries[i]);
        }
        free(entries);
}

/* Each of the paths between colons. */
static void view_directories(FILE *out, const char *list) {
        while (list && *list) {
                char path[4096];
                size_t length = strcspn(list, ":");

                (void)snprintf(path, sizeof(path), "%.*s/", (int)length, list);
                view_path(out, path);
                list += length + (list[length] == ':');
        }
}

void view_files(FILE *out) {
        static const char *const variables[] = {
                "RUNTIME_DIRECTORY", "STATE_DIRECTORY",         "CACHE_DIRECTORY",
                "LOGS_DIRECTORY",    "CONFIGURATION_DIRECTORY", "CREDENTIALS_DIRECTORY"
        };

        view_descriptors(out);
        view_mounts(out);
        for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
                view_directories(out, getenv(variables[i]));
}
