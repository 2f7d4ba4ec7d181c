/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/error.h"
#include "engine/transaction.h"

/* --- taking jobs out -----------------------------------------------------------------------------
 */

static void free_link(PlannedLink *link) {
        list_remove(&link->by_subject);
        list_remove(&link->by_object);
        free(link);
}

static void leave_unit(PlannedJob *job) {
        PlannedJob **place = &job->unit->planned;
        while (*place != job)
                place = &(*place)->same_unit;
        *place = job->same_unit;
}

/* Frees one job; those that fail without it are moved to `doomed` (NULL: they stay). */
static void take_out(PlannedJob *job, ListLink *doomed) {
        leave_unit(job);
        list_remove(&job->all);
        list_remove(&job->due);
        for (PlannedLink *link; (link = LIST_FIRST(&job->pulls, PlannedLink, by_subject));)
                free_link(link);
        for (PlannedLink *link; (link = LIST_FIRST(&job->pulled_by, PlannedLink, by_object));) {
                PlannedJob *subject = link->subject;
                if (doomed && link->matters) {
                        list_remove(&subject->all);
                        list_append(doomed, &subject->all);
                }
                free_link(link);
        }
        free(job);
}

void transaction_delete(PlannedJob *job, bool dependents) {
        ListLink doomed;
        list_init(&doomed);
        take_out(job, dependents ? &doomed : NULL);
        for (PlannedJob *next; (next = LIST_FIRST(&doomed, PlannedJob, all));)
                take_out(next, &doomed);
}

void transaction_delete_unit(Unit *unit) {
        while (unit->planned)
                transaction_delete(unit->planned, true);
}

/* --- what is worth keeping
 * ------------------------------------------------------------------------- */

void transaction_mark_matters(Transaction *transaction) {
        ListLink due;
        list_init(&due);
        LIST_FOREACH(job, &transaction->jobs, PlannedJob, all)
        job->flags &= ~(unsigned)PLANNED_MATTERS;
        transaction->anchor->flags |= PLANNED_MATTERS;
        list_append(&due, &transaction->anchor->due);
        for (PlannedJob *job; (job = LIST_FIRST(&due, PlannedJob, due));) {
                list_remove(&job->due);
                LIST_FOREACH(link, &job->pulls, PlannedLink, by_subject) {
                        PlannedJob *object = link->object;
                        if (!link->matters || (object->flags & PLANNED_MATTERS))
                                continue;
                        object->flags |= PLANNED_MATTERS;
                        list_append(&due, &object->due);
                }
        }
}

static bool conflicts_with_installed(const PlannedJob *job) {
        JobType merged = JOB_NOP;
        const Job *installed = job->unit->job;
        return installed && job_type_merge(job->type, installed->type, &merged) < 0;
}

static PlannedJob *find_disturbing(const Transaction *transaction) {
        LIST_FOREACH(job, &transaction->jobs, PlannedJob, all) {
                if (job->flags & PLANNED_MATTERS)
                        continue;
                bool stops = job->type == JOB_STOP &&
                             active_state_is_rising(unit_active_state(job->unit));
                if (stops || conflicts_with_installed(job))
                        return job;
        }
        return NULL;
}

void transaction_minimize(Transaction *transaction) {
        for (PlannedJob *job; (job = find_disturbing(transaction));)
                transaction_delete(job, true);
}

static bool unit_is_redundant(const Transaction *transaction, const Unit *unit) {
        for (const PlannedJob *job = unit->planned; job; job = job->same_unit)
                if (job == transaction->anchor || !job_type_is_redundant(job->type, unit) ||
                    conflicts_with_installed(job))
                        return false;
        return true;
}

void transaction_drop_redundant(Transaction *transaction) {
        for (ListLink *link = transaction->jobs.next; link != &transaction->jobs;) {
                PlannedJob *job = CONTAINER_OF(link, PlannedJob, all);
                link = link->next;
                if (!unit_is_redundant(transaction, job->unit))
                        continue;
                Unit *unit = job->unit;
                while (unit->planned) {
                        if (link == &unit->planned->all)
                                link = link->next;
                        transaction_delete(unit->planned, false);
                }
        }
}

/* Of several jobs of a unit only the one that was planned last is looked at, as by systemd: a stop
 * that came before a start stays to be weighed against it. */
static void note_garbage(const Transaction *transaction, const Unit *unit, ListLink *due) {
        PlannedJob *job = unit->planned;
        if (job && job != transaction->anchor && list_is_empty(&job->pulled_by) &&
            !list_is_linked(&job->due))
                list_append(due, &job->due);
}

