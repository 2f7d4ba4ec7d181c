/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Runs a program (man, an installer, systemd-tmpfiles) with our terminal and environment, after
 * what was printed so far, and waits for its end. Searched in $PATH unless its name has a slash.
 * The exit status; -ENOENT and the other errors of execve(2); -EPROTO when a signal ended it. */
int program_run(char *const *command);
