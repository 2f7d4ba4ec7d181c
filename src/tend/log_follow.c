/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/log_follow.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/path_name.h"

void log_follow_skip_to_end(LogFollow *file) {
        struct stat status;

        file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (file->fd < 0 || fstat(file->fd, &status) < 0)
                return;
        file->offset = status.st_size;
        file->inode = status.st_ino;
}

/* The directory tells of new files, of writes to all in it and of renames. */
static int watch_directory(LogFollow *file, int inotify_fd) {
        AUTO_FREE char *directory = path_dir_name(file->path);

        if (!directory)
                return err_new(-ENOMEM);
        file->watch = inotify_add_watch(
                inotify_fd, directory, IN_CREATE | IN_MODIFY | IN_MOVED_TO | IN_MOVED_FROM);
        return file->watch < 0 ? err_new(-errno) : 0;
}

static void take_bytes(LogFollow *file, Str bytes, LogFollowFunction *on_line, void *userdata) {
        ssize_t end;

        while ((end = str_find_char(bytes, '\n')) >= 0) {
                strbuf_add_bytes(&file->partial, bytes.data, (size_t)end);
                on_line(userdata, file, (Str){ strbuf_text(&file->partial), file->partial.length });
                strbuf_clear(&file->partial);
                bytes = (Str){ bytes.data + end + 1, bytes.length - (size_t)end - 1 };
        }
        strbuf_add_bytes(&file->partial, bytes.data, bytes.length);
}

/* Reads from where we are to the end of what is open. */
static int read_rest(LogFollow *file, LogFollowFunction *on_line, void *userdata) {
        char bytes[8192];
        struct stat status;
        ssize_t n;

        if (fstat(file->fd, &status) == 0 && status.st_size < file->offset)
                file->offset = 0; /* it was cut */
        while ((n = pread(file->fd, bytes, sizeof(bytes), file->offset)) > 0) {
                file->offset += n;
                take_bytes(file, (Str){ bytes, (size_t)n }, on_line, userdata);
        }
        return n < 0 && errno != EINTR ? err_new(-errno) : 0;
}

int log_follow_read(LogFollow *file, int inotify_fd, LogFollowFunction *on_line, void *userdata) {
        struct stat status;
        int r = file->watch < 0 ? watch_directory(file, inotify_fd) : 0;

        if (r >= 0 && file->fd >= 0)
                r = read_rest(file, on_line, userdata);
        if (r < 0 || stat(file->path, &status) < 0)
                return err_pass(r); /* not there yet, or set aside just now */
        if (file->fd >= 0 && status.st_ino == file->inode)
                return 0;
        file->fd = fd_close(file->fd); /* another file has its name now */
        file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (file->fd < 0)
                return errno == ENOENT ? 0 : err_new(-errno);
        file->offset = 0;
        file->inode = status.st_ino;
        return err_pass(read_rest(file, on_line, userdata));
}

void log_follow_done(LogFollow *file) {
        free(STEAL(file->unit));
        free(STEAL(file->path));
        file->fd = fd_close(file->fd);
        strbuf_done(&file->partial);
}
