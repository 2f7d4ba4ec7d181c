/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file_io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/path_name.h"
#include "base/random_id.h"
#include "base/strbuf.h"

#define FIRST_BUFFER ((size_t)4096)
#define LINE_LIMIT ((size_t)64 * 1024)
#define REMOVAL_DEPTH_MAX 128 /* directories that are open at once */

/* Reads to the end of the file, at most `limit` bytes. `size` is what fstat(2) said. */
static int read_to_end(int fd, size_t size, size_t limit, StrBuf *out) {
        size_t capacity = size > 0 ? size + 2 : FIRST_BUFFER; /* room to see the end, and the NUL */
        for (;;) {
                if (out->capacity < capacity) {
                        char *data = realloc(out->data, capacity);
                        if (!data)
                                return err_new(-ENOMEM);
                        out->data = data;
                        out->capacity = capacity;
                }
                size_t room = out->capacity - out->length - 1, n;
                int r = fd_read_all(fd, out->data + out->length, room, &n);
                if (r < 0)
                        return err_pass(r);
                out->length += n;
                if (out->length > limit)
                        return err_new(-E2BIG);
                if (n < room)
                        break;
                capacity = out->capacity * 2;
        }
        out->data[out->length] = '\0';
        return 0;
}

int file_read_at(int dir_fd,
                 const char *path,
                 size_t limit,
                 char **ret_data,
                 size_t *ret_length,
                 struct stat *ret_stat) {
        struct stat st;
        AUTO_FD int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0) /* ENXIO: a socket, or a device without driver */
                return err_new(errno == ENXIO ? -EBADFD : -errno);
        if (fstat(fd, &st) < 0)
                return err_new(-errno);
        if (!S_ISREG(st.st_mode))
                return err_new(-EBADFD);
        if (st.st_size > 0 && (uint64_t)st.st_size > limit)
                return err_new(-E2BIG);
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int r = read_to_end(fd, (size_t)st.st_size, limit, &text);
        if (r < 0)
                return err_pass(r);
        if (ret_length)
                *ret_length = text.length;
        if (ret_stat)
                *ret_stat = st;
        *ret_data = strbuf_steal(&text);
        return 0;
}

int file_read(const char *path,
              size_t limit,
              char **ret_data,
              size_t *ret_length,
              struct stat *ret_stat) {
        return file_read_at(AT_FDCWD, path, limit, ret_data, ret_length, ret_stat);
}

int file_read_line(const char *path, char **ret_line) {
        AUTO_FREE char *text = NULL;
        int r = file_read(path, LINE_LIMIT, &text, NULL, NULL);
        if (r < 0)
                return err_pass(r);
        text[strcspn(text, "\n")] = '\0';
        *ret_line = STEAL(text);
        return 0;
}

int file_write_once(const char *path, const char *text) {
        AUTO_FD int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (fd < 0)
                return err_new(-errno);
        size_t length = strlen(text);
        ssize_t n;
        do
                n = write(fd, text, length);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return err_new(-errno);
        return (size_t)n == length ? 0 : err_new(-EIO);
}

static int sync_directory(const char *path) {
        AUTO_FREE char *dir = path_dir_name(path);
        if (!dir)
                return err_new(-ENOMEM);
        AUTO_FD int fd = open(dir, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
        return fd < 0 || fsync(fd) < 0 ? err_new(-errno) : 0;
}

/* "dir/.#16-hex-digits" beside `path`. */
static char *temporary_name(const char *path) {
        Id128 id;
        char text[ID128_TEXT_SIZE];
        AUTO_FREE char *dir = path_dir_name(path);
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
        if (!dir || id128_random(&id) < 0)
                return NULL;
        strbuf_addf(&name, "%s/.#%.16s", dir, id128_print(id, text));
        return strbuf_steal(&name);
}

/* Writes a new file whole, closed without an error. */
static int write_new_file(const char *path, Str text, mode_t mode, bool durable) {
        AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return err_new(-errno);
        int r = fd_write_all(fd, text.data, text.length);
        if (r < 0)
                return err_pass(r);
        if (fchmod(fd, mode) < 0 || (durable && fsync(fd) < 0) || close(steal_fd(&fd)) < 0)
                return err_new(-errno);
        return 0;
}

int file_write_atomic(const char *path, Str text, mode_t mode, bool durable) {
        AUTO_FREE char *temporary = temporary_name(path);
        if (!temporary)
                return err_new(-ENOMEM);
        int r = write_new_file(temporary, text, mode, durable);
        if (r >= 0 && rename(temporary, path) < 0)
                r = err_new(-errno);
        if (r < 0) {
                if (r != -EEXIST)
                        (void)unlink(temporary); /* the first error is the one to tell */
                return err_pass(r);
        }
        return durable ? sync_directory(path) : 0;
}

static int make_directory(const char *path, mode_t mode) {
        struct stat st;
        if (mkdir(path, mode) >= 0)
                return 0;
        int r = -errno;
        if (stat(path, &st) < 0)
                return err_new(r);
        return S_ISDIR(st.st_mode) ? 0 : err_new(-ENOTDIR);
}

static int make_way(const char *path, mode_t parent_mode, mode_t mode) {
        struct stat st;
        if (stat(path, &st) >= 0)
                return S_ISDIR(st.st_mode) ? 0 : err_new(-ENOTDIR);
        AUTO_FREE char *copy = path_simplify(str_of(path));
        if (!copy)
                return err_new(-ENOMEM);
        for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                int r = make_directory(copy, parent_mode);
                if (r < 0)
                        return err_pass(r);
                *slash = '/';
        }
        return make_directory(copy, mode);
}

