/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which stream's lines are being stored: they are taken out of the socket only after that, so that
 * whoever comes after us, if we are killed in between, knows what not to store again. */

#include <stdint.h>

#include "base/random_id.h"

/* Lies in a file that is mapped; survives our death, not the machine's. */
typedef struct ProgressNote {
        uint64_t seqnum;                 /* of the last entry before the lines */
        char stream_id[ID128_TEXT_SIZE]; /* "" = nothing is going on */
} ProgressNote;

typedef struct Progress {
        ProgressNote *note; /* mapped; NULL = there is none */
        ProgressNote found; /* what the one before us left */
} Progress;

/* Opens or makes the file. Without it lines may be stored twice after a crash. */
int progress_open(Progress *progress, const char *path);

/* Lines of a stream are about to be stored. */
void progress_begin(Progress *progress, const char *stream_id, uint64_t seqnum);

/* They are stored and out of the socket. */
void progress_end(Progress *progress);

/* Unmaps it. */
void progress_close(Progress *progress);
