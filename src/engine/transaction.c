/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/transaction.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/error.h"
#include "engine/job_queue.h"
#include "engine/unit_registry.h"

static void manager_log(const Engine *engine, int level, const char *what, const char *why) {
        AUTO(strbuf_done) StrBuf line = STRBUF_INIT;
        if (!engine->ports.log)
                return;
        strbuf_addf(&line, "%s: %s", what, why);
        engine->ports.log(engine->ports.userdata, level, NULL, strbuf_text(&line));
}

/* --- the passes over the plan -------------------------------------------------------------------
 */

static int check_orders(Transaction *transaction, EngineError *error) {
        for (;;) {
                if (transaction->mode != JOB_MODE_ISOLATE)
                        transaction_drop_garbage(transaction);
                int r = transaction_check_order(transaction, error);
                if (r == -ECANCELED)
                        manager_log(
                                transaction->engine,
                                LOG_WARNING,
                                "Requested transaction contains an unfixable cyclic ordering dependency",
                                error->text);
                if (r <= 0)
                        return err_pass(r);
        }
}

static int merge_all(Transaction *transaction, EngineError *error) {
        for (;;) {
                int r = transaction_merge(transaction, error);
                if (r == -ECANCELED)
                        manager_log(transaction->engine,
                                    LOG_WARNING,
                                    "Requested transaction contains unmergeable jobs",
                                    error->text);
                if (r <= 0)
                        return err_pass(r);
                if (transaction->mode != JOB_MODE_ISOLATE)
                        transaction_drop_garbage(transaction);
        }
}

/* Whether a job that is installed would be turned around against its will. */
static int check_destructive(const Transaction *transaction, EngineError *error) {
        LIST_FOREACH(planned, &transaction->jobs, PlannedJob, all) {
                const Job *installed = planned->unit->job;
                JobType merged = JOB_NOP;
                if (!installed ||
                    !(transaction->mode == JOB_MODE_FAIL || installed->irreversible) ||
                    job_type_merge(installed->type, planned->type, &merged) >= 0)
                        continue;
                int r = engine_refuse(
                        error,
                        ENGINE_ERROR_TRANSACTION_IS_DESTRUCTIVE,
                        "Transaction for %s/%s is destructive (%s has '%s' job queued, but '%s' is included in transaction).",
                        transaction->anchor->unit->id,
                        job_type_name(transaction->anchor->type),
                        planned->unit->id,
                        job_type_name(installed->type),
                        job_type_name(planned->type));
                manager_log(transaction->engine,
                            LOG_NOTICE,
                            "Requested transaction contradicts existing jobs",
                            error->text);
                return r;
        }
        return 0;
}

/* --- installing
 * ------------------------------------------------------------------------------------ */

static bool stays(const Transaction *transaction, const Job *job) {
        const Unit *unit = job->unit;
        return unit->planned ||
               (transaction->mode == JOB_MODE_ISOLATE && transaction_stays_on_isolate(unit));
}

/* A job that was there before and does not stay; NULL. */
static Job *find_other(const Transaction *transaction, uint32_t newest) {
        LIST_FOREACH(job, &transaction->engine->jobs, Job, all) {
                if (job->id <= newest && !stays(transaction, job))
                        return job;
        }
        return NULL;
}

/* Isolate and flush: nothing else is under way afterwards. The end of a job may end others, and
 * make some. */
static void cancel_others(const Transaction *transaction) {
        uint32_t newest = transaction->engine->next_job_id;
        for (Job *job; (job = find_other(transaction, newest));)
                job_end(transaction->engine, job, JOB_CANCELED, JOB_END_ALONE);
}

/* The planned job becomes part of the one that is installed. */
static Job *
merge_installed(Engine *engine, Job *installed, const PlannedJob *planned, JobType merged) {
        bool covered = planned->type != JOB_RELOAD && merged == installed->type;
        installed->type = job_type_collapse(merged, installed->unit);
        if (installed->state == JOB_RUNNING && !covered) {
                unit_log(installed->unit,
                         LOG_DEBUG,
                         "%s: Merged into running job, re-running: %s/%s as %u",
                         installed->unit->id,
                         installed->unit->id,
                         job_type_name(installed->type),
                         installed->id);
                installed->state = JOB_WAITING;
                installed->running_since_usec = 0;
        }
        if (installed->state == JOB_WAITING)
                job_queue_add(engine, installed);
        engine->ports.job_changed(engine->ports.userdata, installed);
        return installed;
}

