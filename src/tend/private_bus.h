/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How systemd's programs find the manager: its private socket, and what they say without one. */

#include <stdbool.h>

#include "tend/tend.h"

/* Connects to the manager of the scope. `remote` machines cannot be reached. -errno after the
 * message of systemd's programs. */
int private_bus_connect(Tend *tend, bool remote);
