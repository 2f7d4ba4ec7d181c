/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the kernel counts for a unit in the files of its control groups, of either version. */

#include "host/unit_inspect.h"

/* Fills what has summed up since the unit started: processor time, input and output, IP traffic. */
void unit_usage_read_totals(const Host *host, const Unit *unit, UnitFigures *figures);

/* Fills memory, tasks, and the totals; what nobody counts is left alone. */
void unit_usage_read(const Host *host, const Unit *unit, UnitFigures *figures);
