/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/error.h"
#include "engine/transaction.h"

#define STOPS_ALONG                                                                                \
        (DEP_BIT(DEP_REQUIRED_BY) | DEP_BIT(DEP_REQUISITE_OF) | DEP_BIT(DEP_BOUND_BY) |            \
         DEP_BIT(DEP_CONSISTS_OF) | DEP_BIT(DEP_PROPAGATES_STOP_TO))
#define RESTARTS_ALONG                                                                             \
        (DEP_BIT(DEP_REQUIRED_BY) | DEP_BIT(DEP_REQUISITE_OF) | DEP_BIT(DEP_BOUND_BY) |            \
         DEP_BIT(DEP_CONSISTS_OF))

/* What a start pulls in by each kind of dependency. */
typedef struct PullRow {
        uint32_t kinds;
        JobType type;
        unsigned link_flags;
        bool optional; /* a failure to add is only logged */
} PullRow;

static const PullRow start_pulls[] = {
        { .kinds = DEP_BIT(DEP_REQUIRES) | DEP_BIT(DEP_BINDS_TO),
          .type = JOB_START,
          .link_flags = LINK_MATTERS },
        { .kinds = DEP_BIT(DEP_WANTS) | DEP_BIT(DEP_UPHOLDS), .type = JOB_START, .optional = true },
        { .kinds = DEP_BIT(DEP_REQUISITE), .type = JOB_VERIFY_ACTIVE, .link_flags = LINK_MATTERS },
        { .kinds = DEP_BIT(DEP_CONFLICTS),
          .type = JOB_STOP,
          .link_flags = LINK_MATTERS | LINK_CONFLICTS },
        { .kinds = DEP_BIT(DEP_CONFLICTED_BY), .type = JOB_STOP, .optional = true },
};

static const PullRow stop_pull = { .kinds = STOPS_ALONG,
                                   .type = JOB_STOP,
                                   .link_flags = LINK_MATTERS };
static const PullRow restart_pull = { .kinds = RESTARTS_ALONG,
                                      .type = JOB_TRY_RESTART,
                                      .link_flags = LINK_MATTERS };
static const PullRow reload_pull = { .kinds = DEP_BIT(DEP_PROPAGATES_RELOAD_TO),
                                     .type = JOB_TRY_RELOAD,
                                     .optional = true };

/* --- one job ---------------------------------------------------------------------------------- */

static int check_load_state(const Unit *unit, EngineError *error) {
        switch (unit->load_state) {
        case UNIT_LOADED:
                return 0;
        case UNIT_NOT_FOUND:
                return engine_refuse(
                        error, ENGINE_ERROR_NO_SUCH_UNIT, "Unit %s not found.", unit->id);
        case UNIT_BAD_SETTING:
                return engine_refuse(error,
                                     ENGINE_ERROR_BAD_SETTING,
                                     "Unit %s has a bad unit file setting.",
                                     unit->id);
        case UNIT_MASKED:
                return engine_refuse(
                        error, ENGINE_ERROR_UNIT_MASKED, "Unit %s is masked.", unit->id);
        case UNIT_ERROR:
                return engine_refuse(error,
                                     ENGINE_ERROR_LOAD_FAILED,
                                     "%s",
                                     unit->spec && unit->spec->load_error ? unit->spec->load_error
                                                                          : "Out of memory");
        case UNIT_STUB:
        case UNIT_MERGED:
        case UNIT_LOAD_STATE_COUNT:
                break;
        }
        return engine_refuse(
                error, ENGINE_ERROR_LOAD_FAILED, "Unit %s is not loaded properly.", unit->id);
}

static bool is_applicable(const Unit *unit, JobType type) {
        switch (type) {
        case JOB_START: /* what cannot be started ends as unsupported, not refused */
        case JOB_VERIFY_ACTIVE:
        case JOB_NOP:
                return true;
        case JOB_STOP:
                return !(unit->flags & UNIT_PERPETUAL);
        case JOB_RESTART:
        case JOB_TRY_RESTART:
                return unit_can_stop(unit) && unit_can_start(unit);
        case JOB_RELOAD:
        case JOB_TRY_RELOAD:
                return unit_can_reload(unit);
        case JOB_RELOAD_OR_START:
                return unit_can_reload(unit) && unit_can_start(unit);
        case JOB_TYPE_COUNT:
                break;
        }
        return false;
}

