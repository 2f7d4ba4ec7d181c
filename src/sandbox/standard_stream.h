/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Connects descriptors 0, 1 and 2 (systemd.exec(5), "Logging and Standard Input/Output"). Input
 * first, then output, then error: later ones may be copies of earlier ones. */

#include <sys/types.h>

#include "base/str.h"
#include "sandbox/stream.h"

typedef enum StdioOutcome {
        STDIO_DONE = 0,
        STDIO_NOT_ON_CONSOLE = 1, /* the copy for the console is not made */
        STDIO_NO_KERNEL_LOG = 2,  /* goes to the log file instead */
        STDIO_LOST = 3,           /* there is no log file: goes nowhere */
} StdioOutcome;

/* Everything that decides about the streams; nothing owned. */
typedef struct StdioPlan {
        Stream input, output, error;
        const char *tty_path;
        unsigned tty_rows, tty_columns; /* 0 = as it is */
        const char *log_file;           /* where the journal's part goes, NULL = nowhere */
        Str data;                       /* for STREAM_DATA */
        const int *fds;                 /* passed descriptors with their names */
        char *const *fd_names;
        unsigned n_fds;
        bool no_terminal_input; /* such a command does not take the terminal */
        mode_t umask;
} StdioPlan;

/* Each returns StdioOutcome or -errno. */
int stdio_connect_input(const StdioPlan *plan);
int stdio_connect_output(const StdioPlan *plan);
int stdio_connect_error(const StdioPlan *plan);

/* Whether any stream is a terminal, so that $TERM is set. */
bool stdio_has_terminal(const StdioPlan *plan);

/* Makes the terminal on descriptor 0 the user's. 0 when it is none. */
int stdio_give_terminal(uid_t uid);
