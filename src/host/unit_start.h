/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Starts one command of a unit: group, plan, environment, descriptors, executor; and takes over
 * processes that the last manager had just started when it died. */

#include "engine/ports.h"
#include "host/host_unit.h"

/* EnginePorts.spawn. */
int unit_start_command(Host *host, Unit *unit, const SpawnRequest *request, pid_t *ret_pid);

/* Remembers a process whose start is on the log but in no record of its unit: the unit gets it when
 * the engine, put back to before that start, asks for the same command again. */
int unit_start_remember(Host *host, const StateRecord *record);

/* Forgets the remembered processes of a unit: a later record knows of them. */
void unit_start_forget(Host *host, Str unit_name);

/* An exit of a remembered process: kept until the process is claimed. False when it is none. */
bool unit_start_exited(Host *host, pid_t pid, int code, int status);

/* Nobody claimed them: ends the remembered processes that are left. */
void unit_start_end_orphans(Host *host);
