/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Commands that ask for jobs or signals: start, stop, restart, reload, isolate, kill and so on.
 * Exit statuses are systemctl's. */

#include "tend.h"

int cmd_start(Tend *tend, char **arguments);
int cmd_stop(Tend *tend, char **arguments);
int cmd_restart(Tend *tend, char **arguments);
int cmd_try_restart(Tend *tend, char **arguments);
int cmd_reload(Tend *tend, char **arguments);
int cmd_reload_or_restart(Tend *tend, char **arguments);
int cmd_isolate(Tend *tend, char **arguments);
int cmd_kill(Tend *tend, char **arguments);
int cmd_reset_failed(Tend *tend, char **arguments);
int cmd_cancel(Tend *tend, char **arguments);
int cmd_daemon_reload(Tend *tend, char **arguments);

/* Asks for one job per unit (`member` is StartUnit and so on, `verb` the word for messages), waits
 * with progress unless TEND_NO_BLOCK, explains failures. The exit status. */
int jobs_run(Tend *tend, const char *member, const char *verb, char **units);
