/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/kernel_mount.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"

#define UMOUNT_DETACH 2 /* MNT_DETACH of sys/mount.h, which cannot be included beside it */
#define TREE_RECURSIVE                                                                             \
        0x8000 /* AT_RECURSIVE of linux/fcntl.h, which cannot be included beside fcntl.h */

int kernel_mount_copy(const char *path, bool shallow) {
        unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (shallow ? 0 : TREE_RECURSIVE);
        int fd = (int)syscall(SYS_open_tree, AT_FDCWD, path, flags);
        return fd < 0 ? err_new(-errno) : fd;
}

static int change(int fd, const char *path, unsigned flags, const struct mount_attr *attributes) {
        if (syscall(SYS_mount_setattr, fd, path, flags, attributes, sizeof(*attributes)) < 0)
                return err_new(-errno);
        return 0;
}

int kernel_mount_change(int fd, uint64_t set, uint64_t clear, bool recursive) {
        const struct mount_attr attributes = { .attr_set = set, .attr_clr = clear };
        return err_pass(
                change(fd, "", AT_EMPTY_PATH | (recursive ? TREE_RECURSIVE : 0), &attributes));
}

int kernel_mount_change_at(const char *path, uint64_t set, uint64_t clear, bool recursive) {
        const struct mount_attr attributes = { .attr_set = set, .attr_clr = clear };
        return err_pass(change(AT_FDCWD, path, recursive ? TREE_RECURSIVE : 0, &attributes));
}

static int set_option(int fd, Str option) {
        AUTO_FREE char *key = str_dup(option);
        if (!key)
                return err_new(-ENOMEM);
        char *value = strchr(key, '=');
        if (value)
                *value++ = '\0';
        unsigned command = value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;
        return syscall(SYS_fsconfig, fd, command, key, value, 0) < 0 ? err_new(-errno) : 0;
}

/* Options of mount(8) that are attributes of the mount and unknown to the file system. */
/* clang-format off */
static const struct {
        const char *name;
        uint64_t set, clear;
} attribute_options[] = {
        { "dev",           0,                       MOUNT_ATTR_NODEV },
        { "diratime",      0,                       MOUNT_ATTR_NODIRATIME },
        { "exec",          0,                       MOUNT_ATTR_NOEXEC },
        { "noatime",       MOUNT_ATTR_NOATIME,      MOUNT_ATTR__ATIME },
        { "nodev",         MOUNT_ATTR_NODEV,        0 },
        { "nodiratime",    MOUNT_ATTR_NODIRATIME,   0 },
        { "noexec",        MOUNT_ATTR_NOEXEC,       0 },
        { "nostrictatime", 0,                       MOUNT_ATTR__ATIME },
        { "nosuid",        MOUNT_ATTR_NOSUID,       0 },
        { "relatime",      0,                       MOUNT_ATTR__ATIME },
        { "strictatime",   MOUNT_ATTR_STRICTATIME,  MOUNT_ATTR__ATIME },
        { "suid",          0,                       MOUNT_ATTR_NOSUID },
};
/* clang-format on */

/* Whether it is one of those; then `attributes` follow it. */
static bool is_attribute(Str option, uint64_t *attributes) {
        for (unsigned i = 0; i < ARRAY_LENGTH(attribute_options); i++)
                if (str_equal_c(option, attribute_options[i].name)) {
                        *attributes &= ~attribute_options[i].clear;
                        *attributes |= attribute_options[i].set;
                        return true;
                }
        return false;
}

int kernel_mount_new(const char *type, const char *options, uint64_t attributes) {
        AUTO_FD int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
        Str rest = options ? str_of(options) : STR_EMPTY, option;
        if (context < 0)
                return err_new(-errno);
        while (rest.length > 0 && str_next_part(&rest, ',', &option)) {
                bool is_for_type = option.length > 0 && !is_attribute(option, &attributes);
                int r = is_for_type ? set_option(context, option) : 0;
                if (r < 0)
                        return err_pass(r);
        }
        if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
                return err_new(-errno);
        int fd = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
        return fd < 0 ? err_new(-errno) : fd;
}

int kernel_mount_attach(int fd, const char *path) {
        if (syscall(SYS_move_mount, fd, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
                return err_new(-errno);
        return 0;
}

/* struct statx of linux/stat.h, which cannot be included beside fcntl.h with every C library. */
typedef struct FileFacts {
        uint32_t mask, block_size;
        uint64_t attributes;
        uint8_t others[40];
        uint64_t known_attributes;
        uint8_t rest[192];
} FileFacts;
static_assert(sizeof(FileFacts) == 256, "as the kernel has it");

#define ATTRIBUTE_MOUNT_ROOT 0x2000 /* STATX_ATTR_MOUNT_ROOT */

int kernel_mount_is_point(const char *path) {
        FileFacts facts = { 0 };
        if (syscall(SYS_statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0, &facts) <
            0)
                return err_new(-errno);
        if (!(facts.known_attributes & ATTRIBUTE_MOUNT_ROOT))
                return err_new(-EOPNOTSUPP);
        return (facts.attributes & ATTRIBUTE_MOUNT_ROOT) != 0;
}

int kernel_mount_pivot(void) {
        /* The old root lies over the new one then: pivot_root(2), pivot_root(".", "."). */
        if (syscall(SYS_pivot_root, ".", ".") == 0)
                return syscall(SYS_umount2, ".", UMOUNT_DETACH) < 0 || chdir("/") < 0
                               ? err_new(-errno)
                               : 0;
        if (errno != EINVAL)
                return err_new(-errno);
        AUTO_FD int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (here < 0 ||
            syscall(SYS_move_mount, here, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0 ||
            chroot(".") < 0 || chdir("/") < 0)
                return err_new(-errno);
        return 0;
}
