/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Descriptors that services gave us to keep (FDSTORE=1, sd_notify(3)): held here, with a copy in
 * the keeper under "unit/name/number", and passed to the service at its next start. */

#include <stdbool.h>

#include "host/host_unit.h"

/* Keeps a descriptor under a name, which is the store's when this succeeds; with `poll` it is
 * dropped when its peer hangs up. One that is there already (the same open file) is not kept twice:
 * -EEXIST. */
int fd_store_add(HostUnit *hu, int fd, const char *name, bool poll);

/* Takes a descriptor that comes back from the keeper. False when the name is none of ours or the
 * unit is unknown. */
bool fd_store_take_back(Host *host, const char *keeper_name, int fd);

/* Drops all of a name (NULL = all); how many. */
unsigned fd_store_remove(HostUnit *hu, const char *name);

/* The descriptors in order of arrival, streams of a client (unit/client_stream.h) last, as the
 * executor wants them: `fds` holds at most `max`; names joined by ':' in fresh memory. The count.
 */
int fd_store_list(const HostUnit *hu, int *fds, unsigned max, char **ret_names);

/* Whether a name is allowed: printable ASCII without ':' of at most 255 bytes. */
bool fd_name_is_valid(const char *name);
