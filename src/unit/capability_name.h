/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Names of capabilities (capabilities(7)). */

#include "base/str.h"
#include "base/strbuf.h"

/* "CAP_CHOWN" in any case, or a number below 63; -EINVAL. */
int capability_parse(Str text);

/* Appends "cap_chown", or the number where there is no name. */
void capability_print(int capability, StrBuf *out);
