/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_bind.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/path_name.h"

#define PROC_PATH_SIZE 64
#define WITH_ALL_BELOW 0x8000 /* AT_RECURSIVE of linux/fcntl.h, which clashes with fcntl.h */

/* What the child works with, opened by the manager. */
typedef struct Place {
        int mounts; /* the service's mount name space */
        int root;   /* its root directory */
        int tree;   /* a copy of the source, not mounted yet */
        bool is_directory;
} Place;

static int open_of(pid_t pid, const char *name, int flags) {
        char path[PROC_PATH_SIZE];

        (void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name); /* fits */
        int fd = open(path, flags | O_CLOEXEC);
        return fd < 0 ? err_new(-errno) : fd;
}

/* The mount calls of Linux 5.2 and 5.12, which not every C library has. */
static int copy_tree(const char *path) {
        long fd = syscall(SYS_open_tree,
                          AT_FDCWD,
                          path,
                          OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | WITH_ALL_BELOW);

        return fd < 0 ? err_new(-errno) : (int)fd;
}

static int make_read_only(int tree) {
        struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY };
        long r = syscall(SYS_mount_setattr,
                         tree,
                         "",
                         AT_EMPTY_PATH | WITH_ALL_BELOW,
                         &attributes,
                         sizeof(attributes));

        return r < 0 ? err_new(-errno) : 0;
}

static int attach_tree(int tree, const char *path) {
        long r = syscall(SYS_move_mount, tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);

        return r < 0 ? err_new(-errno) : 0;
}

static int make_point(const UnitBind *bind, const Place *place) {
        if (place->is_directory)
                return err_pass(dir_make_all(bind->destination, 0755));
        AUTO_FREE char *parent = path_dir_name(bind->destination);
        if (!parent)
                return err_new(-ENOMEM);
        int r = dir_make_all(parent, 0755);
        if (r < 0)
                return err_pass(r);
        AUTO_FD int fd = open(bind->destination, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
        return fd < 0 ? err_new(-errno) : 0;
}

/* In the child. */
static int mount_there(const UnitBind *bind, const Place *place) {
        if (setns(place->mounts, CLONE_NEWNS) < 0 || fchdir(place->root) < 0 || chroot(".") < 0)
                return err_new(-errno);
        int r = bind->make ? make_point(bind, place) : 0;
        return r < 0 ? err_pass(r) : err_pass(attach_tree(place->tree, bind->destination));
}

/* The manager keeps its own name space: a child goes there. */
static int send_child(const UnitBind *bind, const Place *place) {
        int status = 0;
        pid_t pid = fork();

        if (pid < 0)
                return err_new(-errno);
        if (pid == 0)
                _exit(-mount_there(bind, place));
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return err_new(-errno);
        return WIFEXITED(status) ? err_new(-WEXITSTATUS(status)) : err_new(-EIO);
}

static int is_our_own(int mounts) {
        struct stat theirs, ours;

        if (fstat(mounts, &theirs) < 0 || stat("/proc/self/ns/mnt", &ours) < 0)
                return err_new(-errno);
        return theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

int unit_bind(const Unit *unit, const UnitBind *bind) {
        pid_t pid = unit_main_pid(unit);
        struct stat st;

        if (pid <= 0)
                return err_new(-ESRCH);
        AUTO_FD int mounts = open_of(pid, "ns/mnt", O_RDONLY);
        if (mounts < 0)
                return err_pass(mounts);
        int r = is_our_own(mounts);
        if (r != 0)
                return r < 0 ? err_pass(r) : err_new(-EXDEV);
        AUTO_FD int root = open_of(pid, "root", O_PATH | O_DIRECTORY);
        if (root < 0)
                return err_pass(root);
        AUTO_FD int tree = copy_tree(bind->source);
        if (tree < 0)
                return err_pass(tree);
        if (fstat(tree, &st) < 0)
                return err_new(-errno);
        if (bind->read_only)
                r = make_read_only(tree);
        if (r < 0)
                return err_pass(r);
        return err_pass(send_child(bind, &(Place){ mounts, root, tree, S_ISDIR(st.st_mode) }));
}
