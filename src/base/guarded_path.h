/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Paths that lead through directories of ordinary users, walked by a process that may do more than
 * they: component by component and link by link, so that what was looked at is what is opened,
 * whatever is renamed meanwhile. */

#include <stdbool.h>

/* An O_PATH descriptor of what `path` leads to, from `dir_fd` when it is relative. A link that
 * neither root nor we made gives -ELOOP. With `ret_is_unsafe` such links are followed too, and it
 * says whether an ordinary user chose where the way goes: by a link, or because what is in a
 * directory of that user belongs to another ("unsafe path transition" of systemd). -ELOOP after 40
 * links. */
int guarded_path_open(int dir_fd, const char *path, bool *ret_is_unsafe);

/* Removes what is at `path` below the directory `root`: a tree as dir_remove_all does, a link or a
 * file as such. On the way there are no links but root's and ours. Missing is success. */
int guarded_path_remove(const char *root, const char *path);
