/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Streams that a client hands over with a transient unit (StandardInputFileDescriptor and its like
 * of org.freedesktop.systemd1): descriptors kept for the unit under names of their own, which its
 * settings name as "fd:NAME". They become standard streams and nothing else: $LISTEN_FDS does not
 * count them. */

#include <stdbool.h>

#include "base/str.h"

#define CLIENT_STREAM_PREFIX "tend.client."

/* Whether a kept descriptor of this name is such a stream. */
static inline bool client_stream_is(const char *name) {
        return str_has_prefix(str_of(name), CLIENT_STREAM_PREFIX);
}
