/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Between bus and host: the callbacks that the bus asks for, the announcements it makes, its
 * sockets. */

#include "tendd/manager.h"

/* Makes the server; nobody can connect yet. */
int bus_wiring_add(Manager *manager);

/* Sets the announcements in an observer whose userdata is the manager. */
void bus_wiring_observe(HostObserver *observer);

/* Opens the sockets: the manager answers from now on. */
int bus_wiring_listen(Manager *manager);

/* Says the last word and closes. */
void bus_wiring_close(Manager *manager);
