/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Payloads that older writers compressed: lz4 and xz. The libraries are loaded when the first such
 * payload is met; we never write these. */

#include <stdint.h>

#include "base/str.h"
#include "base/strbuf.h"

/* Unpacks an lz4 payload (its length in 8 bytes, then one block) behind what is in `out`. -EBADMSG
 * when it is damaged, -E2BIG above `limit`, -EPROTONOSUPPORT without liblz4. */
int journal_unpack_lz4(Str payload, uint64_t limit, StrBuf *out);

/* The same of an xz payload (one .xz stream), with liblzma. */
int journal_unpack_xz(Str payload, uint64_t limit, StrBuf *out);
