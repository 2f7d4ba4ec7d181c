/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/load_problem.h"

#include "base/error.h"
#include "base/str.h"
#include "tend/tend_call.h"

static DiagSeverity parse_severity(const char *name) {
        for (unsigned i = 0; i < DIAG_SEVERITY_COUNT; i++)
                if (streq(diag_severity_name((DiagSeverity)i), name))
                        return (DiagSeverity)i;
        return DIAG_WARNING;
}

int load_problem_findings(const Tend *tend, const char *unit, Diag *diag) {
        sd_bus_message *reply = NULL;
        const char *file, *severity, *text, *hint;
        uint32_t line;

        int r = tend_call(tend, "Findings", unit, NULL, &reply);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(susss)");
        while (r >= 0 && (r = sd_bus_message_read(
                                  reply, "(susss)", &file, &line, &severity, &text, &hint)) > 0) {
                const DiagPlace place = { .file = file[0] ? file : NULL, .line = line };
                diag_add(diag, &place, parse_severity(severity), "%s", text);
                if (hint[0])
                        diag_hint(diag, "%s", hint);
        }
        sd_bus_message_unref(reply);
        return err_pass(r);
}

void load_problem_describe(const Tend *tend, const char *unit, StrBuf *out) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        const Finding *worst = NULL;

        if (load_problem_findings(tend, unit, &diag) < 0)
                return;
        for (unsigned i = 0; i < diag.n_findings; i++)
                if (!worst || diag.findings[i].severity > worst->severity)
                        worst = &diag.findings[i];
        AUTO_FREE char *text = worst ? diag_format(worst) : NULL;
        if (text)
                strbuf_add(out, text);
}
