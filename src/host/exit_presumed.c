/* SPDX-License-Identifier: Apache-2.0 */
#include "host/exit_presumed.h"

#include "host/keeper_link.h"
#include "host/process_facts.h"

bool exit_presumed_add(Host *host, pid_t pid) {
        if (!host->restoring || !host->keeper || keeper_link_pid(host->keeper) == 0)
                return false;
        pid_t *pids = reallocarray(host->presumed, host->n_presumed + 1, sizeof(*pids));
        if (!pids)
                return false;
        host->presumed = pids;
        pids[host->n_presumed++] = pid;
        return true;
}

bool exit_presumed_has(const Host *host, pid_t pid) {
        for (unsigned i = 0; i < host->n_presumed; i++)
                if (host->presumed[i] == pid)
                        return true;
        return false;
}

void exit_presumed_settle(Host *host) {
        if (host->n_presumed == 0)
                return;
        (void)keeper_link_sync(host->keeper); /* without an answer the statuses count as unknown */
        for (unsigned i = 0; i < host->n_presumed; i++) {
                ProcessFacts facts;
                const EngineEvent event = { .type = EVENT_PROCESS_EXIT, .pid = host->presumed[i] };
                if (process_facts_read(event.pid, &facts) < 0)
                        engine_handle(host->engine, &event); /* nothing if its exit came just now */
        }
        free(STEAL(host->presumed));
        host->n_presumed = 0;
}
