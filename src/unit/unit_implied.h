/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What settings bring with them: the value that another one has because of them, as clients of
 * systemd see it (systemd.exec(5): DynamicUser=, PrivateDevices=, ProtectClock=, ...). The
 * specification itself keeps what its files say. */

#include "unit/unit_spec.h"

/* The value of a setting as it is in effect: what is set, or `scratch` filled in with what another
 * setting makes of it; NULL when it is neither set nor implied. Nothing is owned. */
const Value *unit_implied_find(const UnitSpec *spec, DirectiveId id, Value *scratch);
