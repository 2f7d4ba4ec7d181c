/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Carries out a mount plan in a mount name space of this process' own. What is to stay visible is
 * copied from the untouched tree first, then everything is put in place, parents before children.
 */

#include "sandbox/mount_plan.h"

typedef struct MountPlace {
        const char *root;         /* RootDirectory=, NULL = "/" */
        const char *inaccessible; /* a file without permissions that stands for hidden ones; for
                                     directories there is one beside it, with "-directory" behind
                                     its name. Where they are not, or NULL: /dev/null, and an empty
                                     file system */
        bool refuses_suid;        /* programs that change who runs them do not, even for one who
                                     comes in from outside (NoNewPrivileges=) */
} MountPlace;

/* Resolves links, reduces the plan and mounts it. -errno; `ret_failed` then tells the entry (of the
 * plan), or NULL when it was none of them. */
int mount_apply(MountPlan *plan, const MountPlace *place, const MountEntry **ret_failed);
