/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Facts about this machine and the manager's user that unit files can name by specifiers. */

#include "base/auto.h"
#include "unit/specifier.h"

/* Fills all members; strings are owned by `ret`. What cannot be found out is NULL or "". */
int host_machine_fill(UnitScope scope, SpecifierMachine *ret);

/* Where %t leads for a user without $XDG_RUNTIME_DIR: the manager's own directory. -ENOMEM. */
int host_machine_default_runtime(SpecifierMachine *machine, const char *directory);

struct EngineConfig;

/* What timers know of the machine: its place in a minute since this boot (AccuracySec=), its id and
 * whose the manager is (FixedRandomDelay=); all as systemd has them. What has no id stays 0. */
void host_machine_seed(const SpecifierMachine *machine, struct EngineConfig *config);

/* Releases the strings. */
void host_machine_done(SpecifierMachine *machine);
DEFINE_AUTO_DONE(SpecifierMachine, host_machine_done);

/* The value of a key in text of the kind of os-release, unquoted, in fresh memory; NULL when it is
 * not there. */
char *host_machine_release_value(Str text, const char *key);
