/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Paths as text: normal form, joining, checks. No system calls except where said. */

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Begins with a slash. */
bool path_is_absolute(Str path);

/* Absolute, without "..", "." or empty components, no longer than PATH_MAX. */
bool path_is_normalized(const char *path);

/* Removes doubled slashes, "." components and the slash at the end, in fresh memory. ".." stays.
 * NULL when out of memory. */
char *path_simplify(Str path);

/* "dir/name" in fresh memory with one slash between; an absolute `name` is appended all the same.
 */
char *path_join(const char *dir, const char *name);

/* The part after the last slash. */
const char *path_base_name(const char *path);

/* The part before the last slash in fresh memory, "/" or "." where there is none. */
char *path_dir_name(const char *path);

/* Whether `path` is `prefix` or lies below it (both normalized). */
bool path_is_below(const char *path, const char *prefix);

/* A valid single file name: not empty, no slash, not "." or "..", at most NAME_MAX bytes. */
bool file_name_is_valid(const char *name);

/* Where `path` leads when every link is resolved below `root` (NULL = "/"), which it cannot leave;
 * system calls. `ret_path` is the full path including root. -ENOENT when a component is missing,
 * -ELOOP after 40 links. */
int path_resolve(const char *path, const char *root, char **ret_path);

/* The same without a look at the directories above `known`, which an earlier call gave (NULL =
 * none), as long as nothing has changed there. For many paths close to each other. */
int path_resolve_near(const char *known, const char *path, const char *root, char **ret_path);
