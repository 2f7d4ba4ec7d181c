/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_unit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "bus/bus_error.h"
#include "bus/bus_object.h"
#include "bus/bus_reply.h"
#include "bus/bus_signal.h"
#include "bus/bus_text.h"

/* One unit that a connection holds. */
typedef struct BusHold {
        ListLink all;
        Unit *unit;
        unsigned count;
        sd_bus_track *senders; /* over a message bus: who holds it; owned */
} BusHold;

static int parse_mode(BusCall *call, const char *text, JobMode *ret) {
        int mode = enum_parse(job_mode_names, JOB_MODE_COUNT, str_of(text));

        if (mode < 0)
                return sd_bus_error_setf(
                        call->error, SD_BUS_ERROR_INVALID_ARGS, "Job mode %s invalid", text);
        *ret = (JobMode)mode;
        return 0;
}

int bus_unit_check_mode(BusCall *call, const char *text) {
        JobMode mode;

        return parse_mode(call, text, &mode);
}

static JobType job_type_of_variant(const Unit *unit, int variant) {
        JobType type = (JobType)(variant & ~BUS_VARIANT_RELOAD_IF_POSSIBLE);

        if (!(variant & BUS_VARIANT_RELOAD_IF_POSSIBLE) || !unit_can_reload(unit))
                return type;
        return type == JOB_TRY_RESTART ? JOB_TRY_RELOAD : JOB_RELOAD_OR_START;
}

static int request_job(BusCall *call, Unit *unit, int variant, const char *mode_text, Job **ret) {
        EngineError error = { 0 };
        JobMode mode = JOB_MODE_REPLACE;
        int r;

        r = parse_mode(call, mode_text, &mode);
        if (r < 0)
                return r;
        r = engine_request_job(unit, job_type_of_variant(unit, variant), mode, &error, ret);
        if (r < 0)
                return bus_error_set_engine(call->error, r, &error);
        bus_signal_own_job(call->connection, *ret);
        return 0;
}

int bus_unit_reply_job(BusCall *call, Unit *unit, int variant, const char *mode_text) {
        char path[BUS_PATH_SIZE];
        Job *job;
        int r = request_job(call, unit, variant, mode_text, &job);

        if (r < 0)
                return r;
        return bus_reply_values(call, "o", bus_job_path(job->id, path));
}

static int append_job(BusBody *reply, const Job *job) {
        char job_path[BUS_PATH_SIZE], unit_path[BUS_PATH_SIZE];

        return bus_body_append(reply,
                               "uosos",
                               job->id,
                               bus_job_path(job->id, job_path),
                               job->unit->id,
                               bus_unit_path(job->unit->id, unit_path),
                               job_type_name(job->type));
}

/* Jobs that came with the anchor: all that are as new as the request. */
static int append_affected(BusCall *call, BusBody *reply, const Job *anchor, uint32_t last_id) {
        int r = bus_body_open(reply, 'a', "(uosos)");

        if (r < 0)
                return r;
        LIST_FOREACH(job, &call->server->engine->jobs, Job, all) {
                if (job == anchor || job->id <= last_id)
                        continue;
                r = bus_body_open(reply, 'r', "uosos");
                if (r >= 0)
                        r = append_job(reply, job);
                if (r >= 0)
                        r = bus_body_close(reply);
                if (r < 0)
                        return r;
        }
        return bus_body_close(reply);
}

static int parse_job_type(BusCall *call, const char *text, int *ret_variant) {
        JobType type;

        if (streq(text, "reload-or-restart"))
                *ret_variant = (int)JOB_RESTART | BUS_VARIANT_RELOAD_IF_POSSIBLE;
        else if (streq(text, "reload-or-try-restart"))
                *ret_variant = (int)JOB_TRY_RESTART | BUS_VARIANT_RELOAD_IF_POSSIBLE;
        else if (job_type_parse(text, &type) >= 0)
                *ret_variant = (int)type;
        else
                return sd_bus_error_setf(
                        call->error, SD_BUS_ERROR_INVALID_ARGS, "Job type %s invalid", text);
        return 0;
}

