/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Words as a shell would read them back. */

#include "base/strbuf.h"

/* Appends the word, in double quotes where a shell would not take it for one word. */
void word_quote(const char *word, StrBuf *out);
