/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Connects descriptors 0, 1 and 2 (systemd.exec(5), "Logging and Standard Input/Output"). Input
 * first, then output, then error: later ones may be copies of earlier ones. */

#include <sys/types.h>

#include "base/str.h"
#include "sandbox/log_stream.h"
#include "sandbox/stream.h"

typedef enum StreamOutcome {
        STREAM_DONE = 0,
        STREAM_NOT_ON_CONSOLE = 1, /* the copy for the console is not made */
        STREAM_NO_KERNEL_LOG = 2,  /* goes to the log file instead */
        STREAM_LOST = 3,           /* there is no log file: goes nowhere */
} StreamOutcome;

/* Everything that decides about the streams; nothing owned. */
typedef struct StandardStreams {
        Stream input, output, error;
        const char *tty_path;
        unsigned tty_rows, tty_columns; /* 0 = as it is */
        const char *log_file;           /* where the journal's part goes without a recorder */
        const LogStream *log_stream;    /* the recorder; NULL = there is none */
        Str data;                       /* for STREAM_DATA */
        const int *fds;                 /* passed descriptors with their names */
        char *const *fd_names;
        unsigned n_fds;
        unsigned n_sockets;     /* the first of them; the rest were stored */
        bool no_terminal_input; /* such a command does not take the terminal */
        mode_t umask;
} StandardStreams;

/* Each returns StreamOutcome or -errno. */
int standard_streams_connect_input(const StandardStreams *streams);
int standard_streams_connect_output(const StandardStreams *streams);
int standard_streams_connect_error(const StandardStreams *streams);

/* Whether any stream is a terminal, so that $TERM is set. */
bool standard_streams_have_terminal(const StandardStreams *streams);

/* Makes the terminal on descriptor 0 the user's. 0 when it is none. */
int standard_input_give_terminal(uid_t uid);
