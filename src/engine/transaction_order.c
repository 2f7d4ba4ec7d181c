/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/error.h"
#include "engine/job_queue.h"
#include "engine/transaction.h"

/* A unit with a job, planned or installed, in the walk along the order. Unit.order_node is its
 * place plus one. */
typedef struct OrderNode {
        Unit *unit;
        uint32_t parent; /* place on the path before it */
        uint32_t cursor; /* next edge to look at */
        bool on_path;
} OrderNode;

typedef struct OrderWalk {
        OrderNode *nodes; /* owned array */
        uint32_t n_nodes, capacity;
        bool later;       /* restarts count as the starts that they become */
        bool saw_restart; /* there is one, so that this makes a difference */
} OrderWalk;

typedef struct OrderJob {
        JobType type;
        bool ignore_order;
} OrderJob;

/* The job that counts for a unit: planned, else installed. False when there is none. */
static bool job_of(const Unit *unit, OrderJob *ret) {
        if (unit->planned)
                *ret = (OrderJob){ .type = unit->planned->type,
                                   .ignore_order = unit->planned->flags & PLANNED_IGNORE_ORDER };
        else if (unit->job)
                *ret = (OrderJob){ .type = unit->job->type,
                                   .ignore_order = unit->job->ignore_order };
        return unit->planned || unit->job;
}

static JobType type_in(OrderWalk *walk, JobType type) {
        walk->saw_restart |= type == JOB_RESTART;
        return walk->later && type == JOB_RESTART ? JOB_START : type;
}

/* Whether the job of `unit` comes before that of the neighbour. */
static bool goes_first(OrderWalk *walk, const Unit *unit, const UnitEdge *edge) {
        OrderJob job = { .type = JOB_NOP }, other = { .type = JOB_NOP };
        if (!(edge->kinds & (DEP_BIT(DEP_BEFORE) | DEP_BIT(DEP_AFTER))) ||
            !job_of(edge->other, &other) || !job_of(unit, &job) || job.ignore_order ||
            other.ignore_order)
                return false;
        job.type = type_in(walk, job.type);
        other.type = type_in(walk, other.type);
        if ((edge->kinds & DEP_BIT(DEP_BEFORE)) && job_order(job.type, other.type) < 0)
                return true;
        return (edge->kinds & DEP_BIT(DEP_AFTER)) && job_order(other.type, job.type) > 0;
}

static int add_node(OrderWalk *walk, Unit *unit, uint32_t parent) {
        if (walk->n_nodes == walk->capacity) {
                uint32_t capacity = walk->capacity ? walk->capacity * 2 : 16;
                OrderNode *nodes = realloc(walk->nodes, capacity * sizeof(*nodes));
                if (!nodes)
                        return err_new(-ENOMEM);
                walk->nodes = nodes;
                walk->capacity = capacity;
        }
        walk->nodes[walk->n_nodes] = (OrderNode){ .unit = unit, .parent = parent, .on_path = true };
        unit->order_node = ++walk->n_nodes;
        return 0;
}

static const char *type_of(const Unit *unit) {
        OrderJob job = { .type = JOB_NOP };
        (void)job_of(unit, &job); /* a node has one */
        return job_type_name(job.type);
}

/* Names the cycle that closes from the node `from` to `to`; returns a unit on it that the anchor
 * can do without. */
static Unit *report_cycle(const OrderWalk *walk, uint32_t from, uint32_t to) {
        const Unit *begin = walk->nodes[to].unit;
        Unit *victim = NULL;
        const char *what = "ordering cycle";
        for (uint32_t i = from;; i = walk->nodes[i].parent) {
                Unit *unit = walk->nodes[i].unit;
                unit_log(begin,
                         LOG_WARNING,
                         "%s: Found %s on %s/%s",
                         begin->id,
                         what,
                         unit->id,
                         type_of(unit));
                what = "dependency";
                bool essential = !unit->planned;
                for (const PlannedJob *job = unit->planned; job; job = job->same_unit)
                        essential = essential || (job->flags & PLANNED_MATTERS);
                if (!victim && !essential)
                        victim = unit;
                if (i == to)
                        return victim;
        }
}

static int break_cycle(const OrderWalk *walk, uint32_t from, uint32_t to, EngineError *error) {
        const Unit *begin = walk->nodes[to].unit;
        Unit *victim = report_cycle(walk, from, to);
        if (!victim) {
                unit_log(begin,
                         LOG_ERR,
                         "%s: Unable to break cycle starting with %s/%s",
                         begin->id,
                         begin->id,
                         type_of(begin));
                return engine_refuse(error,
                                     ENGINE_ERROR_TRANSACTION_ORDER_IS_CYCLIC,
                                     "Transaction order is cyclic. See system logs for details.");
        }
        unit_log(begin,
                 LOG_ERR,
                 "%s: Job %s/%s deleted to break ordering cycle starting with %s/%s",
                 begin->id,
                 victim->id,
                 type_of(victim),
                 begin->id,
                 type_of(begin));
        transaction_delete_unit(victim);
        return 1;
}

/* The next neighbour in order, or NULL when the node is done. */
static Unit *next_in_order(OrderWalk *walk, OrderNode *node) {
        while (node->cursor < node->unit->n_edges) {
                const UnitEdge *edge = &node->unit->edges[node->cursor++];
                if (goes_first(walk, node->unit, edge))
                        return edge->other;
        }
        return NULL;
}

static int walk_from(OrderWalk *walk, Unit *unit, EngineError *error) {
        uint32_t at = walk->n_nodes;
        uint32_t root = at;
        int r = add_node(walk, unit, root);
        while (r >= 0) {
                Unit *next = next_in_order(walk, &walk->nodes[at]);
                if (!next) {
                        walk->nodes[at].on_path = false;
                        if (at == root)
                                return 0;
                        at = walk->nodes[at].parent;
                } else if (!next->order_node) {
                        r = add_node(walk, next, at);
                        at = walk->n_nodes - 1;
                } else if (walk->nodes[next->order_node - 1].on_path) {
                        return break_cycle(walk, at, next->order_node - 1, error);
                }
        }
        return err_pass(r);
}

static int walk_all(Transaction *transaction, OrderWalk *walk, EngineError *error) {
        int r = 0;
        for (ListLink *link = transaction->jobs.next; link != &transaction->jobs;
             link = link->next) {
                Unit *unit = CONTAINER_OF(link, PlannedJob, all)->unit;
                if (!unit->order_node)
                        r = walk_from(walk, unit, error);
                if (r != 0)
                        break; /* the list may have changed */
        }
        for (uint32_t i = 0; i < walk->n_nodes; i++)
                walk->nodes[i].unit->order_node = 0;
        walk->n_nodes = 0;
        return err_pass(r);
}

int transaction_check_order(Transaction *transaction, EngineError *error) {
        OrderWalk walk = { 0 };
        int r = walk_all(transaction, &walk, error);
        if (r == 0 && walk.saw_restart) {
                walk.later = true;
                r = walk_all(transaction, &walk, error);
        }
        free(walk.nodes);
        return err_pass(r);
}
