/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Reading of PIDFile= with the safety rules of systemd.service(5), and waiting for it to appear. */

#include <stdbool.h>

#include "host/host_unit.h"

typedef struct PidFileText {
        pid_t pid;
        uid_t owner;    /* of the file */
        bool is_unsafe; /* reached by links that a user other than root could have made */
} PidFileText;

/* Reads the file. PidFileOutcome: OK, MISSING, or UNSAFE when it is no regular file or no number.
 * -errno. */
int pid_file_read_text(const char *path, PidFileText *ret);

/* Reads the file of a unit and checks that the process lives and may be its main process; findings
 * are logged. PidFileOutcome or -errno. */
int pid_file_read(HostUnit *hu, const char *path, pid_t *ret_pid);

/* EVENT_PID_FILE is wanted when the path or a directory above changes; NULL ends it. */
void pid_file_watch(HostUnit *hu, const char *path);

/* Removes PIDFile= of a unit that has gone down: what it says is out of date. */
void pid_file_remove(const Unit *unit);
