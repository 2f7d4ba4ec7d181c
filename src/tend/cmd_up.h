/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The manager's own life: up, down, init. */

#include "tend.h"

int cmd_up(Tend *tend, char **arguments);
int cmd_down(Tend *tend, char **arguments);
int cmd_init(Tend *tend, char **arguments);
