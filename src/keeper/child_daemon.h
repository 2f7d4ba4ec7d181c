/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The manager as the keeper's child: started with one end of a socket pair, started again when it
 * dies, with growing delays only while it dies before it said HELLO. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct ChildDaemon {
        char **argv;          /* command line, not owned; the last entries are filled by start */
        unsigned fd_argument; /* index in argv where the descriptor number goes */
        char fd_text[16];
        pid_t pid;              /* 0 = does not run */
        int socket_fd;          /* our end, -1 = none */
        bool said_hello;        /* the present process got as far as HELLO */
        unsigned n_failures;    /* deaths before HELLO in a row */
        uint64_t start_at_usec; /* monotonic; when to start it again, 0 = not due */
} ChildDaemon;

/* Starts the program. -errno when not even a process could be made. */
int child_daemon_start(ChildDaemon *child);

/* It has ended: closes the socket and sets when to start it again. */
void child_daemon_ended(ChildDaemon *child, uint64_t now_usec);

/* Milliseconds until the next start is due, -1 = none is due. For poll(2). */
int child_daemon_timeout_msec(const ChildDaemon *child, uint64_t now_usec);
