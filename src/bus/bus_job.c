/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_job.h"

#include "base/macros.h"
#include "bus/bus_error.h"
#include "bus/bus_object.h"
#include "bus/bus_reply.h"

static int no_such_job(BusCall *call, uint32_t id) {
        return sd_bus_error_setf(call->error, BUS_ERROR_NO_SUCH_JOB, "Job %u does not exist.", id);
}

static int read_job(BusCall *call, Job **ret) {
        uint32_t id;
        int r = sd_bus_message_read(call->message, "u", &id);

        if (r < 0)
                return r;
        *ret = engine_find_job(call->server->engine, id);
        return *ret ? 0 : no_such_job(call, id);
}

static int append_job(BusBody *reply, const Job *job) {
        char job_path[BUS_PATH_SIZE], unit_path[BUS_PATH_SIZE];

        return bus_body_append(reply,
                               "(usssoo)",
                               job->id,
                               job->unit->id,
                               job_type_name(job->type),
                               job_state_name(job->state),
                               bus_job_path(job->id, job_path),
                               bus_unit_path(job->unit->id, unit_path));
}

/* Whether `first` must end before `second` may run: units are taken down in the reverse order, and
 * what goes down goes before what comes up. */
static bool job_goes_first(const Job *first, const Job *second) {
        bool before = unit_graph_has(first->unit, DEP_BIT(DEP_BEFORE), second->unit);
        bool after = unit_graph_has(first->unit, DEP_BIT(DEP_AFTER), second->unit);

        if ((!before && !after) || first->ignore_order || second->ignore_order ||
            first->type == JOB_NOP || second->type == JOB_NOP)
                return false;
        if (after)
                return first->type == JOB_STOP || first->type == JOB_RESTART;
        return second->type != JOB_STOP && second->type != JOB_RESTART;
}

static int reply_neighbours(BusCall *call, const Job *job, int which) {
        AUTO(bus_body_done) BusBody reply = bus_body_of("a(usssoo)");
        uint32_t mask = DEP_BIT(DEP_BEFORE) | DEP_BIT(DEP_AFTER);
        const UnitEdge *edge;
        unsigned cursor = 0;
        int r = bus_body_open(&reply, 'a', "(usssoo)");

        while (r >= 0 && (edge = unit_graph_next(job->unit, mask, &cursor))) {
                const Job *other = edge->other->job;
                if (!other)
                        continue;
                if (which == BUS_JOBS_AFTER ? job_goes_first(job, other)
                                            : job_goes_first(other, job))
                        r = append_job(&reply, other);
        }
        if (r >= 0)
                r = bus_body_close(&reply);
        return r < 0 ? r : bus_reply(call, &reply);
}

static int cancel_job(BusCall *call, uint32_t id) {
        EngineError error = { 0 };
        int r = engine_cancel_job(call->server->engine, id, &error);

        if (r < 0)
                return no_such_job(call, id);
        return bus_reply_values(call, NULL);
}

int bus_manager_get_job(BusCall *call, const BusMethodRow *row UNUSED) {
        char path[BUS_PATH_SIZE];
        Job *job;
        int r = read_job(call, &job);

        if (r < 0)
                return r;
        return bus_reply_values(call, "o", bus_job_path(job->id, path));
}

int bus_manager_get_job_neighbours(BusCall *call, const BusMethodRow *row) {
        Job *job;
        int r = read_job(call, &job);

        return r < 0 ? r : reply_neighbours(call, job, row->variant);
}

int bus_manager_cancel_job(BusCall *call, const BusMethodRow *row UNUSED) {
        Job *job;
        int r = read_job(call, &job);

        return r < 0 ? r : cancel_job(call, job->id);
}

int bus_manager_clear_jobs(BusCall *call, const BusMethodRow *row UNUSED) {
        Engine *engine = call->server->engine;
        uint32_t last = engine->next_job_id;

        /* Cancelling one may end others; those queued meanwhile are not meant. */
        for (Job *job; (job = LIST_FIRST(&engine->jobs, Job, all)) && job->id <= last;) {
                EngineError error = { 0 };
                if (engine_cancel_job(engine, job->id, &error) < 0)
                        break;
        }
        return bus_reply_values(call, NULL);
}

int bus_manager_list_jobs(BusCall *call, const BusMethodRow *row UNUSED) {
        AUTO(bus_body_done) BusBody reply = bus_body_of("a(usssoo)");
        int r = bus_body_open(&reply, 'a', "(usssoo)");

        if (r < 0)
                return r;
        LIST_FOREACH(job, &call->server->engine->jobs, Job, all) {
                r = append_job(&reply, job);
                if (r < 0)
                        return r;
        }
        r = bus_body_close(&reply);
        return r < 0 ? r : bus_reply(call, &reply);
}

int bus_job_cancel(BusCall *call, const BusMethodRow *row UNUSED) {
        return cancel_job(call, call->object.job->id);
}

int bus_job_get_neighbours(BusCall *call, const BusMethodRow *row) {
        return reply_neighbours(call, call->object.job, row->variant);
}

static int get_id(BusGetterContext *context, BusBody *body) {
        return bus_body_append(body, "u", context->job->id);
}

static int get_unit(BusGetterContext *context, BusBody *body) {
        const char *id = context->job->unit->id;
        char path[BUS_PATH_SIZE];

        return bus_body_append(body, "(so)", id, bus_unit_path(id, path));
}

static int get_type(BusGetterContext *context, BusBody *body) {
        return bus_body_append(body, "s", job_type_name(context->job->type));
}

static int get_state(BusGetterContext *context, BusBody *body) {
        return bus_body_append(body, "s", job_state_name(context->job->state));
}

/* clang-format off */
const BusGetterRow bus_job_getters[] = {
        { BUS_FAMILY_JOB, "Id", get_id, 0 },
        { BUS_FAMILY_JOB, "Unit", get_unit, 0 },
        { BUS_FAMILY_JOB, "JobType", get_type, 0 },
        { BUS_FAMILY_JOB, "State", get_state, 0 },
};
/* clang-format on */

const unsigned bus_job_getter_count = ARRAY_LENGTH(bus_job_getters);
