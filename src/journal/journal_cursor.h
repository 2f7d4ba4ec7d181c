/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The text that names an entry for ever: "s=...;i=...;b=...;m=...;t=...;x=...". */

#include "base/strbuf.h"
#include "journal/journal_merge.h"

/* Appends the cursor of an entry. */
void journal_cursor_print(StrBuf *out, const JournalPlace *place);

/* Reads a cursor; unknown parts are passed over. -EINVAL when it is none or does not say enough. */
int journal_cursor_parse(Str text, JournalLocation *ret);
