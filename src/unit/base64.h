/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Base64 (RFC 4648) in values of settings: white space between digits is passed over. */

#include "base/str.h"
#include "base/strbuf.h"

/* Appends the bytes; -EINVAL. */
int base64_decode(Str text, StrBuf *out);

/* Appends the text of the bytes, padded. */
void base64_encode(Str bytes, StrBuf *out);
