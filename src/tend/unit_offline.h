/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Unit files read by this process itself, along the search path of the manager when one runs, else
 * along the one that a manager would have. */

#include "host/host_machine.h"
#include "tend/tend.h"
#include "unit/unit_load.h"
#include "unit/unit_search.h"

typedef struct UnitOffline {
        UnitSearch *search;
        SpecifierMachine machine;
        UnitLoader loader; /* over both */
        bool from_manager; /* the search path is that of a running manager */
} UnitOffline;

/* Where a manager of the scope would look in this environment; `root` may be NULL. */
UnitSearchOptions unit_offline_options(const Tend *tend, const char *root);

/* Reads the directories. -errno after printing why. */
int unit_offline_init(Tend *tend, UnitOffline *ret);

/* The same below another root directory (NULL = "/"). */
int unit_offline_init_at(Tend *tend, const char *root, UnitOffline *ret);

/* The same without asking a manager for its search path. */
int unit_offline_init_alone(Tend *tend, const char *root, UnitOffline *ret);

/* Releases it. */
void unit_offline_done(UnitOffline *offline);
DEFINE_AUTO_DONE(UnitOffline, unit_offline_done);
