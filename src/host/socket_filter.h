/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* SocketBindAllow=, SocketBindDeny= and RestrictNetworkInterfaces=: programs at the unit's group of
 * version 2 (systemd.resource-control(5)). A unit and its slices each have a say: what one of them
 * denies is denied. */

#include <stdbool.h>
#include <stdint.h>

#include "unit/socket_bind_rule.h"

#define SOCKET_FILTER_LEVELS 16 /* a unit and the slices above it that say something */

/* What one unit says; lists not owned, NULL = nothing. */
typedef struct SocketBindLevel {
        char *const *allowed, *const *denied;
} SocketBindLevel;

/* bind(2) is judged by these from now on; `n_levels` 0 ends it. -errno; -E2BIG for more rules than
 * a program holds. */
int socket_bind_filter_set(const char *directory, const SocketBindLevel *levels, unsigned n_levels);

/* Interfaces of one unit by name; not owned. */
typedef struct InterfaceLevel {
        char *const *names;
        bool is_denied; /* all but these may be used */
} InterfaceLevel;

/* Packets go through interfaces that every level allows from now on; `n_levels` 0 ends it. A name
 * that no interface has matches nothing; the first is given in `ret_missing` (not owned, NULL =
 * none). -errno, -E2BIG. */
int interface_filter_set(const char *directory,
                         const InterfaceLevel *levels,
                         unsigned n_levels,
                         const char **ret_missing);
