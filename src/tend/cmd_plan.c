/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_plan.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "tend/pager.h"
#include "tend/tend_call.h"
#include "unit/unit_name.h"

/* The unit that was typed, in fresh memory, once a manager of ours answers; NULL after a message.
 */
static char *begin(Tend *tend, const char *typed) {
        AUTO_FREE char *unit = NULL;

        if (unit_name_mangle(typed, ".service", false, &unit) < 0) {
                tend_complain(tend, "\"%s\" is not a name of a unit", typed);
                return NULL;
        }
        if (tend_connect(tend) < 0)
                return NULL;
        if (tend->is_systemd) {
                tend_complain(tend, "This machine is run by systemd, which does not tell that");
                return NULL;
        }
        return STEAL(unit);
}

static int refused(const Tend *tend, const char *unit, int r, sd_bus_error *error) {
        tend_complain(tend,
                      "Cannot ask about %s: %s",
                      unit,
                      error->message ? error->message : strerror(-r));
        sd_bus_error_free(error);
        return 1;
}

int cmd_plan_of(Tend *tend, char **arguments) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        AUTO_FREE char *unit = begin(tend, arguments[0]);
        AUTO_FREE char *text = NULL;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        JsonWriter writer = { .out = &out, .pretty = true };

        if (!unit)
                return 1;
        int r = tend_call_text(tend, "PlanOf", unit, &error, &text);
        if (r < 0)
                return refused(tend, unit, r, &error);
        if (tend->flags & TEND_JSON) {
                json_begin_object(&writer, NULL);
                json_string(&writer, "unit", unit);
                json_string(&writer, "plan", text);
                json_end_object(&writer);
                strbuf_add_char(&out, '\n');
        } else {
                strbuf_add(&out, text);
        }
        return pager_print(tend, &out) < 0 ? 1 : 0;
}
