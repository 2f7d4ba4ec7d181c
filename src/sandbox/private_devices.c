/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/private_devices.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "sandbox/kernel_mount.h"

static const struct {
        const char *name;
        unsigned major, minor;
} nodes[] = {
        { "null", 1, 3 },   { "zero", 1, 5 },    { "full", 1, 7 },
        { "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
};

static const struct {
        const char *name, *target;
} links[] = {
        { "fd", "/proc/self/fd" },       { "stdin", "/proc/self/fd/0" },
        { "stdout", "/proc/self/fd/1" }, { "stderr", "/proc/self/fd/2" },
        { "ptmx", "pts/ptmx" },          { "log", "/run/systemd/journal/dev-log" },
};

/* File systems that are mounted below /dev and stay the machine's. */
static const char *const shared[] = { "pts", "shm", "mqueue", "hugepages" };

static int make_nodes(int fd) {
        for (unsigned i = 0; i < ARRAY_LENGTH(nodes); i++) {
                dev_t device = makedev(nodes[i].major, nodes[i].minor);
                if (mknodat(fd, nodes[i].name, S_IFCHR | 0666, device) < 0 ||
                    fchmodat(fd, nodes[i].name, 0666, 0) < 0)
                        return err_new(-errno);
        }
        for (unsigned i = 0; i < ARRAY_LENGTH(links); i++)
                if (symlinkat(links[i].target, fd, links[i].name) < 0)
                        return err_new(-errno);
        for (unsigned i = 0; i < ARRAY_LENGTH(shared); i++)
                if (mkdirat(fd, shared[i], 0755) < 0)
                        return err_new(-errno);
        return 0;
}

int private_devices_make(void) {
        AUTO_FD int fd = kernel_mount_new(
                "tmpfs", "mode=0755,size=4M,nr_inodes=64k", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
        if (fd < 0)
                return err_pass(fd);
        int r = make_nodes(fd);
        return r < 0 ? err_pass(r) : steal_fd(&fd);
}
