/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* By which numbers the kernel knows the types of file systems that RestrictFileSystems= names
 * (statfs(2)), and which types its groups hold (systemd.exec(5)). */

#include <stdint.h>

#define FILE_SYSTEM_MAGICS_MAX 128

typedef struct FileSystemMagics {
        uint32_t numbers[FILE_SYSTEM_MAGICS_MAX]; /* each once */
        unsigned n;
} FileSystemMagics;

/* Adds the numbers of a type ("ext4") or a group ("@network"). -ENOENT when it is not known, -E2BIG
 * when there is no room. */
int file_system_magics_add(FileSystemMagics *magics, const char *name);
