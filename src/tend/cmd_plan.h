/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What is done when a unit is started: the executor's plan. */

#include "tend/tend.h"

CommandFunction cmd_plan_of;
