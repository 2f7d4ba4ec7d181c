/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of self_view, which prints what a process sees of itself: a line "name: value" for each
 * fact, the error's name as the value where it cannot be had. */

#include <stdio.h>

/* Ids, capabilities, limits, scheduling, signals, name spaces, keyring. */
void view_process(FILE *out);

/* Descriptors, mounts, and the directories that variables such as $STATE_DIRECTORY name. */
void view_files(FILE *out);

/* One path: kind, mode, owner, what may be done with it; with a slash at its end also what is in
 * it. */
void view_path(FILE *out, const char *path);
