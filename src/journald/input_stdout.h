/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Streams of services: seven lines about the stream, then lines of text (systemd's protocol of
 * /run/systemd/journal/stdout). Bytes leave the kernel only once they are stored, and the keeper
 * has each stream, so that our death loses nothing. */

#include "journald/recorder.h"

/* What the seven lines say. */
typedef struct StreamHeader {
        char *identifier, *unit; /* owned; NULL = empty */
        int priority;            /* with facility */
        bool level_prefix;       /* lines may begin with "<N>" */
        unsigned forward;        /* a bit for each ForwardTarget that is wanted */
} StreamHeader;

/* Parses them at the front of `text`, which is moved behind them. 1 done, 0 when there are fewer
 * than seven lines yet, -EINVAL when they are nonsense, -ENOMEM. */
int stream_header_parse(Str *text, StreamHeader *ret);

/* Prints them so that stream_header_parse reads the same. */
int stream_header_print(const StreamHeader *header, StrBuf *out);

/* Releases the strings. */
void stream_header_done(StreamHeader *header);
DEFINE_AUTO_DONE(StreamHeader, stream_header_done);

/* Takes the "<N>" from the front of a line when there is one; `priority` keeps its facility when N
 * has none. */
void level_prefix_take(Str *line, int *priority);

/* The listening socket is readable. */
int on_stdout_socket(sd_event_source *source, int fd, uint32_t events, void *userdata);

/* Takes a stream (owned from now on) that the keeper kept under this id. */
int stream_take_back(Recorder *recorder, int fd, const char *id);

/* Reads from all streams what is there. */
void streams_drain(Recorder *recorder);

/* The same for the streams of one unit. */
void streams_drain_unit(Recorder *recorder, const char *unit);

/* Closes our side of all streams; the keeper's copies go on. */
void streams_close(Recorder *recorder);