void transaction_drop_garbage(Transaction *transaction) {
        ListLink due;
        list_init(&due);
        LIST_FOREACH(job, &transaction->jobs, PlannedJob, all)
        note_garbage(transaction, job->unit, &due);
        for (PlannedJob *job; (job = LIST_FIRST(&due, PlannedJob, due));) {
                Unit *unit = job->unit;
                list_remove(&job->due);
                while (!list_is_empty(&job->pulls)) {
                        PlannedLink *link = LIST_FIRST(&job->pulls, PlannedLink, by_subject);
                        const Unit *object = link->object->unit;
                        free_link(link);
                        note_garbage(transaction, object, &due);
                }
                transaction_delete(job, false);
                note_garbage(transaction, unit, &due);
        }
}

/* --- one job per unit
 * ---------------------------------------------------------------------------------- */

static bool is_conflicted(const PlannedJob *job) {
        LIST_FOREACH(link, &job->pulled_by, PlannedLink, by_object)
        if (link->conflicts)
                return true;
        return false;
}

/* Of two jobs that nothing essential needs: rather a start than a stop stays, unless another unit
 * conflicts. */
static PlannedJob *less_useful(PlannedJob *a, PlannedJob *b) {
        bool a_matters = a->flags & PLANNED_MATTERS, b_matters = b->flags & PLANNED_MATTERS;
        if (a_matters && b_matters)
                return NULL;
        if (a_matters != b_matters)
                return a_matters ? b : a;
        if (a->type == JOB_STOP)
                return is_conflicted(a) ? b : a;
        if (b->type == JOB_STOP)
                return is_conflicted(b) ? a : b;
        return a;
}

static int resolve_conflict(PlannedJob *a, PlannedJob *b, EngineError *error) {
        PlannedJob *victim = less_useful(a, b);
        if (!victim)
                return engine_refuse(
                        error,
                        ENGINE_ERROR_TRANSACTION_JOBS_CONFLICTING,
                        "Transaction contains conflicting jobs '%s' and '%s' for %s. Probably contradicting requirement dependencies configured.",
                        job_type_name(a->type),
                        job_type_name(b->type),
                        a->unit->id);
        unit_log(a->unit,
                 LOG_DEBUG,
                 "%s: Fixing conflicting jobs %s/%s,%s/%s by deleting job %s/%s",
                 a->unit->id,
                 a->unit->id,
                 job_type_name(a->type),
                 b->unit->id,
                 job_type_name(b->type),
                 victim->unit->id,
                 job_type_name(victim->type));
        transaction_delete(victim, true);
        return 1;
}

/* The type that all jobs of a unit become, or positive when one of two that conflict was taken out.
 */
static int merge_types(const Unit *unit, JobType *ret_type, EngineError *error) {
        JobType type = unit->planned->type, merged = JOB_NOP;
        for (PlannedJob *job = unit->planned->same_unit; job; job = job->same_unit) {
                if (job_type_merge(type, job->type, &merged) >= 0) {
                        type = job_type_collapse(merged, unit);
                        continue;
                }
                PlannedJob *other = unit->planned;
                while (job_type_merge(other->type, job->type, &merged) >= 0 && other != job)
                        other = other->same_unit;
                return resolve_conflict(other, job, error);
        }
        *ret_type = type;
        return 0;
}

static PlannedJob *survivor(const Transaction *transaction, const Unit *unit) {
        for (PlannedJob *job = unit->planned; job; job = job->same_unit)
                if (job == transaction->anchor)
                        return job;
        return unit->planned;
}

/* All jobs of the unit become one. */
static void merge_unit(const Transaction *transaction, Unit *unit, JobType type) {
        PlannedJob *kept = survivor(transaction, unit);
        kept->type = type;
        for (PlannedJob *job = unit->planned; job;) {
                PlannedJob *next = job->same_unit;
                if (job != kept) {
                        kept->flags |= job->flags & (PLANNED_IGNORE_ORDER | PLANNED_MATTERS);
                        transaction_delete(job, false);
                }
                job = next;
        }
}

int transaction_merge(Transaction *transaction, EngineError *error) {
        JobType type = JOB_NOP;
        LIST_FOREACH(job, &transaction->jobs, PlannedJob, all) {
                int r = job->unit->planned->same_unit ? merge_types(job->unit, &type, error) : 0;
                if (r != 0)
                        return err_pass(r);
        }
        for (ListLink *link = transaction->jobs.next; link != &transaction->jobs;) {
                PlannedJob *job = CONTAINER_OF(link, PlannedJob, all);
                Unit *unit = job->unit;
                link = link->next;
                if (!unit->planned->same_unit || merge_types(unit, &type, error) != 0)
                        continue;
                while (link != &transaction->jobs &&
                       CONTAINER_OF(link, PlannedJob, all)->unit == unit)
                        link = link->next;
                merge_unit(transaction, unit, type);
        }
        return 0;
}
