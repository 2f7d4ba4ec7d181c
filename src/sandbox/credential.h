/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The credentials of a unit: files in a directory that only its user can read, on a file system of
 * its own where the kernel gives one. Made before the first command, found by the others, taken
 * away by the manager when the unit stops. */

#include <sys/types.h>

#include "unit/unit_spec.h"

#define CREDENTIALS_MAX (1024 * 1024) /* bytes of all credentials of a unit (systemd.exec(5)) */

typedef struct CredentialOrder {
        const UnitSpec *spec;
        const char *unit;      /* the unit's name */
        const char *directory; /* absolute; its parent may be missing */
        const char *inherited; /* the manager's own credentials, NULL = none */
        uid_t uid;             /* who may read them, (uid_t)-1 = whoever we are */
} CredentialOrder;

typedef enum CredentialOutcome {
        CREDENTIAL_DONE = 0,
        CREDENTIAL_PLAIN = 1,     /* made, but as files of the directory's own file system */
        CREDENTIAL_SWAPPABLE = 2, /* made, in memory that can be swapped out */
} CredentialOutcome;

/* Whether the unit has any that can be handed over. */
bool credential_is_wanted(const UnitSpec *spec);

/* Where a unit's credentials are: allocated, NULL = no memory. */
char *credential_directory(const char *runtime_root, const char *unit);

/* The content of a credential in `directory`, as text without the line break at its end: allocated.
 * -ENOENT; -EINVAL when it has a NUL byte in it. */
int credential_text(const char *directory, const char *name, char **ret);

/* Makes the directory with all credentials, unless it is there already. CredentialOutcome or
 * -errno, with the id of the one to blame in `ret_id` (borrowed; NULL = none): -ENOENT for a file
 * that LoadCredential= names, -E2BIG beyond CREDENTIALS_MAX. */
int credential_make(const CredentialOrder *order, const char **ret_id);
