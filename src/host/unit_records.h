/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which units' records are due, and how they get to the state log and back. The host adds lines of
 * its own to the engine's record; each side skips the other's. */

#include "host/host_unit.h"

/* Appends the records of all units that changed and writes them with one write; writes the file
 * anew when it has grown too long. */
void unit_records_flush(Host *host);

/* The unit is gone: so is its record. */
void unit_records_drop(HostUnit *hu);

/* Writes the file anew with what is live now, or adds that where there is no room for another file.
 * A failure is told, and made up for as soon as there is room. */
void unit_records_rewrite(Host *host);

/* Reads the file of the last manager: units into the states that were recorded, processes that no
 * record knows of remembered. `ret_n` units were restored. */
int unit_records_restore(Host *host, unsigned *ret_n);
