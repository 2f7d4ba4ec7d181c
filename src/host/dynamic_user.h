/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* User ids for DynamicUser=yes: from systemd's range, the same one for a name as long as it is
 * free, held by a file in the runtime directory while a unit uses it. */

#include <sys/types.h>

#define DYNAMIC_UID_MIN 61184
#define DYNAMIC_UID_MAX 65519
#define DYNAMIC_USER_MARKS "dynamic-uid" /* in the runtime directory: where the marks are */

/* The first id to try for a name. */
uid_t dynamic_user_first(const char *name);

/* Takes an id for a name; `directory` holds the marks. -ENOSPC when all are in use. */
int dynamic_user_take(const char *directory, const char *name, uid_t *ret_uid);

/* All ids that are held, with their names. 0, or what `add` returned when that was not 0, which
 * ends the walk. */
typedef int DynamicUserFunction(void *userdata, uid_t uid, const char *name);
int dynamic_user_each(const char *directory, DynamicUserFunction *add, void *userdata);

/* Gives the id back. */
void dynamic_user_release(const char *directory, uid_t uid);
