/* SPDX-License-Identifier: Apache-2.0 */
#include "host/process_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/random_id.h"
#include "engine/service_unit.h"
#include "host/process_facts.h"

#define DESCENT_MAX 64 /* generations that are walked up */

static bool carries_id(pid_t pid, const char *id) {
        AUTO_FREE char *value = NULL;
        return process_environment_get(pid, "INVOCATION_ID", &value) == 0 && streq(value, id);
}

static bool is_root_process(const Unit *unit, pid_t pid) {
        return unit->service && pid > 0 &&
               (pid == unit->service->main_pid || pid == unit->service->control_pid);
}

/* Whether the process hangs directly below a process that adopts orphans: us, our parent, or init.
 */
static bool is_orphan(const ProcessFacts *facts) {
        return facts->parent <= 1 || facts->parent == getpid() || facts->parent == getppid();
}

static int compare_pids(const void *a, const void *b) {
        const ProcessFacts *x = a, *y = b;
        return (x->pid > y->pid) - (x->pid < y->pid);
}

/* /proc lists processes in order of their numbers. */
static const ProcessFacts *find_facts(const ProcessFacts *all, size_t n, pid_t pid) {
        const ProcessFacts wanted = { .pid = pid };
        return bsearch(&wanted, all, n, sizeof(*all), compare_pids);
}

/* Walks up from a process until it meets a known one, or an orphan whose environment tells. */
static bool
belongs(const Unit *unit, const char *id, const ProcessFacts *all, size_t n, pid_t pid) {
        for (unsigned i = 0; i < DESCENT_MAX; i++) {
                if (is_root_process(unit, pid))
                        return true;
                const ProcessFacts *facts = find_facts(all, n, pid);
                if (!facts || pid == getpid() || pid == getppid() || pid == 1)
                        return false;
                if (is_orphan(facts))
                        return carries_id(pid, id);
                pid = facts->parent;
        }
        return false;
}

int process_tree_list(const Unit *unit, pid_t **ret_pids, size_t *ret_n) {
        AUTO_FREE ProcessFacts *all = NULL;
        char id[ID128_TEXT_SIZE];
        size_t n = 0;

        int r = process_list_all(&all, &n);
        if (r < 0)
                return err_pass(r);
        pid_t *pids = calloc(n + 1, sizeof(pid_t));
        if (!pids)
                return err_new(-ENOMEM);
        (void)id128_print(unit->invocation_id, id);
        *ret_n = 0;
        for (size_t i = 0; i < n; i++)
                if (all[i].state != 'Z' && all[i].parent != 2 && all[i].pid != 2 &&
                    belongs(unit, id, all, n, all[i].pid))
                        pids[(*ret_n)++] = all[i].pid;
        *ret_pids = pids;
        return 0;
}

bool process_tree_has(const Unit *unit, pid_t pid) {
        char id[ID128_TEXT_SIZE];
        ProcessFacts facts;

        (void)id128_print(unit->invocation_id, id);
        for (unsigned i = 0; i < DESCENT_MAX; i++) {
                if (is_root_process(unit, pid))
                        return true;
                if (pid <= 1 || pid == getpid() || process_facts_read(pid, &facts) < 0)
                        return false;
                if (carries_id(pid, id))
                        return true;
                pid = facts.parent;
        }
        return false;
}

static Unit *find_by_id(const Engine *engine, const char *id) {
        Id128 wanted;

        if (id128_parse(str_of(id), &wanted) < 0 || id128_is_null(wanted))
                return NULL;
        for (Unit *unit = engine_next_unit(engine, NULL); unit;
             unit = engine_next_unit(engine, unit))
                if (unit->type == UNIT_SERVICE && id128_equal(unit->invocation_id, wanted))
                        return unit;
        return NULL;
}

Unit *process_tree_find(const Engine *engine, pid_t pid) {
        AUTO_FREE char *id = NULL;
        ProcessFacts facts;
        pid_t start = pid;

        for (unsigned i = 0; i < DESCENT_MAX && pid > 1 && pid != getpid(); i++) {
                Unit *unit = engine_unit_by_pid(engine, pid);
                if (unit)
                        return unit;
                if (process_facts_read(pid, &facts) < 0)
                        break;
                pid = facts.parent;
        }
        return process_environment_get(start, "INVOCATION_ID", &id) == 0 ? find_by_id(engine, id)
                                                                         : NULL;
}
