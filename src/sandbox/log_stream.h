/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The stream of a command to the recorder of the journal: connected, and introduced by systemd's
 * seven lines. */

#include <stdbool.h>

/* What the recorder is told. Nothing owned. */
typedef struct LogStream {
        const char *socket;     /* path */
        const char *identifier; /* what lines are marked with */
        const char *unit;
        int priority;      /* facility and level of lines that say nothing else */
        bool level_prefix; /* "<3>" in front of a line is its level */
} LogStream;

/* A new connection that can be written to, close-on-exec; -errno. */
int log_stream_connect(const LogStream *stream);

/* Whether a descriptor is such a connection to the recorder at this socket. */
bool log_stream_is_at(const LogStream *stream, int fd);
