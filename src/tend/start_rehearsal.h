/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A manager in the mind: loads units with all that they name and plans their start with the real
 * engine, but has no processes and never runs a job. What the manager would say becomes findings.
 */

#include "base/diag.h"
#include "engine/engine.h"
#include "unit/unit_load.h"

typedef struct StartRehearsal StartRehearsal;

typedef enum RehearsalFlags {
        REHEARSAL_ALONE = 1 << 0,     /* dependencies are neither loaded nor planned */
        REHEARSAL_STAND_INS = 1 << 1, /* built-in units stand in for files that are missing */
} RehearsalFlags;

/* `loader` and `diag` must outlive it. -ENOMEM. */
int start_rehearsal_new(const UnitLoader *loader, unsigned flags, Diag *diag, StartRehearsal **ret);
/* Releases it with its units; returns NULL. */
StartRehearsal *start_rehearsal_free(StartRehearsal *rehearsal);
DEFINE_AUTO(StartRehearsal *, start_rehearsal_free);

/* The unit of this name, which stays owned by the rehearsal; what is wrong with its files and those
 * that it pulls in is found once. -EINVAL for a name that is none, -ENOMEM. */
int start_rehearsal_load(StartRehearsal *rehearsal, const char *name, Unit **ret);

/* Plans the start of a loaded unit. -ECANCELED when the manager would refuse, with a finding. */
int start_rehearsal_start(StartRehearsal *rehearsal, Unit *unit);
