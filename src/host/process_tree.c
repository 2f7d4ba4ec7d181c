/* SPDX-License-Identifier: Apache-2.0 */
#include "host/process_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/random_id.h"
#include "engine/service_unit.h"
#include "host/process_facts.h"

#define DESCENT_MAX 64     /* generations that are walked up */
#define PASSES_MAX 10      /* over /proc while processes come and go */
#define PAUSE_NSEC 1000000 /* while a process executes a program */
#define PAUSES_MAX 50
#define KERNEL_THREADS 2 /* their parent */

/* One look at all processes. */
typedef struct TreeWalk {
        const Unit *unit;
        char id[ID128_TEXT_SIZE]; /* the unit's invocation */
        ProcessFacts *all;        /* owned */
        size_t n;
        bool has_changed; /* a process ended meanwhile, and may have left a child that was not
                             listed */
} TreeWalk;

/* The invocation in a process's environment. One that is executing a program is waited for. */
static int read_id(pid_t pid, char **ret) {
        const struct timespec pause = { .tv_nsec = PAUSE_NSEC };
        int r = process_environment_get(pid, "INVOCATION_ID", ret);

        for (unsigned i = 0; r < 0 && i < PAUSES_MAX; i++) {
                if (!process_is_executing(pid) || !process_is_alive(pid))
                        break;
                (void)nanosleep(&pause, NULL); /* a shorter one does no harm */
                r = process_environment_get(pid, "INVOCATION_ID", ret);
        }
        return r;
}

static bool carries_id(pid_t pid, const char *id) {
        AUTO_FREE char *value = NULL;
        return read_id(pid, &value) == 0 && streq(value, id);
}

static bool is_marked(TreeWalk *walk, pid_t pid) {
        AUTO_FREE char *value = NULL;
        int r = read_id(pid, &value);
        if ((r < 0 && r != -ENOENT && r != -EACCES && r != -EPERM) ||
            (r < 0 && !process_is_alive(pid)))
                walk->has_changed = true;
        return r == 0 && streq(value, walk->id);
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
static const ProcessFacts *find_facts(const TreeWalk *walk, pid_t pid) {
        const ProcessFacts wanted = { .pid = pid };
        return bsearch(&wanted, walk->all, walk->n, sizeof(*walk->all), compare_pids);
}

/* Walks up from a process until it meets a known one, or an orphan whose environment tells. Those
 * on the way may have ended since they were listed: then the environment of the process itself
 * tells. */
static bool belongs(TreeWalk *walk, const ProcessFacts *start) {
        const ProcessFacts *facts = start;

        for (unsigned i = 0; i < DESCENT_MAX && facts; i++) {
                if (unit_knows_pid(walk->unit, facts->pid))
                        return true;
                if (facts->pid == getpid() || facts->pid == getppid() || facts->pid == 1)
                        return false;
                if (is_orphan(facts))
                        return is_marked(walk, facts->pid) ||
                               (facts != start && is_marked(walk, start->pid));
                facts = find_facts(walk, facts->parent);
        }
        return is_marked(walk, start->pid);
}

static bool is_candidate(const ProcessFacts *facts) {
        return facts->state != 'Z' && facts->parent != KERNEL_THREADS &&
               facts->pid != KERNEL_THREADS;
}

/* One pass over /proc. */
static int list_once(TreeWalk *walk, pid_t **ret_pids, size_t *ret_n) {
        free(STEAL(walk->all));
        walk->has_changed = false;
        int r = process_list_all(&walk->all, &walk->n);
        if (r < 0)
                return err_pass(r);
        pid_t *pids = calloc(walk->n + 1, sizeof(pid_t));
        if (!pids)
                return err_new(-ENOMEM);
        *ret_n = 0;
        for (size_t i = 0; i < walk->n; i++)
                if (is_candidate(&walk->all[i]) && belongs(walk, &walk->all[i]))
                        pids[(*ret_n)++] = walk->all[i].pid;
        *ret_pids = pids;
        return 0;
}

int process_tree_list(const Unit *unit, pid_t **ret_pids, size_t *ret_n) {
        TreeWalk walk = { .unit = unit };
        pid_t *pids = NULL;
        int r = 0;

        (void)id128_print(unit->invocation_id, walk.id);
        for (unsigned i = 0; i < PASSES_MAX; i++) {
                free(STEAL(pids));
                r = list_once(&walk, &pids, ret_n);
                if (r < 0 || !walk.has_changed)
                        break;
        }
        free(walk.all);
        if (r < 0)
                return err_pass(r);
        *ret_pids = pids;
        return 0;
}

bool process_tree_has(const Unit *unit, pid_t pid) {
        char id[ID128_TEXT_SIZE];
        ProcessFacts facts;

        (void)id128_print(unit->invocation_id, id);
        for (unsigned i = 0; i < DESCENT_MAX; i++) {
                if (unit_knows_pid(unit, pid))
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
        return read_id(start, &id) == 0 ? find_by_id(engine, id) : NULL;
}

bool process_tree_is_stray(const Engine *engine, pid_t pid) {
        ProcessFacts facts;

        return pid != getppid() && process_facts_read(pid, &facts) == 0 && is_orphan(&facts) &&
               !process_tree_find(engine, pid);
}
