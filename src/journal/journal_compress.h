/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Payloads of DATA objects, smaller: zstd; lz4 and xz are read where the libraries are. */

#include <stdint.h>

#include "base/str.h"
#include "base/strbuf.h"

/* A payload that becomes larger than this when it is unpacked is refused, as systemd does. */
#define JOURNAL_PAYLOAD_MAX (UINT64_C(768) * 1024 * 1024)

/* Compresses into `out`. 1 when that made it smaller, 0 when it is better left as it is. */
int journal_compress(Str payload, StrBuf *out);

/* Unpacks into `out`, which is cleared first; `flags` are those of the object. -EBADMSG when the
 * bytes are damaged, -EPROTONOSUPPORT for a kind that we do not read, -E2BIG above `limit`. */
int journal_decompress(unsigned flags, Str payload, uint64_t limit, StrBuf *out);
