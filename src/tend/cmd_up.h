/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The manager's own life: up, down, init. */

#include "tend/tend.h"

CommandFunction cmd_up, cmd_down, cmd_init;
