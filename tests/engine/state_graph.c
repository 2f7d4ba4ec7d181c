/* SPDX-License-Identifier: Apache-2.0 */

/* Draws docs/STATES.md from the tables of states and actions. With a file name as argument it
 * compares instead, so that a test fails when the document is out of date; tools/state_graph writes
 * it anew. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file_io.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "engine/service_table.h"
#include "engine/unit_state.h"

static const char *const timer_names[] = {
        [STATE_TIMER_NONE] = "",
        [STATE_TIMER_START] = "TimeoutStartSec=",
        [STATE_TIMER_STOP] = "TimeoutStopSec=",
        [STATE_TIMER_ABORT] = "TimeoutAbortSec=",
        [STATE_TIMER_RUNTIME] = "RuntimeMaxSec=",
        [STATE_TIMER_RESTART] = "RestartSec=",
        [STATE_TIMER_CLEAN] = "TimeoutCleanSec=",
};
static_assert(ARRAY_LENGTH(timer_names) == STATE_TIMER_COUNT, "a name per timer");

static void draw_introduction(StrBuf *out) {
        strbuf_add(
                out,
                "# States\n\n"
                "Drawn by `tools/state_graph` from `src/engine/unit_state.c` and "
                "`src/engine/service_table.c`; a test compares.\n\n"
                "Each type of unit has states of its own. A state has one row of properties: the public "
                "state that clients see,\nwhich processes may live, and whose time limit runs. One "
                "function, `unit_set_state`, changes states.\n");
}

static void draw_services(StrBuf *out) {
        strbuf_add(out,
                   "\n## Services\n\n"
                   "| state | public state | main process | control process | time limit |\n"
                   "|---|---|---|---|---|\n");
        for (int i = 0; i < SERVICE_STATE_COUNT; i++) {
                const StateRow *row = unit_state_row(UNIT_SERVICE, i);
                strbuf_addf(out,
                            "| %s | %s | %s | %s | %s |\n",
                            row->name,
                            active_state_name(row->active),
                            row->main_may_live ? "may live" : "",
                            row->control_may_live ? "may live" : "",
                            timer_names[row->timer]);
        }
}

static void draw_others(StrBuf *out) {
        strbuf_add(out, "\n## Other units\n\n| type | state | public state |\n|---|---|---|\n");
        for (int type = 0; type < UNIT_TYPE_COUNT; type++) {
                if (type == UNIT_SERVICE)
                        continue;
                for (int i = 0; i < unit_state_count((UnitType)type); i++) {
                        const StateRow *row = unit_state_row((UnitType)type, i);
                        strbuf_addf(out,
                                    "| %s | %s | %s |\n",
                                    i == 0 ? unit_type_name((UnitType)type) : "",
                                    row->name,
                                    active_state_name(row->active));
                }
        }
}

/* Actions that do nothing are left out. */
static void draw_actions(StrBuf *out) {
        strbuf_add(
                out,
                "\n## What a service does on each event\n\n"
                "The action is the function `service_<name>`. Where a state does not list an event, nothing "
                "is done.\n");
        for (int state = 0; state < SERVICE_STATE_COUNT; state++) {
                strbuf_addf(out,
                            "\n### %s\n\n| event | action |\n|---|---|\n",
                            unit_state_row(UNIT_SERVICE, state)->name);
                for (int event = 0; event < SERVICE_EVENT_COUNT; event++) {
                        const ServiceCell *cell =
                                service_table_cell((ServiceState)state, (ServiceEvent)event);
                        if (strcmp(cell->name, "ignore") != 0)
                                strbuf_addf(out,
                                            "| %s | %s |\n",
                                            service_event_name((ServiceEvent)event),
                                            cell->name);
                }
        }
}

int main(int argc, char **argv) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        AUTO_FREE char *present = NULL;
        size_t length = 0;
        draw_introduction(&text);
        draw_services(&text);
        draw_others(&text);
        draw_actions(&text);
        if (strbuf_result(&text) < 0)
                return EXIT_FAILURE;
        if (argc < 2)
                return fputs(strbuf_text(&text), stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
        if (file_read(argv[1], 1024 * 1024, &present, &length, NULL) >= 0 &&
            streq(present, strbuf_text(&text)))
                return EXIT_SUCCESS;
        fprintf(stderr, "%s is out of date: run tools/state_graph\n", argv[1]);
        return EXIT_FAILURE;
}
