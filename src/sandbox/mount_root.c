/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/mount_root.h"

#include <errno.h>
#include <linux/mount.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "sandbox/kernel_mount.h"

/* What programs expect besides their files (systemd.exec(5), MountAPIVFS=). */
static const struct {
        const char *path;
        const char *type; /* NULL = the machine's own, with all that is mounted below */
        const char *options;
        unsigned attributes;
} api[] = {
        { "/proc", "proc", NULL, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC },
        { "/sys", NULL, NULL, 0 },
        { "/dev", NULL, NULL, 0 },
        { "/run", "tmpfs", "mode=0755", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV },
};

/* A procfs of its own is refused where the one that is there is partly hidden (containers). */
static int make(unsigned i) {
        int fd = api[i].type ? kernel_mount_new(api[i].type, api[i].options, api[i].attributes)
                             : kernel_mount_copy(api[i].path, false);

        if (fd == -EPERM && streq(api[i].path, "/proc"))
                fd = kernel_mount_copy(api[i].path, false);
        return err_pass(fd);
}

static int mount_api(const char *root, unsigned i) {
        AUTO_FREE char *path = NULL;
        int r = path_resolve(api[i].path, root, &path);

        if (r == -ENOENT) {
                path = path_join(root, api[i].path);
                r = path ? dir_make_all(path, 0755) : -ENOMEM;
        }
        if (r < 0)
                return err_pass(r);
        if (kernel_mount_is_point(path) > 0)
                return 0;
        AUTO_FD int fd = make(i);
        return fd < 0 ? err_pass(fd) : err_pass(kernel_mount_attach(fd, path));
}

int mount_root_prepare(const char *root, bool with_api, const char **ret_failed) {
        AUTO_FD int fd = kernel_mount_copy(root, false);

        *ret_failed = root;
        int r = fd < 0 ? fd : kernel_mount_attach(fd, root);
        for (unsigned i = 0; r >= 0 && with_api && i < ARRAY_LENGTH(api); i++) {
                *ret_failed = api[i].path;
                r = mount_api(root, i);
        }
        return err_pass(r);
}

int mount_root_enter(const char *root) {
        return chdir(root) < 0 ? err_new(-errno) : err_pass(kernel_mount_pivot());
}
