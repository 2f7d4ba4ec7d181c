/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What StandardInput=, StandardOutput= and StandardError= can say. Text only. */

#include "base/str.h"

typedef enum StreamKind {
        STREAM_INHERIT,
        STREAM_NULL,
        STREAM_TTY,
        STREAM_TTY_FORCE, /* input only, as the next two */
        STREAM_TTY_FAIL,
        STREAM_DATA,
        STREAM_SOCKET,
        STREAM_FD,     /* argument: name of a passed descriptor */
        STREAM_FILE,   /* argument: path, as the next two */
        STREAM_APPEND, /* output only, as all that follow */
        STREAM_TRUNCATE,
        STREAM_JOURNAL,
        STREAM_KMSG,
        STREAM_JOURNAL_CONSOLE,
        STREAM_KMSG_CONSOLE,
        STREAM_KIND_COUNT
} StreamKind;

typedef struct Stream {
        StreamKind kind;
        const char *argument; /* not owned; "" for kinds without one, and for "fd" without a name */
} Stream;

/* Parses "file:/x", "fd:name", "journal+console" and so on; the older "syslog" forms mean the
 * journal. The argument points into `text`. -EINVAL. */
int stream_parse(const char *text, Stream *ret);

/* Whether reading from it means a terminal. */
static inline bool stream_is_terminal(const Stream *stream) {
        return stream->kind == STREAM_TTY || stream->kind == STREAM_TTY_FORCE ||
               stream->kind == STREAM_TTY_FAIL;
}
