/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Starts one command of a unit: group, plan, environment, descriptors, executor. A process that the
 * last manager started for just this command is taken instead (orphan_spawn.h). */

#include "engine/ports.h"
#include "host/host_unit.h"

/* EnginePorts.spawn. */
int unit_start_command(Host *host, Unit *unit, const SpawnRequest *request, pid_t *ret_pid);
