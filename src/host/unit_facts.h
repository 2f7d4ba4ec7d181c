/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the recorder of the journal must know about units: small files in <runtime>/units, named
 * "fact:unit", as systemd has them in /run/systemd/units. */

#include "host/host_unit.h"

/* Writes invocation, limits and extra fields of a unit that is about to start. A fact that cannot
 * be written is missing in its entries, no more. */
void unit_facts_write(const HostUnit *hu);

/* The unit is gone. Its facts stay for a while, because its last lines may not be recorded yet. */
void unit_facts_retire(const HostUnit *hu);
