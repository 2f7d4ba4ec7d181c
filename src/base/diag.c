/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/enum_name.h"
#include "base/strbuf.h"

#define DIAG_DEFAULT_LIMIT 1000

static const char *const severity_names[] = {
        [DIAG_NOTE] = "note",
        [DIAG_WARNING] = "warning",
        [DIAG_ERROR] = "error",
};
static_assert(ARRAY_LENGTH(severity_names) == DIAG_SEVERITY_COUNT, "a name for each severity");

static void finding_done(Finding *finding) {
        free(finding->unit);
        free(finding->file);
        free(finding->text);
        free(finding->hint);
        *finding = (Finding){ 0 };
}

/* Makes room for `more` findings; the array's size is the next power of two. */
static bool reserve(Diag *diag, unsigned more) {
        unsigned capacity = 8, needed = diag->n_findings + more;
        while (capacity < needed)
                capacity *= 2;
        Finding *bigger = reallocarray(diag->findings, capacity, sizeof(Finding));
        if (!bigger)
                return false;
        diag->findings = bigger;
        return true;
}

/* Copies a text that may be NULL; false when out of memory. */
static bool copy_text(char **to, const char *from) {
        if (!from)
                return true;
        *to = strdup(from);
        return *to != NULL;
}

static char *format_text(const char *format, va_list args) PRINTF_LIKE(1, 0);
static char *format_text(const char *format, va_list args) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        strbuf_addf_va(&text, format, args);
        return strbuf_steal(&text);
}

static bool append(Diag *diag, const DiagPlace *place, DiagSeverity severity, char *text) {
        Finding finding = { .severity = severity, .text = text };
        bool room = diag->n_findings < (diag->limit ? diag->limit : DIAG_DEFAULT_LIMIT);
        if (!text || !room || !reserve(diag, 1) ||
            (place &&
             (!copy_text(&finding.unit, place->unit) || !copy_text(&finding.file, place->file)))) {
                finding_done(&finding);
                return false;
        }
        finding.line = place ? place->line : 0;
        diag->findings[diag->n_findings++] = finding;
        return true;
}

void diag_add(Diag *diag, const DiagPlace *place, DiagSeverity severity, const char *format, ...) {
        if (!diag)
                return;
        va_list args;
        va_start(args, format);
        char *text = format_text(format, args);
        va_end(args);
        diag->n_by_severity[severity]++;
        if (!append(diag, place, severity, text))
                diag->lost++;
}

void diag_hint(Diag *diag, const char *format, ...) {
        if (!diag || diag->n_findings == 0 || diag->lost > 0)
                return; /* the newest finding may be among the lost ones */
        Finding *newest = &diag->findings[diag->n_findings - 1];
        va_list args;
        va_start(args, format);
        free(newest->hint);
        newest->hint = format_text(format, args);
        va_end(args);
}

bool diag_has_errors(const Diag *diag) {
        return diag && diag->n_by_severity[DIAG_ERROR] > 0;
}

char *diag_format(const Finding *finding) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        if (finding->file && finding->line > 0)
                strbuf_addf(&text, "%s:%u: ", finding->file, finding->line);
        else if (finding->file || finding->unit)
                strbuf_addf(&text, "%s: ", finding->file ? finding->file : finding->unit);
        strbuf_add(&text, finding->text);
        if (finding->hint)
                strbuf_addf(&text, " (%s)", finding->hint);
        return strbuf_steal(&text);
}

void diag_move(Diag *to, Diag *from) {
        if (from->n_findings > 0 && reserve(to, from->n_findings)) {
                memcpy(to->findings + to->n_findings,
                       from->findings,
                       from->n_findings * sizeof(Finding));
                to->n_findings += from->n_findings;
                from->n_findings = 0;
        }
        for (unsigned i = 0; i < DIAG_SEVERITY_COUNT; i++)
                to->n_by_severity[i] += from->n_by_severity[i];
        to->lost += from->lost + from->n_findings;
        diag_clear(from);
}

void diag_clear(Diag *diag) {
        for (unsigned i = 0; i < diag->n_findings; i++)
                finding_done(&diag->findings[i]);
        free(diag->findings);
        *diag = (Diag){ .limit = diag->limit };
}

const char *diag_severity_name(DiagSeverity severity) {
        return enum_print(severity_names, ARRAY_LENGTH(severity_names), (int)severity);
}