int dir_make_all(const char *path, mode_t mode) {
        return err_pass(make_way(path, 0755, mode));
}

int dir_make_each(const char *path, mode_t mode) {
        return err_pass(make_way(path, mode, mode));
}

/* Removal of a tree. */
typedef struct Removal {
        int top_fd;      /* of the tree */
        dev_t device;    /* which it does not leave */
        int first;       /* the first failure */
        unsigned depth;  /* of the present directory */
        bool has_raised; /* a directory came to the top since its entries were listed */
} Removal;

/* Remembers the first failure. */
static void keep_first(Removal *removal, int r) {
        if (r < 0 && removal->first == 0)
                removal->first = r;
}

static int remove_below(Removal *removal, int parent_fd, const char *name);

/* Removes all entries of a directory, then closes it. */
static void remove_entries(Removal *removal, DIR *directory) {
        AUTO_DIR DIR *dir = directory;
        for (;;) {
                errno = 0;
                const struct dirent *entry = readdir(dir);
                if (!entry) {
                        keep_first(removal, -errno);
                        return;
                }
                if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
                        keep_first(removal, remove_below(removal, dirfd(dir), entry->d_name));
        }
}

/* Opens a directory for removal of its entries when it is on the same mount. */
static int open_to_empty(int parent_fd, const char *name, dev_t device, DIR **ret_dir) {
        struct statx st;
        AUTO_FD int fd = openat(
                parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st) < 0)
                return err_new(-errno);
        if (makedev(st.stx_dev_major, st.stx_dev_minor) != device ||
            (st.stx_attributes & st.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT))
                return err_new(-EXDEV);
        DIR *dir = fdopendir(fd);
        if (!dir)
                return err_new(-errno);
        (void)steal_fd(&fd); /* belongs to the stream now */
        *ret_dir = dir;
        return 0;
}

/* Moves a directory that lies too deep to the top, where its turn comes: who made it shall not
 * decide how much memory and how many descriptors we need. */
static int raise_directory(Removal *removal, int parent_fd, const char *name) {
        char raised[40];
        (void)snprintf(raised,
                       sizeof(raised),
                       ".removed-%016" PRIx64,
                       random_below(UINT64_MAX)); /* fits */
        if (renameat(parent_fd, name, removal->top_fd, raised) < 0)
                return err_new(-errno);
        removal->has_raised = true;
        return 0;
}

static int remove_below(Removal *removal, int parent_fd, const char *name) {
        DIR *dir;
        if (unlinkat(parent_fd, name, 0) >= 0 || errno == ENOENT)
                return 0;
        if (errno != EISDIR && errno != EPERM) /* EPERM: what POSIX says for directories */
                return err_new(-errno);
        int unlink_errno = errno;
        if (removal->depth >= REMOVAL_DEPTH_MAX)
                return err_pass(raise_directory(removal, parent_fd, name));
        int r = open_to_empty(parent_fd, name, removal->device, &dir);
        if (r < 0)
                return err_new(r == -ENOTDIR || r == -ELOOP ? -unlink_errno : r);
        removal->depth++;
        remove_entries(removal, dir);
        removal->depth--;
        return unlinkat(parent_fd, name, AT_REMOVEDIR) < 0 ? err_new(-errno) : 0;
}

/* Empties the directory at the top, as often as something came up to it. */
static int empty_top(Removal *removal) {
        do {
                int copy = openat(removal->top_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                DIR *dir = copy < 0 ? NULL : fdopendir(copy);
                if (!dir) {
                        int r = -errno;
                        (void)fd_close(copy); /* always -1 */
                        return err_new(r);
                }
                removal->has_raised = false;
                remove_entries(removal, dir);
        } while (removal->has_raised);
        return 0;
}

int dir_remove_all_at(int dir_fd, const char *path) {
        struct stat st;
        AUTO_FD int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? 0 : err_new(-errno);
        if (fstat(fd, &st) < 0)
                return err_new(-errno);
        Removal removal = { .top_fd = fd, .device = st.st_dev };
        int r = empty_top(&removal);
        if (r < 0)
                return err_pass(r);
        if (unlinkat(dir_fd, path, AT_REMOVEDIR) < 0 && errno != ENOENT)
                keep_first(&removal, -errno);
        return removal.first;
}

int dir_remove_all(const char *path) {
        return err_pass(dir_remove_all_at(AT_FDCWD, path));
}
