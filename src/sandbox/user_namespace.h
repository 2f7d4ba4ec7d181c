/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A user name space for this process (user_namespaces(7)) in which few users are themselves and all
 * others are nobody. */

#include <sys/types.h>

/* Enters a fresh one that maps our own user and group and, if we are root, also these; -1 = none.
 * -EPERM and the like when the kernel has none for us: nothing has changed then. */
int user_namespace_enter(uid_t uid, gid_t gid);
