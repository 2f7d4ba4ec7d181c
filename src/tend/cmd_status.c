/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_status.h"

#include <string.h>

#include "base/clock.h"
#include "base/strv.h"
#include "tend/overview.h"
#include "tend/pager.h"
#include "tend/status_text.h"
#include "unit/unit_name.h"

#define STATUS_NOT_RUNNING 3
#define STATUS_UNKNOWN 4

static int exit_status(const UnitView *view) {
        if (streq_null(view->load_state, "not-found") && streq_null(view->active_state, "inactive"))
                return STATUS_UNKNOWN;
        return streq_null(view->active_state, "inactive") ||
                               streq_null(view->active_state, "failed")
                       ? STATUS_NOT_RUNNING
                       : 0;
}

/* Appends one unit; the exit status it gives. */
static int show_unit(Tend *tend, const char *typed, StrBuf *out) {
        AUTO(status_facts_done) StatusFacts facts = { 0 };
        AUTO_FREE char *unit = NULL;
        const StatusStyle style = { .flags = tend->flags, .now_usec = clock_realtime_usec() };

        if (unit_name_mangle(typed, ".service", false, &unit) < 0) {
                tend_complain(tend, "\"%s\" is not a name of a unit", typed);
                return 1;
        }
        if (status_facts_get(tend, unit, &facts) < 0)
                return 1;
        int status = exit_status(&facts.view);
        if (status == STATUS_UNKNOWN && !facts.view.fragment_path)
                tend_complain(tend, "Unit %s could not be found.", unit);
        if (tend->flags & TEND_JSON)
                status_print_json(&facts, out);
        else if (status != STATUS_UNKNOWN)
                status_print(&facts, &style, out);
        return status;
}

static int show_units(Tend *tend, char **units) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        bool json = (tend->flags & TEND_JSON) != 0;
        int status = 0;

        if (json)
                strbuf_add_char(&out, '[');
        STRV_FOREACH(unit, units) {
                if (unit != units)
                        strbuf_add(&out, json ? ", " : out.length > 0 ? "\n" : "");
                int one = show_unit(tend, *unit, &out);
                if (one != 0)
                        status = one;
        }
        if (json)
                strbuf_add(&out, "]\n");
        return pager_print(tend, &out) < 0 ? 1 : status;
}

int cmd_status(Tend *tend, char **arguments) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        if (tend_connect(tend) < 0)
                return STATUS_NOT_RUNNING;
        if (arguments[0])
                return show_units(tend, arguments);
        if (overview_print(tend, &out) < 0)
                return 1;
        return pager_print(tend, &out) < 0 ? 1 : 0;
}