static int check_job(const PlannedJob *job, EngineError *error) {
        int r = job->type == JOB_STOP ? 0 : check_load_state(job->unit, error);
        if (r < 0)
                return err_pass(r);
        if (!is_applicable(job->unit, job->type))
                return engine_refuse(error,
                                     ENGINE_ERROR_JOB_TYPE_NOT_APPLICABLE,
                                     "Job type %s is not applicable for unit %s.",
                                     job_type_name(job->type),
                                     job->unit->id);
        return 0;
}

static int link_jobs(PlannedJob *subject, PlannedJob *object, unsigned link_flags) {
        PlannedLink *link = calloc(1, sizeof(*link));
        if (!link)
                return err_new(-ENOMEM);
        *link = (PlannedLink){
                .subject = subject,
                .object = object,
                .matters = link_flags & LINK_MATTERS,
                .conflicts = link_flags & LINK_CONFLICTS,
        };
        list_append(&subject->pulls, &link->by_subject);
        list_append(&object->pulled_by, &link->by_object);
        return 0;
}

static PlannedJob *find_planned(const Unit *unit, JobType type) {
        PlannedJob *job = unit->planned;
        while (job && job->type != type)
                job = job->same_unit;
        return job;
}

/* A job that will be dropped for having nothing to do need not pull in anything. Isolating must
 * know all that stays; what a stop brings down may be wanted by another job. */
static bool has_nothing_to_do(const Transaction *transaction, const PlannedJob *job) {
        return transaction->anchor && transaction->mode != JOB_MODE_ISOLATE &&
               job->type != JOB_STOP && !job->unit->job && !job->unit->planned &&
               job_type_is_redundant(job->type, job->unit);
}

static PlannedJob *plan(Transaction *transaction, const PlannedJob *wanted) {
        PlannedJob *job = calloc(1, sizeof(*job));
        if (!job)
                return NULL;
        job->unit = wanted->unit;
        job->type = wanted->type;
        job->flags = wanted->flags;
        list_init(&job->pulls);
        list_init(&job->pulled_by);
        job->same_unit = job->unit->planned;
        job->unit->planned = job;
        list_append(&transaction->jobs, &job->all);
        return job;
}

int transaction_add(Transaction *transaction,
                    PlannedJob *wanted,
                    PlannedJob *by,
                    unsigned link_flags,
                    EngineError *error) {
        int r = check_job(wanted, error);
        if (r < 0)
                return err_pass(r);
        PlannedJob *job = find_planned(wanted->unit, wanted->type);
        bool is_new = !job, is_leaf = is_new && has_nothing_to_do(transaction, wanted);
        if (is_new)
                job = plan(transaction, wanted);
        if (!job)
                return err_new(-ENOMEM);
        job->flags |= wanted->flags & PLANNED_IGNORE_ORDER;
        if (!by)
                transaction->anchor = job;
        else if ((r = link_jobs(by, job, link_flags)) < 0)
                return err_pass(r);
        if (is_new && !is_leaf)
                list_prepend(&transaction->due, &job->due);
        return 0;
}

/* --- what it pulls in ---------------------------------------------------------------------------
 */

static void note_ignored(const Unit *unit, const EngineError *error) {
        bool is_usual = error->code == ENGINE_ERROR_NO_SUCH_UNIT ||
                        error->code == ENGINE_ERROR_UNIT_MASKED ||
                        error->code == ENGINE_ERROR_JOB_TYPE_NOT_APPLICABLE;
        unit_log(unit,
                 is_usual ? LOG_DEBUG : LOG_WARNING,
                 "%s: Cannot add dependency job, ignoring: %s",
                 unit->id,
                 error->text);
}

/* The i-th of what a job of this type pulls in; NULL after the last. */
static const PullRow *row_at(JobType type, unsigned i) {
        if (type == JOB_START)
                return i < ARRAY_LENGTH(start_pulls) ? &start_pulls[i] : NULL;
        if (type == JOB_RESTART && i < ARRAY_LENGTH(start_pulls))
                return &start_pulls[i];
        if (type == JOB_RESTART)
                return i == ARRAY_LENGTH(start_pulls) ? &restart_pull : NULL;
        if (type == JOB_STOP)
                return i == 0 ? &stop_pull : NULL;
        return type == JOB_RELOAD && i == 0 ? &reload_pull : NULL;
}

/* A dependency that cannot be planned: what requires it is given up, up to what is only wanted. */
static int give_up(Transaction *transaction, const EngineError *why, EngineError *error) {
        for (PlannedJob *job; (job = LIST_FIRST(&transaction->due, PlannedJob, due));) {
                list_remove(&job->due);
                if (job == transaction->anchor)
                        break;
                if (job->flags & PLANNED_OPTIONAL) {
                        note_ignored(job->unit, why);
                        return 0;
                }
        }
        *error = *why;
        return -ECANCELED;
}

