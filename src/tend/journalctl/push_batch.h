/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Log lines on their way to Loki: collected by labels, printed as the body of one push request. It
 * knows neither journals nor the network. */

#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/str.h"
#include "base/strbuf.h"

/* By what lines are found; empty ones are left out. */
typedef struct PushLabels {
        Str unit, host, priority;
} PushLabels;

typedef struct PushStream PushStream;

typedef struct PushBatch {
        PushStream *streams; /* owned */
        size_t n_streams, n_lines;
        size_t bytes; /* of the lines, about */
} PushBatch;

#define PUSH_BATCH_INIT ((PushBatch){ 0 })

/* Adds a line of a moment (nanoseconds since 1970); bytes that are not UTF-8 become U+FFFD.
 * -ENOMEM. */
int push_batch_add(PushBatch *batch, const PushLabels *labels, uint64_t moment_nsec, Str line);

/* Appends the body: {"streams":[{"stream":{labels},"values":[["moment","line"],...]},...]}. */
void push_batch_print(const PushBatch *batch, StrBuf *out);

/* Forgets all lines. */
void push_batch_clear(PushBatch *batch);
DEFINE_AUTO_DONE(PushBatch, push_batch_clear);
