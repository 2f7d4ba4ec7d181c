/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the kernel counts for a unit in the files of its control groups, of either version. */

#include "host/unit_inspect.h"

/* Fills memory, tasks, processor time and input and output; what nobody counts is left alone. */
void unit_usage_read(const Host *host, const Unit *unit, UnitFigures *figures);
