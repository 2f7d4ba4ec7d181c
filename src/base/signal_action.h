/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What this process does about signals, asked of the kernel: the C library keeps two numbers for
 * itself and refuses to look at them. Handlers end with execve(2), what is ignored stays ignored.
 */

#include <stdbool.h>

/* Sets a signal to be ignored, or to its default action. -errno. */
int signal_action_set(int number, bool ignored);

/* Whether any signal is ignored. */
bool signal_action_any_ignored(void);
