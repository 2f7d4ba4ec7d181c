/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/status_facts.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/explain.h"
#include "tend/load_problem.h"
#include "tend/tend_call.h"
#include "tend/unit_log.h"
#include "unit/unit_builtin.h"

static int compare_processes(const void *a, const void *b) {
        const StatusProcess *x = a, *y = b;
        return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static int add_process(StatusFacts *facts, uint32_t pid, const char *command) {
        StatusProcess *processes =
                reallocarray(facts->processes, facts->n_processes + 1, sizeof(*processes));
        if (!processes)
                return err_new(-ENOMEM);
        facts->processes = processes;
        processes[facts->n_processes] = (StatusProcess){ .pid = pid, .command = strdup(command) };
        return processes[facts->n_processes++].command ? 0 : err_new(-ENOMEM);
}

static int get_processes(const Tend *tend, const char *unit, StatusFacts *facts) {
        sd_bus_message *reply = NULL;
        const char *group, *command;
        uint32_t pid;

        int r = bus_client_call(tend->client, "GetUnitProcesses", NULL, &reply, "s", unit);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(sus)");
        while (r >= 0 && (r = sd_bus_message_read(reply, "(sus)", &group, &pid, &command)) > 0)
                r = add_process(facts, pid, command);
        sd_bus_message_unref(reply);
        if (facts->n_processes > 1)
                qsort(facts->processes,
                      facts->n_processes,
                      sizeof(*facts->processes),
                      compare_processes);
        return err_pass(r);
}

/* What is good to know and may be missing: a systemd has no words for some of it. */
static void get_extras(Tend *tend, const char *unit, StatusFacts *facts) {
        AUTO(strbuf_done) StrBuf reason = STRBUF_INIT;

        (void)get_processes(tend, unit, facts);
        (void)tend_call_list(tend, "Reports", unit, NULL, &facts->reports);
        (void)load_problem_findings(tend, unit, &facts->findings);
        (void)unit_log_path(tend, unit, &facts->log_path);
        (void)unit_log_lines(tend, unit, tend->lines, &facts->log_lines);
        if (!unit_view_is_up(&facts->view))
                explain_unit(tend, &facts->view, &reason);
        facts->reason = strbuf_steal(&reason);
}

int status_facts_get(Tend *tend, const char *unit, StatusFacts *ret) {
        AUTO(status_facts_done) StatusFacts facts = { 0 };
        sd_bus_error error = SD_BUS_ERROR_NULL;

        int r = unit_view_get(tend, unit, &error, &facts.view);
        if (r < 0)
                tend_complain(tend,
                              "Cannot ask about %s: %s",
                              unit,
                              error.message ? error.message : strerror(-r));
        sd_bus_error_free(&error);
        if (r < 0)
                return err_pass(r);
        if (!tend->is_systemd && facts.view.id &&
            unit_builtin_find(facts.view.id, tend->scope, &facts.stand_in) == BUILTIN_TEXT)
                facts.stand_in = "built in";
        get_extras(tend, facts.view.id ? facts.view.id : unit, &facts);
        *ret = facts;
        facts = (StatusFacts){ 0 };
        return 0;
}

void status_facts_done(StatusFacts *facts) {
        for (unsigned i = 0; i < facts->n_processes; i++)
                free(facts->processes[i].command);
        free(facts->processes);
        unit_view_done(&facts->view);
        strv_free(facts->reports);
        diag_clear(&facts->findings);
        strv_free(facts->log_lines);
        free(facts->log_path);
        free(facts->reason);
        *facts = (StatusFacts){ 0 };
}
