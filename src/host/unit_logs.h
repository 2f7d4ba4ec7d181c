/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One log file per unit until the journal is there: the unit's output, written by the unit itself,
 * and the manager's lines about it, marked "tendd[pid]: ". */

#include "base/auto.h"

typedef struct UnitLogs UnitLogs;

#define UNIT_LOG_MAX (16 * 1024 * 1024) /* a longer file is set aside at the next start */
#define UNIT_LOGS_GONE_MAX 256          /* files of units that are gone for good */

/* `directory` must exist. */
int unit_logs_new(const char *directory, UnitLogs **ret);
UnitLogs *unit_logs_free(UnitLogs *logs);
DEFINE_AUTO(UnitLogs *, unit_logs_free);

/* The path of a unit's file in fresh memory; NULL when out of memory. */
char *unit_logs_path(const UnitLogs *logs, const char *unit);

/* Appends a line of the manager. Nothing happens when that fails: the line is in the manager's log
 * too. */
void unit_logs_add(UnitLogs *logs, const char *unit, const char *line);

/* Writes what was gathered. Before a unit writes itself, and before the manager sleeps. */
void unit_logs_flush(UnitLogs *logs);

/* Renames a file that has grown too long to "<file>.1". Before a start. */
void unit_logs_rotate(UnitLogs *logs, const char *unit);

/* The unit is gone and no file says that it comes again (a connection was served, a transient unit
 * is over). Its file stays until UNIT_LOGS_GONE_MAX others are gone too. */
void unit_logs_retire(UnitLogs *logs, const char *unit);
