/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One word about units: is-active, is-failed, is-enabled. Nothing here does more than it must:
 * these are asked in loops. */

#include "tend/tend.h"

CommandFunction cmd_is_active, cmd_is_failed;
