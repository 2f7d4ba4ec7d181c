/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Terminals as standard streams: opening, taking over, resetting (ioctl_tty(2), ioctl_console(2)).
 */

#include <stdbool.h>

typedef enum TerminalClaim {
        TERMINAL_WAIT,  /* until whoever controls it lets go */
        TERMINAL_FORCE, /* take it away */
        TERMINAL_FAIL,  /* -EPERM when somebody controls it */
} TerminalClaim;

/* Opens a terminal for reading and writing without making it the controlling one, over a short
 * hang-up. -ENOTTY when it is none. */
int terminal_open(const char *path, int flags);

/* Opens it and makes it the controlling terminal of this session; returns the descriptor. */
int terminal_acquire(const char *path, TerminalClaim claim);

/* Modes, keyboard and colours as after a start of the machine. */
int terminal_reset(int fd);
int terminal_reset_path(const char *path);

/* Disconnects all who have it open. */
int terminal_hang_up(const char *path);

/* Frees a virtual console ("/dev/tty7") so that screen and scrollback are gone; clears any other.
 */
int terminal_disallocate(const char *path);

/* Sets the size; 0 leaves that side as it is. */
int terminal_set_size(int fd, unsigned rows, unsigned columns);

/* What $TERM should be on this terminal: "linux" for virtual consoles, else "vt220". */
const char *terminal_default_type(const char *path);
