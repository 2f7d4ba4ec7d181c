/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* timer: what became of the runs of a timer. */

#include "tend/tend.h"

CommandFunction cmd_timer;
