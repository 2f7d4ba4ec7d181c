/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which user and groups a service runs as, worked out from its settings before anything is changed
 * (systemd.exec(5), "User/Group Identity"). */

#include <stdbool.h>
#include <sys/types.h>

#include "base/auto.h"
#include "sandbox/identity_database.h"

#define UID_KEEP ((uid_t)-1)
#define GID_KEEP ((gid_t)-1)

/* What the unit asks for; nothing owned. */
typedef struct IdentityWish {
        const char *unit_name;      /* a dynamic user without User= is named after it */
        const char *user, *group;   /* NULL when not set */
        char *const *supplementary; /* SupplementaryGroups= */
        bool dynamic;               /* DynamicUser= */
        uid_t dynamic_uid;          /* allocated by the manager, UID_KEEP when none was */
} IdentityWish;

typedef struct Identity {
        UserRecord user;  /* name, home and shell are NULL where $USER, $HOME, $SHELL are not set */
        uid_t uid;        /* UID_KEEP = the manager's */
        gid_t gid;        /* GID_KEEP = the manager's */
        GroupList groups; /* all supplementary groups, when set_groups */
        bool set_groups;
        bool is_dynamic; /* uid is dynamic_uid, not a static user of that name */
} Identity;

#define IDENTITY_INIT ((Identity){ .uid = UID_KEEP, .gid = GID_KEEP })

/* Fills in user, uid and gid. IdentityOutcome: IDENTITY_UNKNOWN when there is no such user. -errno.
 */
int identity_resolve_user(const IdentityWish *wish, Identity *identity);

/* Fills in gid from Group= and the supplementary groups; after identity_resolve_user.
 * IdentityOutcome with the group that is unknown in `ret_name` (a string of `wish`). -errno. */
int identity_resolve_groups(const IdentityWish *wish, Identity *identity, const char **ret_name);

/* The name of a dynamic user: the unit's name without its suffix where that is a valid user name,
 * else one made from a hash of it. NULL when out of memory. */
char *identity_dynamic_name(const char *unit_name);

/* Releases what was found. */
void identity_done(Identity *identity);
DEFINE_AUTO_DONE(Identity, identity_done);
