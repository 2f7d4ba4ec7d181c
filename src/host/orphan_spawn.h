/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Processes whose start is on the state log but in no record of their unit: the last manager died
 * between a start and the record of what led to it. The engine is put back to before that moment;
 * what led to the start happens again, and when the engine asks for the same command it gets the
 * process that runs already. ARCHITECTURE.md has the table of such moments.
 *
 * For the engine to come the same way again, the outside has to give the same answers: until a
 * process is claimed it is not there, for nobody asked for it yet. */

#include "engine/ports.h"
#include "host/host_unit.h"

/* Remembers the process of a spawn record. */
int orphan_spawn_remember(Host *host, const StateRecord *record);

/* Forgets the remembered processes of a unit: a later record knows of them. */
void orphan_spawn_forget(Host *host, Str unit_name);

/* Forgets a remembered process that was not told what to do. */
void orphan_spawn_void(Host *host, pid_t pid);

/* Appends the spawn records of the unit's processes that are not claimed yet; they have to follow
 * every record of the unit, which would make the next manager forget them. */
int orphan_spawn_repeat(const Host *host, const char *unit_name, StrBuf *out);

/* An exit of a remembered process: kept until the process is claimed. False when it is none. */
bool orphan_spawn_exited(Host *host, pid_t pid, int code, int status);

/* The unit's process that the last manager started for just this command, which is the unit's from
 * now on; 0 = none. If it has ended, its exit is queued. */
pid_t orphan_spawn_claim(HostUnit *hu, const SpawnRequest *request);

/* The list whose command the first unclaimed process of a unit runs; DIRECTIVE_NONE without one. */
DirectiveId orphan_spawn_list(const Host *host, const Unit *unit);

/* Whether an unclaimed process can only have been started when the unit's group was empty, or when
 * nothing in it mattered: it must not count as a member, and signals to the group must not reach
 * it. */
bool orphan_spawn_hides_group(const Host *host, const Unit *unit);

/* Units that wait for the moment of their restart do not wait any longer when that start was made:
 * the moment had come for the last manager. */
void orphan_spawn_hurry(Host *host);

/* Nobody claimed them: ends the remembered processes that are left. */
void orphan_spawn_end_all(Host *host);

/* Releases the list; the processes go on. */
void orphan_spawn_done(Host *host);
