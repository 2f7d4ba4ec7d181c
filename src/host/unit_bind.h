/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Adds a mount to the file systems that a running service sees (BindMountUnit). It is gone with the
 * service. */

#include <stdbool.h>

#include "host/host_unit.h"

typedef struct UnitBind {
        const char *source;      /* as the manager sees it; absolute */
        const char *destination; /* as the service sees it; absolute */
        bool read_only;
        bool make; /* what is to be mounted on is made when it is not there */
} UnitBind;

/* 0; -ESRCH when the unit has no main process; -EXDEV when that sees what the manager sees, so that
 * everybody would get the mount; else what the kernel said. Waits for a child that makes a few
 * system calls. */
int unit_bind(const Unit *unit, const UnitBind *bind);
