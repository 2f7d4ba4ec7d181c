/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Asks polkit, where the machine has it, whether a caller on the message bus who is not root may
 * do what a method does. The rules see systemd's actions and details: "unit" and "verb" of what
 * acts on one unit. The call is answered when polkit has answered; nothing waits. */

#include "bus/bus_method.h"

/* Puts the question for a call that came over the bus. 1: the answer goes on with the call, or
 * refuses it; negative with the call's error set. */
int bus_polkit_ask(BusCall *call, const BusMethodRow *row);

/* Whether the call still acts on the unit that polkit was asked about: its name may have become
 * another unit's since. 0, or negative with the call's error set. */
int bus_polkit_check_unit(BusCall *call, const BusMethodRow *row);
