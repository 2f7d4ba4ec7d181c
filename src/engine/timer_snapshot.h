/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The record of a timer unit, for the next manager (engine/engine_snapshot.h). Internal to timer
 * units. */

#include "base/str.h"
#include "base/strbuf.h"
#include "engine/timer_unit.h"

/* Appends "key=value" lines; what is as it is at the start is left out. */
void timer_snapshot_save(const Unit *unit, StrBuf *out);

/* Takes one line over. 0; 1 when the key is none of a timer's; -EINVAL when the value is none. */
int timer_snapshot_restore(Unit *unit, Str key, Str value);
