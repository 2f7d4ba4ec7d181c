/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The terminal of a service that has ended (TTYPath= and its like in systemd.exec(5)). */

#include "engine/unit_object.h"

/* Hangs up, resets and clears it where the unit says so, and gives it back to root where the
 * service had it as its input. Never waits; what fails is of no consequence. */
void terminal_release(const Unit *unit);
