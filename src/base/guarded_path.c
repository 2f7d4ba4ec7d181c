/* SPDX-License-Identifier: Apache-2.0 */
#include "base/guarded_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/path_name.h"

#define LINKS_MAX 40 /* as the kernel */

/* A walk, which is at `fd`. */
typedef struct Guard {
        int fd; /* O_PATH, owned */
        unsigned n_links;
        uid_t user;        /* the ordinary user whose directory we came through, 0 = none */
        bool follows_user; /* links of ordinary users too */
        bool is_unsafe;
} Guard;

static void guard_done(Guard *guard) {
        guard->fd = fd_close(guard->fd);
}

DEFINE_AUTO_DONE(Guard, guard_done);

/* Goes on to something that is no link. Takes its descriptor. */
static void advance(Guard *guard, int fd, uid_t owner) {
        if (guard->user != 0 && owner != guard->user)
                guard->is_unsafe = true;
        if (guard->user == 0)
                guard->user = owner;
        (void)fd_close(guard->fd); /* always -1 */
        guard->fd = fd;
}

static int walk(Guard *guard, Str path);

/* Goes where a link leads. */
static int follow(Guard *guard, int fd, uid_t owner) {
        bool is_trusted = owner == 0 || owner == geteuid();
        char target[PATH_MAX];
        ssize_t n;

        if ((!is_trusted && !guard->follows_user) || ++guard->n_links > LINKS_MAX)
                return err_new(-ELOOP);
        n = readlinkat(fd, "", target, sizeof(target));
        if (n < 0 || n == sizeof(target))
                return err_new(n < 0 ? -errno : -ENAMETOOLONG);
        guard->is_unsafe |= !is_trusted;
        return err_pass(walk(guard, (Str){ target, (size_t)n }));
}

/* One component; "/" is one too. */
static int step(Guard *guard, const char *name) {
        AUTO_FD int fd = openat(guard->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return err_new(-errno);
        if (S_ISLNK(st.st_mode))
                return err_pass(follow(guard, fd, st.st_uid));
        advance(guard, steal_fd(&fd), st.st_uid);
        return 0;
}

static int walk(Guard *guard, Str path) {
        char name[NAME_MAX + 1];
        int r = path_is_absolute(path) ? step(guard, "/") : 0;
        Str part;

        while (r >= 0 && str_next_part(&path, '/', &part)) {
                if (part.length > NAME_MAX)
                        return err_new(-ENAMETOOLONG);
                if (part.length == 0)
                        continue;
                memcpy(name, part.data, part.length);
                name[part.length] = '\0';
                r = step(guard, name);
        }
        return err_pass(r);
}

int guarded_path_open(int dir_fd, const char *path, bool *ret_is_unsafe) {
        AUTO(guard_done) Guard guard = { .fd = -1, .follows_user = ret_is_unsafe };
        int r;

        guard.fd = openat(path_is_absolute(str_of(path)) ? AT_FDCWD : dir_fd,
                          path_is_absolute(str_of(path)) ? "/" : ".",
                          O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (guard.fd < 0)
                return err_new(-errno);
        r = walk(&guard, str_of(path));
        if (r < 0)
                return err_pass(r);
        if (ret_is_unsafe)
                *ret_is_unsafe = guard.is_unsafe;
        return steal_fd(&guard.fd);
}

static int open_parent(const char *root, const char *path) {
        AUTO_FREE char *parent = path_dir_name(path);
        AUTO_FD int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

        if (!parent || root_fd < 0)
                return err_new(parent ? -errno : -ENOMEM);
        return err_pass(guarded_path_open(root_fd, parent, NULL));
}

int guarded_path_remove(const char *root, const char *path) {
        const char *name = path_base_name(path);
        AUTO_FD int fd = open_parent(root, path);

        if (fd < 0)
                return fd == -ENOENT || fd == -ENOTDIR ? 0 : err_pass(fd);
        if (unlinkat(fd, name, 0) >= 0 || errno == ENOENT)
                return 0;
        if (errno != EISDIR && errno != EPERM) /* EPERM: what POSIX says for directories */
                return err_new(-errno);
        return err_pass(dir_remove_all_at(fd, name));
}
