/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the control group of a process says about its unit. */

#include <sys/types.h>

#include "base/str.h"
#include "journald/value_set.h"

/* Adds _SYSTEMD_CGROUP, and _SYSTEMD_UNIT and _SYSTEMD_SLICE, or with `is_user` _SYSTEMD_USER_UNIT
 * and _SYSTEMD_USER_SLICE. The unit is `*unit` where that is set, else the innermost component of
 * the group's path that is one, which becomes `*unit` (owned). Below a user's manager
 * ("user@UID.service") that is the unit, and without `is_user` the user's unit and slice are added
 * too. _SYSTEMD_OWNER_UID and _SYSTEMD_SESSION are those of "user-UID.slice" and
 * "session-ID.scope"; with `is_user` the owner is who we are where the path does not say. */
void sender_group_add(ValueSet *set, pid_t pid, bool is_user, char **unit);

/* The same of a path. */
void sender_group_add_path(ValueSet *set, Str group, bool is_user, char **unit);

/* The innermost component of a group's path with one of the suffixes, without the leading '_' of
 * escaping; empty when there is none. `ret_before` (may be NULL) gets the path before it. */
Str sender_group_find(Str path, const char *const *suffixes, Str *ret_before);
