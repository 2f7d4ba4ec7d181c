/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The socket behind /dev/log. */

#include "journald/recorder.h"

/* The socket is readable. */
int on_syslog_socket(sd_event_source *source, int fd, uint32_t events, void *userdata);
