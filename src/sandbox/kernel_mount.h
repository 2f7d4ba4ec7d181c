/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The mount calls of Linux 5.2 to 5.12 (open_tree(2), move_mount(2), mount_setattr(2), fsopen(2)),
 * which not every C library has. Each gives -errno. */

#include <stdbool.h>
#include <stdint.h>

/* A detached copy of what is mounted at `path`, with all that is mounted below unless `shallow`. */
int kernel_mount_copy(const char *path, bool shallow);

/* Sets and clears attributes (MOUNT_ATTR_RDONLY and so on) of a mount from kernel_mount_copy or
 * kernel_mount_new, with all below when `recursive`. */
int kernel_mount_change(int fd, uint64_t set, uint64_t clear, bool recursive);

/* The same for what is mounted at a path. */
int kernel_mount_change_at(const char *path, uint64_t set, uint64_t clear, bool recursive);

/* A fresh file system of a type, with options as mount(8) has them ("mode=0755,size=10M,noexec")
 * and attributes, which the options may change. */
int kernel_mount_new(const char *type, const char *options, uint64_t attributes);

/* Mounts it at a path. */
int kernel_mount_attach(int fd, const char *path);

/* Whether something is mounted right at this path: 1, 0, or -EOPNOTSUPP before Linux 5.8. */
int kernel_mount_is_point(const char *path);

/* Makes the present directory the root of this process' mount name space and lets go of what was
 * there before; only moves it there in a root that cannot be left (of an initramfs, of chroot(2)).
 */
int kernel_mount_pivot(void);
