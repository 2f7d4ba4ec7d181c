/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Lines of a unit file: sections, keys, continuations and comments, with positions
 * (systemd.syntax(7)). No meaning yet. */

#include <stdbool.h>

#include "base/diag.h"
#include "base/str.h"
#include "base/strbuf.h"

#define UNIT_LINE_MAX (1024 * 1024) /* bytes in one line with its continuations */
#define UNIT_FILE_MAX (16 * 1024 * 1024)

typedef enum UnitSourceItem {
        UNIT_SOURCE_END,
        UNIT_SOURCE_SECTION,    /* section is set */
        UNIT_SOURCE_ASSIGNMENT, /* key and value are set, both trimmed */
        UNIT_SOURCE_JUNK,       /* a line that is none of these; a finding was added */
} UnitSourceItem;

typedef struct UnitSource {
        const char *path; /* for findings, not owned */
        Str rest;
        unsigned next_line;
        unsigned line;           /* where the current item begins */
        unsigned end_line;       /* where it ends: systemd's messages name this one */
        Str section, key, value; /* slices of the text, or of `joined` after a continuation */
        StrBuf joined;
        StrBuf section_joined; /* keeps a section name that was continued */
        Diag *diag;
        const char *unit;
        bool bom_seen;
        bool section_ignored; /* set by the caller after a section it does not know: assignments and
                               * junk up to the next section are passed over in silence */
} UnitSource;

/* Starts on a text that outlives the source. */
void unit_source_init(UnitSource *source, Str text, const char *path, const char *unit, Diag *diag);

/* The next item. Ends the whole file with -ENOBUFS (line too long), -EBADMSG (broken section
 * header), -EINVAL (not UTF-8), each after adding a finding, or -ENOMEM: the errors systemd gives.
 */
int unit_source_next(UnitSource *source);

/* Releases what joined lines took. */
void unit_source_done(UnitSource *source);
DEFINE_AUTO_DONE(UnitSource, unit_source_done);