int bus_unit_reply_enqueued(BusCall *call,
                            Unit *unit,
                            const char *type_text,
                            const char *mode_text) {
        AUTO(bus_body_done) BusBody reply = bus_body_of("uososa(uosos)");
        uint32_t last_id = call->server->engine->next_job_id; /* before the request */
        int variant = 0, r;
        Job *job;

        r = parse_job_type(call, type_text, &variant);
        if (r < 0)
                return r;
        r = request_job(call, unit, variant, mode_text, &job);
        if (r < 0)
                return r;
        r = append_job(&reply, job);
        if (r >= 0)
                r = append_affected(call, &reply, job, last_id);
        return r < 0 ? r : bus_reply(call, &reply);
}

static int parse_whom(BusCall *call, const char *text, unsigned *ret) {
        /* The "-fail" forms differ only in what the engine says when there was nothing to signal.
         */
        static const struct {
                const char *name;
                unsigned whom;
        } table[] = {
                { "main", SIGNAL_MAIN },
                { "control", SIGNAL_CONTROL },
                { "all", SIGNAL_MAIN | SIGNAL_CONTROL | SIGNAL_GROUP },
                { "main-fail", SIGNAL_MAIN },
                { "control-fail", SIGNAL_CONTROL },
                { "all-fail", SIGNAL_MAIN | SIGNAL_CONTROL | SIGNAL_GROUP },
                { "", SIGNAL_MAIN | SIGNAL_CONTROL | SIGNAL_GROUP },
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(table); i++) {
                if (!streq(table[i].name, text))
                        continue;
                *ret = table[i].whom;
                return 0;
        }
        return sd_bus_error_setf(
                call->error, SD_BUS_ERROR_INVALID_ARGS, "Invalid who argument %s", text);
}

int bus_unit_reply_kill(BusCall *call, Unit *unit, const char *whom_text, int signal_number) {
        EngineError error = { 0 };
        unsigned whom = 0;
        int r = parse_whom(call, whom_text, &whom);

        if (r < 0)
                return r;
        if (signal_number <= 0 || signal_number > SIGRTMAX)
                return sd_bus_error_set(
                        call->error, SD_BUS_ERROR_INVALID_ARGS, "Signal number out of range.");
        r = engine_kill_unit(call->server->engine, unit, whom, signal_number, &error);
        if (r < 0)
                return bus_error_set_engine(call->error, r, &error);
        return bus_reply_values(call, NULL);
}

typedef struct ProcessList {
        BusBody *reply;
        int error; /* the first one */
} ProcessList;

static void add_process(void *userdata, const char *group, pid_t pid, const char *command) {
        ProcessList *list = userdata;
        uint32_t number = (uint32_t)pid;
        int r = list->error;

        if (r >= 0)
                r = bus_body_open(list->reply, 'r', "sus");
        if (r >= 0)
                r = bus_append_text(list->reply, group);
        if (r >= 0)
                r = bus_body_append_basic(list->reply, 'u', &number);
        if (r >= 0)
                r = bus_append_text(list->reply, command);
        if (r >= 0)
                r = bus_body_close(list->reply);
        list->error = r < 0 ? r : 0;
}

int bus_unit_reply_processes(BusCall *call, Unit *unit) {
        AUTO(bus_body_done) BusBody reply = bus_body_of("a(sus)");
        const BusHost *host = &call->server->host;
        ProcessList list = { .reply = &reply };
        int r = bus_body_open(&reply, 'a', "(sus)");

        if (r >= 0 && host->each_process)
                r = host->each_process(host->userdata, unit, add_process, &list);
        if (r >= 0)
                r = list.error;
        if (r >= 0)
                r = bus_body_close(&reply);
        return r < 0 ? r : bus_reply(call, &reply);
}

static BusHold *find_hold(BusConnection *connection, const Unit *unit) {
        LIST_FOREACH(hold, &connection->holds, BusHold, all) {
                if (hold->unit == unit)
                        return hold;
        }
        return NULL;
}

bool bus_unit_is_held(BusConnection *connection, const Unit *unit) {
        return find_hold(connection, unit) != NULL;
}

static void drop_hold(BusHold *hold) {
        list_remove(&hold->all);
        sd_bus_track_unref(hold->senders);
        if (hold->unit)
                engine_unref_unit(hold->unit);
        free(hold);
}

