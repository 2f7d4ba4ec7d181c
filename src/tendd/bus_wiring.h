/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Between bus and host: the callbacks that the bus asks for, the announcements it makes, its
 * sockets. */

#include "tendd/manager.h"

/* Makes the server and has it told of everything; nobody can connect yet. */
int bus_wiring_add(Manager *manager);

/* Opens the sockets: the manager answers from now on. */
int bus_wiring_listen(Manager *manager);

/* Tells clients that a reload begins or has ended. */
void bus_wiring_reloading(Manager *manager, bool active);

/* Says the last word and closes. */
void bus_wiring_close(Manager *manager);
