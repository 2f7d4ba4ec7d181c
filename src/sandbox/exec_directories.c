/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_directories.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/guarded_path.h"
#include "base/path_name.h"
#include "base/strbuf.h"

#define PARENT_MODE 0755
#define DEPTH_MAX 128 /* of the tree whose owner is changed */
#define PRIVATE "private"

#define PRIVATE_MODE 0700
#define PASSABLE_MODE 0711

/* Opens one component below `parent_fd`. Links are followed only when root or we made them: others
 * might lead a privileged process astray. */
static int open_component(int parent_fd, const char *name, int flags) {
        int fd = openat(parent_fd, name, flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (fd >= 0)
                return fd;
        if (errno != ELOOP && errno != ENOTDIR)
                return err_new(-errno);
        AUTO_FD int found = guarded_path_open(parent_fd, name, NULL);
        if (found < 0)
                return err_pass(found);
        fd = openat(found, ".", flags | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 ? err_new(-errno) : fd;
}

static int open_root(const char *root) {
        int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), r;

        if (fd >= 0)
                return fd;
        if (errno != ENOENT)
                return err_new(-errno);
        r = dir_make_all(root, PARENT_MODE);
        if (r < 0)
                return err_pass(r);
        fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 ? err_new(-errno) : fd;
}

/* Opens the directory that `path` (relative) is in, making missing ones; `ret_base` is its last
 * part. */
static int open_parent(int root_fd, const char *path, char base[static NAME_MAX + 1]) {
        AUTO_FD int fd = dup(root_fd);
        Str rest = str_of(path), part;

        if (fd < 0)
                return err_new(-errno);
        while (str_next_part(&rest, '/', &part)) {
                int next;

                if (part.length == 0 || part.length > NAME_MAX)
                        return err_new(-EINVAL);
                memcpy(base, part.data, part.length);
                base[part.length] = '\0';
                if (!rest.data)
                        return steal_fd(&fd);
                if (mkdirat(fd, base, PARENT_MODE) < 0 && errno != EEXIST)
                        return err_new(-errno);
                next = open_component(fd, base, O_PATH);
                if (next < 0)
                        return err_pass(next);
                (void)close(fd); /* opened only to pass through */
                fd = next;
        }
        return err_new(-EINVAL);
}

static int change_tree_owner(int fd, uid_t uid, gid_t gid, unsigned depth);

static int
change_entry_owner(int parent_fd, const char *name, uid_t uid, gid_t gid, unsigned depth) {
        AUTO_FD int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (fd >= 0)
                return err_pass(change_tree_owner(fd, uid, gid, depth + 1));
        if (errno == ENOENT)
                return 0; /* went away meanwhile */
        if (errno != ENOTDIR && errno != ELOOP)
                return err_new(-errno);
        if (fchownat(parent_fd, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
                return err_new(-errno);
        return 0;
}

/* Changes the owner of all entries, then of the directory itself: an interrupted run is begun
 * again. */
static int change_tree_owner(int fd, uid_t uid, gid_t gid, unsigned depth) {
        AUTO_DIR DIR *dir = NULL;
        struct dirent *entry;
        int copy = depth < DEPTH_MAX ? openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

        if (copy < 0)
                return err_new(depth < DEPTH_MAX ? -errno : -ELOOP);
        dir = fdopendir(copy);
        if (!dir) {
                (void)close(copy); /* opened only to read */
                return err_new(-ENOMEM);
        }
        while ((errno = 0, entry = readdir(dir))) {
                int r;

                if (streq(entry->d_name, ".") || streq(entry->d_name, ".."))
                        continue;
                r = change_entry_owner(fd, entry->d_name, uid, gid, depth);
                if (r < 0)
                        return err_pass(r);
        }
        if (errno != 0)
                return err_new(-errno);
        return fchown(fd, uid, gid) < 0 ? err_new(-errno) : 0;
}

/* Mode and owner of the directory itself. */
static int adjust_directory(int fd, const ExecDirectoryOrder *order) {
        struct stat st;
        int r;

        if (fstat(fd, &st) < 0)
                return err_new(-errno);
        if ((order->uid != (uid_t)-1 && st.st_uid != order->uid) ||
            (order->gid != (gid_t)-1 && st.st_gid != order->gid)) {
                r = change_tree_owner(fd, order->uid, order->gid, 0);
                if (r < 0)
                        return err_pass(r);
        }
        if ((st.st_mode & 07777) != order->mode && fchmod(fd, order->mode) < 0)
                return err_new(-errno);
        return EXEC_DIRECTORY_DONE;
}

/* Makes and adjusts `path` below `root_fd`. */
static int make_directory(int root_fd, const char *path, const ExecDirectoryOrder *order) {
        char base[NAME_MAX + 1];
        AUTO_FD int parent_fd = open_parent(root_fd, path, base);
        AUTO_FD int fd = -1;
        struct stat st;
        bool existed;

        if (parent_fd < 0)
                return err_pass(parent_fd);
        existed = mkdirat(parent_fd, base, order->mode) < 0;
        if (existed && errno != EEXIST)
                return err_new(-errno);
        fd = open_component(parent_fd, base, O_RDONLY);
        if (fd < 0)
                return err_pass(fd);
        if (!existed || !order->keep_existing)
                return err_pass(adjust_directory(fd, order));
        if (fstat(fd, &st) < 0)
                return err_new(-errno);
        return (st.st_mode & 07777) == order->mode ? EXEC_DIRECTORY_DONE
                                                   : EXEC_DIRECTORY_MODE_DIFFERS;
}

/* "../../" for each directory between `link` and the root, then `name`. */
static char *relative_target(const char *link, const char *name) {
        AUTO(strbuf_done) StrBuf target = STRBUF_INIT;

        for (const char *c = link; *c; c++)
                if (*c == '/')
                        strbuf_add(&target, "../");
        strbuf_add(&target, name);
        return strbuf_steal(&target);
}

static bool is_link_to(int parent_fd, const char *base, const char *target) {
        char present[PATH_MAX];
        ssize_t n = readlinkat(parent_fd, base, present, sizeof(present));

        return n >= 0 && str_equal_c((Str){ present, (size_t)n }, target);
}

static int make_link(int root_fd, const char *link, const char *name) {
        char base[NAME_MAX + 1];
        AUTO_FD int parent_fd = open_parent(root_fd, link, base);
        AUTO_FREE char *target = relative_target(link, name);

        if (parent_fd < 0)
                return err_pass(parent_fd);
        if (!target)
                return err_new(-ENOMEM);
        if (symlinkat(target, parent_fd, base) == 0 || is_link_to(parent_fd, base, target))
                return 0;
        return err_new(-errno);
}

int exec_directory_link(const char *root, const char *link, const char *name) {
        AUTO_FD int root_fd = open_root(root);

        return root_fd < 0 ? err_pass(root_fd) : err_pass(make_link(root_fd, link, name));
}

/* Moves a real directory at the usual place to the private one, where there is none yet. */
static int move_to_private(int root_fd, const char *name, const char *private_path) {
        char base[NAME_MAX + 1], private_base[NAME_MAX + 1];
        AUTO_FD int parent_fd = open_parent(root_fd, name, base), private_fd = -1;
        struct stat st;

        if (parent_fd < 0)
                return err_pass(parent_fd);
        if (fstatat(parent_fd, base, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return errno == ENOENT ? 0 : err_new(-errno);
        private_fd = open_parent(root_fd, private_path, private_base);
        if (private_fd < 0)
                return err_pass(private_fd);
        if (!S_ISDIR(st.st_mode) ||
            faccessat(private_fd, private_base, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
                return 0;
        return renameat(parent_fd, base, private_fd, private_base) < 0 ? err_new(-errno) : 0;
}

/* The other way round, for a unit that no longer has a dynamic user: a link that we made is
 * replaced by what it stands for. */
static int move_from_private(int root_fd, const char *name, const char *private_path) {
        char base[NAME_MAX + 1], private_base[NAME_MAX + 1];
        AUTO_FD int parent_fd = open_parent(root_fd, name, base), private_fd = -1;
        AUTO_FREE char *target = relative_target(name, private_path);

        if (parent_fd < 0)
                return err_pass(parent_fd);
        if (!target)
                return err_new(-ENOMEM);
        if (!is_link_to(parent_fd, base, target))
                return 0;
        private_fd = open_parent(root_fd, private_path, private_base);
        if (private_fd < 0)
                return err_pass(private_fd);
        if (unlinkat(parent_fd, base, 0) < 0)
                return err_new(-errno);
        if (renameat(private_fd, private_base, parent_fd, base) < 0 && errno != ENOENT)
                return err_new(-errno);
        return 0;
}

static int make_private_root(int root_fd) {
        AUTO_FD int fd = -1;
        struct stat st;

        if (mkdirat(root_fd, PRIVATE, PRIVATE_MODE) < 0 && errno != EEXIST)
                return err_new(-errno);
        fd = open_component(root_fd, PRIVATE, O_RDONLY);
        if (fd < 0)
                return err_pass(fd);
        if (fstat(fd, &st) < 0)
                return err_new(-errno);
        if ((st.st_mode & 07777) != PRIVATE_MODE && fchmod(fd, PRIVATE_MODE) < 0)
                return err_new(-errno);
        return 0;
}

static int make_private(int root_fd, const char *private_path, const ExecDirectoryOrder *order) {
        int r = make_private_root(root_fd);

        if (r >= 0)
                r = move_to_private(root_fd, order->name, private_path);
        if (r >= 0)
                r = make_directory(root_fd, private_path, order);
        if (r >= 0)
                r = make_link(root_fd, order->name, private_path);
        return err_pass(r);
}

int exec_directory_let_pass(const char *root) {
        AUTO_FREE char *path = path_join(root, PRIVATE);

        if (!path)
                return err_new(-ENOMEM);
        return chmod(path, PASSABLE_MODE) < 0 ? err_new(-errno) : 0;
}

int exec_directory_make(const ExecDirectoryOrder *order) {
        AUTO_FREE char *private_path = path_join(PRIVATE, order->name);
        AUTO_FD int root_fd = open_root(order->root);
        int r;

        if (root_fd < 0)
                return err_pass(root_fd);
        if (!private_path)
                return err_new(-ENOMEM);
        if (order->private_layout)
                return err_pass(make_private(root_fd, private_path, order));
        if (!order->keep_existing) {
                r = move_from_private(root_fd, order->name, private_path);
                if (r < 0)
                        return err_pass(r);
        }
        return err_pass(make_directory(root_fd, order->name, order));
}
