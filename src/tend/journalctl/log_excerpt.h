/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The last entries of a unit as systemctl status shows them. */

#include "base/strbuf.h"
#include "tend/tend.h"

typedef struct LogExcerpt {
        const char *unit;
        const char *output; /* a name of log_output.h; NULL = "short" */
        unsigned n_entries;
        unsigned render_flags;         /* of journal_render.h */
        unsigned columns;              /* that lines are shortened to; 0 = never */
        uint64_t since_monotonic_usec; /* nothing before this; 0 = from the boot on */
} LogExcerpt;

/* Appends them, oldest first, with an empty line before the first one; only those of this boot.
 * Nothing when there are none. -errno when the journal cannot be looked at. */
int log_excerpt_print(Tend *tend, const LogExcerpt *excerpt, StrBuf *out);
