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

/* What can be done to a terminal before and after it is used, in this order. */
typedef enum TerminalCare {
        TERMINAL_HANG_UP,     /* disconnects all who have it open */
        TERMINAL_RESET,       /* modes, keyboard and colours as after a start of the machine */
        TERMINAL_DISALLOCATE, /* frees a virtual console ("/dev/tty7") so that screen and scrollback
                                 are gone; clears any other */
        TERMINAL_CARE_COUNT,
} TerminalCare;

/* Opens a terminal for reading and writing without making it the controlling one, over a short
 * hang-up. -ENOTTY when it is none. */
int terminal_open(const char *path, int flags);

/* Opens it and makes it the controlling terminal of this session; returns the descriptor. */
int terminal_acquire(const char *path, TerminalClaim claim);

/* Does one of these. Waits up to a second for a hang-up to end, where `patient`; -EIO otherwise. */
int terminal_care(const char *path, TerminalCare care, bool patient);

/* Gives it back to root and the group that may write to terminals (tty(4)). */
int terminal_take_back(const char *path);

/* Sets the size; 0 leaves that side as it is. */
int terminal_set_size(int fd, unsigned rows, unsigned columns);

/* What $TERM should be on this terminal: "linux" for virtual consoles, else "vt220". */
const char *terminal_default_type(const char *path);
