/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What systemd checks once all files of a unit are merged: settings that contradict each other or
 * the unit's name. Rules are rows; each is about one specification alone. */

#include <stdbool.h>

#include "unit/unit_spec.h"

/* Adds findings to spec->diag. Says whether the unit may be loaded: false means bad-setting. */
bool unit_check(UnitSpec *spec);

/* Whether a slice's name is one: "a-b.slice", not "a--b.slice" or "-a.slice". */
bool unit_check_slice_name(const char *name);
