/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Carries out the plan of an InstallTree so that after a crash either all of it or nothing is
 * there.
 *
 * A plan that changes one link is one rename or unlink. For more, the plan is first written to the
 * file `.tend-links` in the directory where links are made; then new links are made, each by a
 * rename; then old ones go; then the file goes. Whoever comes next finds the file and carries the
 * rest out: every step says what shall be there, so doing it twice does no harm. A step that fails
 * while we live undoes the links made before it. Operations exclude each other by a lock on that
 * directory.
 *
 * The file: "tend-links 1", then per step "link", path, target, or "unlink" or "remove",
 * path and an empty word; then "end". Each word ends with a NUL byte. */

#include "unit/unit_install_work.h"

#define INSTALL_JOURNAL_NAME ".tend-links"
#define INSTALL_JOURNAL_MAX (16 * 1024 * 1024)

/* Called before each change of the disk, for tests; `call` may be NULL. */
typedef struct InstallCommitHook {
        void (*call)(void *userdata);
        void *userdata;
} InstallCommitHook;

/* Carries the plan of work->tree out. On failure nothing has changed, and the changes say what
 * failed instead of what would have been. */
int install_commit(InstallWork *work, const InstallCommitHook *hook);

/* Carries out what an interrupted operation left. What cannot be done is left alone. */
void install_commit_recover(const InstallPaths *paths);

/* Parses the text of a journal: steps with owned strings, to be released by install_steps_free.
 * -EBADMSG, -ENOMEM. */
int install_journal_parse(const char *data, size_t length, InstallStep **ret, size_t *ret_n);

/* Prints one. */
void install_journal_print(const InstallStep *steps, size_t n_steps, StrBuf *out);

/* Releases steps. */
void install_steps_free(InstallStep *steps, size_t n_steps);
