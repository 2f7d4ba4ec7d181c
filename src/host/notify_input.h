/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* From the notification socket to the engine: finds the unit of the sender, keeps descriptors at
 * hand while the engine decides about them. */

#include "host/host.h"

/* Opens the socket at its place, or takes over `fd` (not -1) from the last manager. */
int notify_input_open(Host *host, int fd);
void notify_input_close(Host *host);
