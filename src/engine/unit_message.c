/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_message.h"

#include <signal.h>
#include <stdio.h>
#include <syslog.h>

#include "base/parse_value.h"
#include "engine/service_unit.h"
#include "unit/exit_status.h"

/* sd-messages.h: unit success, unit failure result, unit process exit */
#define SUCCESS_ID "7ad2d189f7e94e70a38c781354912448"
#define FAILURE_ID "d9b373ed55a64feb8242e02dbe79a49c"
#define EXIT_ID "98e322203f7a4ed290d09fe03c09fe15"

void unit_message_end(const Unit *unit, const char *result) {
        char field[64];

        if (!result) {
                unit_log_about(unit, SUCCESS_ID, NULL);
                unit_log(unit, LOG_INFO, "%s: Deactivated successfully.", unit->id);
                return;
        }
        (void)snprintf(field, sizeof(field), "UNIT_RESULT=%s\n", result); /* names are short */
        unit_log_about(unit, FAILURE_ID, field);
        unit_log(unit, LOG_WARNING, "%s: Failed with result '%s'.", unit->id, result);
}

/* "1/FAILURE", "9/KILL". */
static void add_status(StrBuf *out, const EngineEvent *event) {
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
        const char *exit_name = exit_status_name(event->status, EXIT_STATUS_ANY);

        if (event->code == CLD_EXITED)
                strbuf_add(&name, exit_name ? exit_name : "n/a");
        else
                print_signal(&name, event->status);
        Str bare = str_of(strbuf_text(&name));
        (void)str_skip_prefix(&bare, "SIG"); /* a status has none */
        strbuf_addf(out, "%i/%.*s", event->status, STR_ARG(bare));
}

void unit_message_exit(const Unit *unit, const EngineEvent *event, const ProcessEnd *end) {
        AUTO(strbuf_done) StrBuf status = STRBUF_INIT;
        char fields[128];
        const char *code = service_exit_code_name(event->code);
        int level = end->is_success             ? LOG_DEBUG
                    : event->code == CLD_EXITED ? LOG_NOTICE
                                                : LOG_WARNING;

        if (!code) {
                unit_log(unit,
                         LOG_INFO,
                         "%s: %s is gone, its exit status is not known.",
                         unit->id,
                         end->who);
                return;
        }
        add_status(&status, event);
        (void)snprintf(fields,
                       sizeof(fields),
                       "COMMAND=%s\nEXIT_CODE=%s\nEXIT_STATUS=%i\n",
                       end->command,
                       code,
                       event->status); /* names are short */
        unit_log_about(unit, EXIT_ID, fields);
        unit_log(unit,
                 level,
                 "%s: %s exited, code=%s, status=%s%s",
                 unit->id,
                 end->who,
                 code,
                 strbuf_text(&status),
                 end->is_success ? " (success)" : "");
}
