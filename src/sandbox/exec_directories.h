/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One directory of RuntimeDirectory=, StateDirectory= and the like: made with its parents, given
 * its mode and owner. Nothing below it is trusted: the service may have put links there. */

#include <stdbool.h>
#include <sys/types.h>

typedef enum ExecDirectoryOutcome {
        EXEC_DIRECTORY_DONE = 0,
        EXEC_DIRECTORY_MODE_DIFFERS =
                1, /* it was there with another mode and keep_existing let it be */
} ExecDirectoryOutcome;

typedef struct ExecDirectoryOrder {
        const char *root; /* "/var/lib" */
        const char *name; /* "a/b", relative, normalized */
        mode_t mode;
        uid_t uid; /* (uid_t)-1 = leave the owner alone */
        gid_t gid;
        bool keep_existing;  /* an existing directory keeps owner and mode */
        bool private_layout; /* below root/private, with a link where it would else be
                                (DynamicUser=) */
} ExecDirectoryOrder;

/* Makes the directory. A directory of the other layout is moved over. An existing one of another
 * owner is changed with all that is in it. ExecDirectoryOutcome or -errno; -ELOOP for links that
 * were not made by root or ourselves. */
int exec_directory_make(const ExecDirectoryOrder *order);

/* Lets all users pass through root/private: without a mount name space a dynamic user would not
 * reach its own directory there. 0 or -errno. */
int exec_directory_let_pass(const char *root);

/* Makes `link` (relative to `root`) a relative symbolic link to `name`. 0 also when it is so
 * already, -EEXIST when something else is there. */
int exec_directory_link(const char *root, const char *link, const char *name);
