/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What settings are for units that do not set them, where the manager's files
 * (systemd-system.conf(5)) or the machine's control groups decide that, as clients are told. */

#include "host/host_unit.h"

/* `unit` NULL: for most units. The value: `scratch`, or one of the manager's; NULL where the
 * default of the unit language holds. Nothing is owned by the caller. Accounting is told as it is:
 * version 2 counts processor, memory and tasks of everything, as with systemd; version 1 what
 * somebody asks for. */
const Value *
setting_default_find(const Host *host, const Unit *unit, DirectiveId id, Value *scratch);

/* Whether a switch is on for the unit, by its own files or by that default. */
bool setting_is_on(const Host *host, const Unit *unit, DirectiveId id);
