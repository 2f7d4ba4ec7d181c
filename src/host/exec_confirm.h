/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* EVENT_EXEC_CONFIRMED: when the executor has become the program (Type=exec). A pipe that closes
 * tells of it; where the pipe went with the last manager, /proc is asked until it is so. */

#include "host/host.h"

/* Waits for the end of the pipe, whose read end is owned from now on. */
int exec_confirm_by_pipe(Host *host, int pipe_fd, pid_t pid);

/* Looks at the process itself, at once and then now and then. */
int exec_confirm_by_look(Host *host, pid_t pid);

/* Looks for all restored services that wait for it. */
void exec_confirm_restored(Host *host);
