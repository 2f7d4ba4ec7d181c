/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The native socket: messages in datagrams, or in sealed memory files that come along. */

#include "journald/recorder.h"

/* The socket is readable. */
int on_native_socket(sd_event_source *source, int fd, uint32_t events, void *userdata);
