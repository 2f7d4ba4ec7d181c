/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* why: what led to the last change of a unit's state. */

#include "tend/tend.h"

CommandFunction cmd_why;
