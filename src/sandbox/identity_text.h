/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Texts of passwd(5), group(5) and nsswitch.conf(5). Pure: files are read by identity_files.c. */

#include <stdbool.h>

#include "base/str.h"
#include "sandbox/identity_database.h"

/* The first user of this name or, when `name` is a number, of this uid. IdentityOutcome or -ENOMEM.
 */
int user_find_in_text(Str passwd, const char *name, UserRecord *ret);

/* The first group of this name or number. IdentityOutcome. */
int group_find_in_text(Str group, const char *name, gid_t *ret_gid);

/* `gid` and all groups that have `user` as a member, each once. -ENOMEM. */
int group_list_in_text(Str group, const char *user, gid_t gid, GroupList *ret);

/* Whether `database` ("passwd", "group", "initgroups") has other sources than files on this
 * machine. systemd's own source counts as none: it only knows what nobody else may decide. */
bool name_service_has_more(Str nsswitch, const char *database);
