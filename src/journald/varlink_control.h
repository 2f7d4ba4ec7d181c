/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* io.systemd.Journal over varlink: what `journalctl --sync`, `--rotate`, `--flush` and
 * `--relinquish-var` ask for. */

#include "journald/recorder.h"

/* The listening socket is readable. */
int on_varlink_socket(sd_event_source *source, int fd, uint32_t events, void *userdata);

/* The name of the method in a call, "" when it is no call; at most 127 bytes. */
void varlink_method(Str message, char ret[static 128]);
