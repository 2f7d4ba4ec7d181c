/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Commands that ask for jobs or signals: start, stop, restart, reload, isolate, kill and so on.
 * Exit statuses are systemctl's. */

#include "tend/job_watch.h"

CommandFunction cmd_start, cmd_stop, cmd_restart, cmd_try_restart, cmd_reload;
CommandFunction cmd_reload_or_restart, cmd_isolate, cmd_kill, cmd_reset_failed, cmd_cancel;
CommandFunction cmd_daemon_reload;

/* Asks for one job per unit (`member` is StartUnit and so on, `verb` the word for messages), waits
 * with progress unless TEND_NO_BLOCK, explains failures. The exit status. */
int jobs_run(Tend *tend, const char *member, const char *verb, char **units);

/* Asks for one job and has it watched unless TEND_NO_BLOCK; a refusal is printed. `typed` need not
 * be a whole name. The exit status. */
int job_request(Tend *tend, JobWatch *watch, const char *member, const char *typed);