static int
pull(Transaction *transaction, PlannedJob *by, Unit *unit, const PullRow *row, EngineError *error) {
        EngineError own = { .code = ENGINE_ERROR_NONE };
        PlannedJob wanted = { .unit = unit, .type = job_type_collapse(row->type, unit) };
        if (wanted.type == JOB_NOP)
                return 0;
        wanted.flags = (by->flags & PLANNED_IGNORE_ORDER) | (row->optional ? PLANNED_OPTIONAL : 0);
        int r = transaction_add(transaction, &wanted, by, row->link_flags, &own);
        if (r != -ECANCELED)
                return err_pass(r);
        if (row->optional)
                note_ignored(unit, &own);
        else if (own.code != ENGINE_ERROR_JOB_TYPE_NOT_APPLICABLE)
                return give_up(transaction, &own, error);
        return 0;
}

/* Depth first as systemd: which of two jobs of a unit was planned last decides what is garbage. */
static int expand_all(Transaction *transaction, EngineError *error) {
        for (PlannedJob *job; (job = LIST_FIRST(&transaction->due, PlannedJob, due));) {
                const PullRow *row = row_at(job->type, job->row);
                const UnitEdge *edge =
                        row ? unit_graph_next(job->unit, row->kinds, &job->cursor) : NULL;
                int r = 0;
                if (edge)
                        r = pull(transaction, job, edge->other, row, error);
                else if (row) {
                        job->row++;
                        job->cursor = 0;
                } else
                        list_remove(&job->due);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

/* --- modes that add more
 * --------------------------------------------------------------------------- */

static int add_stop(Transaction *transaction, Unit *unit) {
        EngineError error = { .code = ENGINE_ERROR_NONE };
        PlannedJob wanted = { .unit = unit, .type = JOB_STOP, .flags = PLANNED_OPTIONAL };
        if (unit->planned || (unit->flags & UNIT_PERPETUAL) ||
            (active_state_is_down(unit_active_state(unit)) && !unit->job))
                return 0;
        int r = transaction_add(transaction, &wanted, transaction->anchor, LINK_MATTERS, &error);
        if (r != -ECANCELED)
                return err_pass(r);
        note_ignored(unit, &error);
        return 0;
}

bool transaction_stays_on_isolate(const Unit *unit) {
        bool is_program = unit->type == UNIT_SERVICE || unit->type == UNIT_TARGET ||
                          unit->type == UNIT_SOCKET || unit->type == UNIT_TIMER ||
                          unit->type == UNIT_PATH;
        if (unit->spec && unit_spec_find(unit->spec, DIRECTIVE_IGNORE_ON_ISOLATE))
                return unit_spec_bool(unit->spec, DIRECTIVE_IGNORE_ON_ISOLATE);
        return !is_program;
}

static int add_isolated(Transaction *transaction) {
        for (Unit *unit = engine_next_unit(transaction->engine, NULL); unit;
             unit = engine_next_unit(transaction->engine, unit)) {
                int r = transaction_stays_on_isolate(unit) ? 0 : add_stop(transaction, unit);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static int add_triggering(Transaction *transaction, const Unit *unit) {
        unsigned cursor = 0;
        for (const UnitEdge *edge;
             (edge = unit_graph_next(unit, DEP_BIT(DEP_TRIGGERED_BY), &cursor));) {
                int r = add_stop(transaction, edge->other);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

int transaction_build(Transaction *transaction, JobType type, Unit *unit, EngineError *error) {
        bool alone = transaction->mode == JOB_MODE_IGNORE_DEPENDENCIES ||
                     transaction->mode == JOB_MODE_IGNORE_REQUIREMENTS;
        PlannedJob wanted = { .unit = unit, .type = type };
        if (transaction->mode == JOB_MODE_IGNORE_DEPENDENCIES)
                wanted.flags = PLANNED_IGNORE_ORDER;
        int r = transaction_add(transaction, &wanted, NULL, 0, error);
        if (r < 0)
                return err_pass(r);
        if (alone || type == JOB_NOP)
                list_remove(&transaction->anchor->due);
        r = expand_all(transaction, error);
        if (r >= 0 && transaction->mode == JOB_MODE_ISOLATE)
                r = add_isolated(transaction);
        if (r >= 0 && transaction->mode == JOB_MODE_TRIGGERING)
                r = add_triggering(transaction, unit);
        return r < 0 ? err_pass(r) : expand_all(transaction, error);
}
