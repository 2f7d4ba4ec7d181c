/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What verify is asked to look at: files become unit names, and their directories stand in front of
 * the search path. FILE:NAME looks at a file under another name. */

#include <stdbool.h>

#include "base/auto.h"

typedef struct VerifyInput {
        char **names;       /* owned; instances where files are templates */
        char **directories; /* owned */
        char **made;        /* owned: files and directories that go away with this object */
} VerifyInput;

/* Adds a file, which need not exist (then its name is looked for, in its directory first).
 * -EINVAL when it is not called like a unit, -ENOMEM. */
int verify_input_add_file(VerifyInput *input, const char *path);

/* Adds a unit by name, a template by an instance of it. -EINVAL, -ENOMEM. */
int verify_input_add_name(VerifyInput *input, const char *name);

/* Whether the argument is FILE:NAME rather than the name of a unit with a colon. */
bool verify_input_has_alias(const char *argument);

/* FILE:NAME becomes the path of a copy of that name in a new directory below $TMPDIR, in fresh
 * memory. -ENOENT, -EINVAL and other errors of making it. */
int verify_input_copy_alias(VerifyInput *input, const char *argument, char **ret_path);

/* Releases it, and removes what it made. */
void verify_input_done(VerifyInput *input);
DEFINE_AUTO_DONE(VerifyInput, verify_input_done);
