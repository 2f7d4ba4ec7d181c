/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* status: everything on one screen, or what is known about some units. */

#include "tend/tend.h"

CommandFunction cmd_status;
