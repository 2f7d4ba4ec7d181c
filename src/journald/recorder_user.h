/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The user that the recorder of the system runs as: "tend-journal" where the machine has it, else
 * an id of the range for dynamic users (host/dynamic_user.h), the same one each time. Its files
 * have the group that may read the journal. What needs root is done before by the same process. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

typedef struct RecorderUser {
        bool is_other; /* than who started us */
        uid_t uid;
        gid_t gid;
        gid_t journal_group; /* who may read; (gid_t)-1 = the machine has none */
        gid_t tty_group;     /* who may write to terminals; as above */
        uid_t starter;       /* who started us: it may give orders */
} RecorderUser;

/* Looks it up; `marks` is the directory where dynamic ids are marked. Only root has another user,
 * and only where the kernel lets us become it: else `ret_reason` (static, NULL when there is no
 * need for one) says why we stay. */
int recorder_user_find(const char *marks, RecorderUser *ret, const char **ret_reason);

/* Whether the user could get to the directory, which is there. */
bool recorder_user_reaches(const RecorderUser *user, const char *directory);

/* Makes the directory, if it is missing, and gives it to the user with the files in it whose names
 * contain `part` (NULL = all): those that are root's or of another recorder, and have one name
 * only. Nothing when there is no other user. */
int recorder_user_give(const RecorderUser *user, const char *directory, const char *part);
