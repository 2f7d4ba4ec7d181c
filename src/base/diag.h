/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Findings for people: file, line, severity, text. The caller owns the list and hands it down;
 * parsers, lint, bus and command line all report through it. Running out of memory while adding is
 * remembered (`lost`), never fatal. */

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/macros.h"

typedef enum DiagSeverity {
        DIAG_NOTE,    /* worth knowing, nothing is wrong */
        DIAG_WARNING, /* ignored or worked around */
        DIAG_ERROR,   /* what was asked for cannot be done */
        DIAG_SEVERITY_COUNT
} DiagSeverity;

typedef struct Finding {
        char *unit;    /* unit name or NULL */
        char *file;    /* path or NULL */
        unsigned line; /* 1-based, 0 when the finding is about the whole file */
        DiagSeverity severity;
        char *text; /* one sentence without the location */
        char *hint; /* what to do instead, or NULL */
} Finding;

typedef struct Diag {
        Finding *findings; /* owned, in order of appearance */
        unsigned n_findings;
        unsigned n_by_severity[DIAG_SEVERITY_COUNT];
        unsigned limit; /* findings above this many are only counted; 0 = 1000 */
        unsigned lost;  /* findings dropped by the limit or for lack of memory */
} Diag;

#define DIAG_INIT ((Diag){ 0 })

/* Where a finding is: any member may be NULL or 0. */
typedef struct DiagPlace {
        const char *unit;
        const char *file;
        unsigned line;
} DiagPlace;

/* Adds a finding at `place` (may be NULL). `diag` may be NULL: nothing happens. */
void diag_add(Diag *diag, const DiagPlace *place, DiagSeverity severity, const char *format, ...)
        PRINTF_LIKE(4, 5);

/* Gives the newest finding a hint ("did you mean ..."). */
void diag_hint(Diag *diag, const char *format, ...) PRINTF_LIKE(2, 3);

/* Whether at least one finding is DIAG_ERROR. */
bool diag_has_errors(const Diag *diag);

/* "file:line: text (hint)" in freshly allocated memory, NULL when out of memory. */
char *diag_format(const Finding *finding);

/* Moves all findings of `from` to the end of `to`; `from` is empty after. */
void diag_move(Diag *to, Diag *from);

/* Releases the findings; the list can be used again. */
void diag_clear(Diag *diag);

/* "note", "warning", "error". */
const char *diag_severity_name(DiagSeverity severity);

DEFINE_AUTO_DONE(Diag, diag_clear);
