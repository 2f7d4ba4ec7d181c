/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Lines of a unit file: sections, keys, continuations and comments, with positions (systemd.syntax(7)).
 * No meaning yet. */

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
        unsigned line;   /* where the current item begins */
        Str section, key, value; /* slices of the text, or of `joined` after a continuation */
        StrBuf joined;
        Diag *diag;
        const char *unit;
} UnitSource;

/* Starts on a text that outlives the source. */
void unit_source_init(UnitSource *source, Str text, const char *path, const char *unit, Diag *diag);

/* The next item, or -E2BIG (line too long), -ENOMEM. */
int unit_source_next(UnitSource *source);

void unit_source_done(UnitSource *source);
DEFINE_AUTO_DONE(UnitSource, unit_source_done);