static const char *puller_of(const PlannedJob *planned) {
        const PlannedLink *link = LIST_FIRST(&planned->pulled_by, PlannedLink, by_object);
        return link ? link->subject->unit->id : NULL;
}

static Job *install_new(Engine *engine, const PlannedJob *planned) {
        const char *because = puller_of(planned);
        Job *job = job_install(planned->unit, planned->type);
        if (!job)
                return NULL;
        job->because = because ? strdup(because) : NULL; /* without memory the history says less */
        engine->ports.job_added(engine->ports.userdata, job);
        return job;
}

static Job *install(Transaction *transaction, const PlannedJob *planned) {
        Engine *engine = transaction->engine;
        Job *job = planned->unit->job;
        JobType merged = JOB_NOP;
        if (job && job_type_merge(job->type, planned->type, &merged) < 0) {
                job_end(engine, job, JOB_CANCELED, JOB_END_ALONE);
                job = planned->unit->job;
        }
        job = job ? merge_installed(engine, job, planned, merged) : install_new(engine, planned);
        if (!job)
                return NULL;
        job->irreversible |= transaction->mode == JOB_MODE_REPLACE_IRREVERSIBLY;
        if ((planned->flags & PLANNED_IGNORE_ORDER) && !job->ignore_order) {
                job->ignore_order = true;
                job_queue_wake_neighbours(job->unit);
        }
        return job;
}

static int install_all(Transaction *transaction, Job **ret) {
        Job *anchor = NULL;
        if (transaction->mode == JOB_MODE_ISOLATE || transaction->mode == JOB_MODE_FLUSH)
                cancel_others(transaction);
        LIST_FOREACH(planned, &transaction->jobs, PlannedJob, all) {
                Job *job = install(transaction, planned);
                if (!job)
                        return err_new(-ENOMEM);
                if (planned == transaction->anchor)
                        anchor = job;
        }
        if (ret)
                *ret = anchor;
        return 0;
}

/* --- the whole
 * ---------------------------------------------------------------------------------------- */

static int prepare(Transaction *transaction, JobType type, Unit *unit, EngineError *error) {
        int r = transaction_build(transaction, type, unit, error);
        if (r < 0)
                return err_pass(r);
        transaction_mark_matters(transaction);
        if (transaction->mode == JOB_MODE_FAIL)
                transaction_minimize(transaction);
        transaction_drop_redundant(transaction);
        r = check_orders(transaction, error);
        if (r >= 0)
                r = merge_all(transaction, error);
        if (r < 0)
                return err_pass(r);
        transaction_drop_redundant(transaction);
        return check_destructive(transaction, error);
}

static int check_mode(const Unit *unit, JobType type, JobMode mode, EngineError *error) {
        if (mode == JOB_MODE_ISOLATE && type != JOB_START)
                return engine_refuse(
                        error, ENGINE_ERROR_INVALID_ARGUMENTS, "Isolate is only valid for start.");
        if (mode == JOB_MODE_ISOLATE && unit->load_state == UNIT_LOADED &&
            !unit_spec_bool(unit->spec, DIRECTIVE_ALLOW_ISOLATE))
                return engine_refuse(error,
                                     ENGINE_ERROR_NO_ISOLATION,
                                     "Operation refused, unit may not be isolated.");
        if (mode == JOB_MODE_TRIGGERING && type != JOB_STOP)
                return engine_refuse(error,
                                     ENGINE_ERROR_INVALID_ARGUMENTS,
                                     "--job-mode=triggering is only valid for stop.");
        return 0;
}

int engine_enqueue_job(Unit *unit, JobType type, JobMode mode, EngineError *error, Job **ret) {
        EngineError unwanted = { .code = ENGINE_ERROR_NONE };
        error = error ? error : &unwanted;
        int r = check_mode(unit, type, mode, error);
        if (r < 0)
                return err_pass(r);
        unit_registry_load_all(unit->engine);
        Transaction transaction = { .engine = unit->engine, .mode = mode };
        list_init(&transaction.jobs);
        list_init(&transaction.due);
        r = prepare(&transaction, job_type_collapse(type, unit), unit, error);
        if (r >= 0)
                r = install_all(&transaction, ret);
        while (!list_is_empty(&transaction.jobs))
                transaction_delete(LIST_FIRST(&transaction.jobs, PlannedJob, all), false);
        return err_pass(r);
}
