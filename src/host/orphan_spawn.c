/* SPDX-License-Identifier: Apache-2.0 */
#include "host/orphan_spawn.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "host/keeper_link.h"
#include "host/process_facts.h"
#include "host/process_watch.h"
#include "host/unit_signal.h"

struct OrphanSpawn {
        char *unit; /* owned; NULL once claimed */
        DirectiveId list;
        unsigned index;
        pid_t pid;
        Id128 invocation_id;
        bool has_ended;
        int code, status;
};

int orphan_spawn_remember(Host *host, const StateRecord *record) {
        OrphanSpawn *grown =
                reallocarray(host->orphans, (size_t)host->n_orphans + 1, sizeof(*grown));
        if (!grown)
                return err_new(-ENOMEM);
        host->orphans = grown;
        OrphanSpawn *orphan = &host->orphans[host->n_orphans];
        *orphan = (OrphanSpawn){
                .unit = str_dup(record->name),
                .list = (DirectiveId)record->list,
                .index = record->index,
                .pid = record->pid,
                .invocation_id = record->invocation_id,
        };
        if (!orphan->unit)
                return err_new(-ENOMEM);
        host->n_orphans++;
        return 0;
}

/* Forgets those of the unit, or the one with the pid. */
static void forget(Host *host, Str unit_name, pid_t pid) {
        unsigned kept = 0;

        for (unsigned i = 0; i < host->n_orphans; i++) {
                OrphanSpawn *orphan = &host->orphans[i];
                if (orphan->pid == pid || str_equal_c(unit_name, orphan->unit))
                        free(orphan->unit);
                else
                        host->orphans[kept++] = *orphan;
        }
        host->n_orphans = kept;
}

void orphan_spawn_forget(Host *host, Str unit_name) {
        forget(host, unit_name, 0);
}

void orphan_spawn_void(Host *host, pid_t pid) {
        forget(host, STR_EMPTY, pid);
}

/* The first one of a unit that is not claimed; NULL. */
static OrphanSpawn *find(const Host *host, const char *unit_name) {
        for (unsigned i = 0; i < host->n_orphans; i++)
                if (streq_null(host->orphans[i].unit, unit_name))
                        return &host->orphans[i];
        return NULL;
}

int orphan_spawn_repeat(const Host *host, const char *unit_name, StrBuf *out) {
        for (unsigned i = 0; i < host->n_orphans; i++) {
                const OrphanSpawn *orphan = &host->orphans[i];
                if (!streq_null(orphan->unit, unit_name))
                        continue;
                const StateRecord record = {
                        .kind = STATE_RECORD_SPAWN,
                        .list = (uint16_t)orphan->list,
                        .index = orphan->index,
                        .pid = orphan->pid,
                        .invocation_id = orphan->invocation_id,
                        .name = str_of(unit_name),
                };
                int r = state_record_append(out, &record);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

bool orphan_spawn_exited(Host *host, pid_t pid, int code, int status) {
        for (unsigned i = 0; i < host->n_orphans; i++) {
                OrphanSpawn *orphan = &host->orphans[i];
                if (orphan->pid != pid || !orphan->unit)
                        continue;
                orphan->has_ended = true;
                orphan->code = code;
                orphan->status = status;
                return true;
        }
        return false;
}

/* --- claiming ------------------------------------------------------------------------------ */

/* Makes sure that the engine hears of the end. While records are read the keeper's exits are told
 * once more later on. Without a keeper nobody knows how a process ended. */
static void await_end(HostUnit *hu, const OrphanSpawn *orphan) {
        Host *host = hu->host;
        const EngineEvent exit = {
                .type = EVENT_PROCESS_EXIT,
                .pid = orphan->pid,
                .code = orphan->code,
                .status = orphan->status,
        };
        bool has_keeper = host->keeper && keeper_link_pid(host->keeper) > 0;

        if (orphan->has_ended) {
                if (!host->restoring)
                        host_queue_event(host, &exit);
                return;
        }
        if (has_keeper)
                return;
        if (!process_is_alive(orphan->pid) || process_watch_exit(hu, orphan->pid) < 0)
                host_queue_event(host, &exit);
}

pid_t orphan_spawn_claim(HostUnit *hu, const SpawnRequest *request) {
        for (unsigned i = 0; i < hu->host->n_orphans; i++) {
                OrphanSpawn *orphan = &hu->host->orphans[i];
                if (orphan->list != request->list || orphan->index != request->index ||
                    !streq_null(orphan->unit, hu->unit->id))
                        continue;
                await_end(hu, orphan);
                hu->unit->invocation_id = orphan->invocation_id;
                free(STEAL(orphan->unit));
                return orphan->pid;
        }
        return 0;
}

/* --- what the engine is told meanwhile ----------------------------------------------------- */

DirectiveId orphan_spawn_list(const Host *host, const Unit *unit) {
        const OrphanSpawn *orphan = host->n_orphans > 0 ? find(host, unit->id) : NULL;
        return orphan ? orphan->list : DIRECTIVE_NONE;
}

bool orphan_spawn_hides_group(const Host *host, const Unit *unit) {
        DirectiveId list = orphan_spawn_list(host, unit);
        return list == DIRECTIVE_EXEC_CONDITION || list == DIRECTIVE_EXEC_START_PRE ||
               list == DIRECTIVE_EXEC_START || list == DIRECTIVE_EXEC_STOP ||
               list == DIRECTIVE_EXEC_STOP_POST;
}

void orphan_spawn_hurry(Host *host) {
        for (unsigned i = 0; i < host->n_orphans; i++) {
                const char *unit_name = host->orphans[i].unit;
                Unit *unit = unit_name ? engine_find_unit(host->engine, unit_name) : NULL;
                const EngineEvent event = { .type = EVENT_TIMER, .unit = unit };
                if (unit && unit->service && unit->state == SERVICE_AUTO_RESTART)
                        engine_handle(host->engine, &event);
        }
}

/* --- the end ------------------------------------------------------------------------------- */

static void end_one(Host *host, const OrphanSpawn *orphan, const char *unit_name) {
        Unit *unit = engine_find_unit(host->engine, unit_name);

        if (!orphan->has_ended) {
                log_line(
                        host->options.log,
                        LOG_WARNING,
                        unit_name,
                        "Killing process %d, whose start was under way when the last manager died and "
                        "is not wanted any more.",
                        (int)orphan->pid);
                (void)kill(orphan->pid, SIGKILL); /* it may just have ended */
        }
        /* It may have started others. */
        if (unit && active_state_is_down(unit_active_state(unit)))
                (void)unit_signal_send(host, unit, SIGNAL_GROUP, SIGKILL, false);
}

void orphan_spawn_end_all(Host *host) {
        for (unsigned i = 0; i < host->n_orphans; i++) {
                OrphanSpawn *orphan = &host->orphans[i];
                AUTO_FREE char *unit_name = STEAL(orphan->unit);
                if (unit_name)
                        end_one(host, orphan, unit_name);
        }
        orphan_spawn_done(host);
}

void orphan_spawn_done(Host *host) {
        for (unsigned i = 0; i < host->n_orphans; i++)
                free(host->orphans[i].unit);
        free(STEAL(host->orphans));
        host->n_orphans = 0;
}