/* All who held it gave it back, or left the bus. */
static int on_no_holder(sd_bus_track *track, void *userdata) {
        (void)track;
        drop_hold(userdata);
        return 1; /* 0 would have it called again and again */
}

static int add_hold(BusConnection *connection, Unit *unit, BusHold **ret) {
        BusHold *hold = calloc(1, sizeof(*hold));
        int r = 0;

        if (!hold)
                return err_new(-ENOMEM);
        if (connection->is_public)
                r = sd_bus_track_new(connection->bus, &hold->senders, on_no_holder, hold);
        if (r >= 0 && hold->senders)
                r = sd_bus_track_set_recursive(hold->senders, true);
        if (r < 0) {
                sd_bus_track_unref(hold->senders);
                free(hold);
                return err_pass(r);
        }
        hold->unit = unit;
        list_append(&connection->holds, &hold->all);
        engine_ref_unit(unit);
        *ret = hold;
        return 0;
}

int bus_unit_hold(BusCall *call, Unit *unit) {
        BusHold *hold = find_hold(call->connection, unit);
        int r = hold ? 0 : add_hold(call->connection, unit, &hold);

        if (r < 0)
                return r;
        if (hold->senders)
                return sd_bus_track_add_sender(hold->senders, call->message);
        hold->count++;
        return 0;
}

int bus_unit_reply_ref(BusCall *call, Unit *unit) {
        int r = bus_unit_hold(call, unit);

        return r < 0 ? r : bus_reply_values(call, NULL);
}

/* 0 when the caller does not hold it. */
static int give_back(BusCall *call, BusHold *hold) {
        if (hold && hold->senders) /* the last one drops the hold a turn later */
                return sd_bus_track_remove_sender(hold->senders, call->message);
        if (!hold)
                return 0;
        if (--hold->count == 0)
                drop_hold(hold);
        return 1;
}

int bus_unit_reply_unref(BusCall *call, Unit *unit) {
        int r = give_back(call, find_hold(call->connection, unit));

        if (r == 0 || r == -EUNATCH)
                return sd_bus_error_set(
                        call->error, BUS_ERROR_NOT_REFERENCED, "Unit has not been referenced yet.");
        return r < 0 ? r : bus_reply_values(call, NULL);
}

void bus_unit_release_holds(BusConnection *connection) {
        LIST_FOREACH(hold, &connection->holds, BusHold, all) {
                drop_hold(hold);
        }
}

void bus_unit_forget_holds(BusServer *server, const Unit *unit) {
        LIST_FOREACH(connection, &server->connections, BusConnection, all) {
                BusHold *hold = find_hold(connection, unit);
                if (!hold)
                        continue;
                hold->unit = NULL;
                drop_hold(hold);
        }
}

int bus_unit_queue_job(BusCall *call, const BusMethodRow *row) {
        const char *mode;
        int r = sd_bus_message_read(call->message, "s", &mode);

        if (r < 0)
                return r;
        return bus_unit_reply_job(call, call->object.unit, row->variant, mode);
}

int bus_unit_enqueue_job(BusCall *call, const BusMethodRow *row UNUSED) {
        const char *type, *mode;
        int r = sd_bus_message_read(call->message, "ss", &type, &mode);

        if (r < 0)
                return r;
        return bus_unit_reply_enqueued(call, call->object.unit, type, mode);
}

int bus_unit_kill(BusCall *call, const BusMethodRow *row UNUSED) {
        const char *whom;
        int32_t signal_number;
        int r = sd_bus_message_read(call->message, "si", &whom, &signal_number);

        if (r < 0)
                return r;
        return bus_unit_reply_kill(call, call->object.unit, whom, signal_number);
}

int bus_unit_reset_failed(BusCall *call, const BusMethodRow *row UNUSED) {
        engine_reset_failed(call->server->engine, call->object.unit);
        return bus_reply_values(call, NULL);
}

int bus_unit_ref(BusCall *call, const BusMethodRow *row UNUSED) {
        return bus_unit_reply_ref(call, call->object.unit);
}

int bus_unit_unref(BusCall *call, const BusMethodRow *row UNUSED) {
        return bus_unit_reply_unref(call, call->object.unit);
}

int bus_unit_get_processes(BusCall *call, const BusMethodRow *row UNUSED) {
        return bus_unit_reply_processes(call, call->object.unit);
}
