/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Whole files: read with a limit, written so that a reader sees the old or the new text. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/str.h"

/* Reads a regular file of at most `limit` bytes. The text is NUL-terminated (not counted).
 * -E2BIG above the limit, -EBADFD when it is no regular file (FIFOs and devices are never opened
 * for blocking), else -errno. `ret_stat` may be NULL. */
int file_read(
        const char *path, size_t limit, char **ret_data, size_t *ret_length, struct stat *ret_stat);

/* The same relative to a directory descriptor. */
int file_read_at(int dir_fd,
                 const char *path,
                 size_t limit,
                 char **ret_data,
                 size_t *ret_length,
                 struct stat *ret_stat);

/* Reads one line of a small virtual file (proc, sys, cgroup) without its newline. */
int file_read_line(const char *path, char **ret_line);

/* Writes text to an existing file in one write(2) (cgroup attributes and the like). */
int file_write_once(const char *path, const char *text);

/* Replaces `path` by a temporary file beside it and rename(2); durable: both are synced. */
int file_write_atomic(const char *path, Str text, mode_t mode, bool durable);

/* mkdir -p: missing parents get mode 0755, the last component `mode`. 0 also when it is there. */
int dir_make_all(const char *path, mode_t mode);

/* The same, but the missing parents get `mode` too. */
int dir_make_each(const char *path, mode_t mode);

/* rm -r of a directory, not following links and not leaving the file system; -errno of the first
 * failure, going on with the rest. Missing is success. */
int dir_remove_all(const char *path);

/* The same relative to a directory descriptor. */
int dir_remove_all_at(int dir_fd, const char *path);
