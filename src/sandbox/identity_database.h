/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Look-up of users and groups. Two files implement it: identity_files.c reads /etc/passwd and
 * /etc/group without the C library's name services, so that the static executor can do it;
 * identity_nss.c asks those services and stands in the second, dynamic executor. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/auto.h"

typedef enum IdentityOutcome {
        IDENTITY_FOUND = 0,
        IDENTITY_UNKNOWN = 1,  /* nobody of this name; final only when the database is complete */
        IDENTITY_ASK_MORE = 2, /* this database cannot tell; the complete one can */
} IdentityOutcome;

typedef struct UserRecord {
        char *name; /* owned, as all strings here */
        char *home;
        char *shell;
        uid_t uid;
        gid_t gid;
} UserRecord;

typedef struct GroupList {
        gid_t *gids; /* owned */
        size_t n_gids;
} GroupList;

/* Finds a user by name or decimal uid. IdentityOutcome or -errno. */
int user_find(const char *name, UserRecord *ret);

/* Finds a group by name or decimal gid. IdentityOutcome or -errno. */
int group_find(const char *name, gid_t *ret_gid);

/* `gid` and all groups this user is a member of. IdentityOutcome or -errno. */
int group_list_find(const char *user, gid_t gid, GroupList *ret);

/* Appends a group unless it is there. -ENOMEM. */
int group_list_add(GroupList *list, gid_t gid);

/* Release what is owned; both are empty after. */
void user_record_done(UserRecord *record);
/* As above. */
void group_list_done(GroupList *list);
DEFINE_AUTO_DONE(UserRecord, user_record_done);
DEFINE_AUTO_DONE(GroupList, group_list_done);
