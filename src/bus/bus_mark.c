/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_mark.h"

#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "bus/bus_error.h"
#include "bus/bus_getters.h"
#include "bus/bus_object.h"
#include "bus/bus_reply.h"
#include "bus/bus_signal.h"

static const struct {
        const char *name;
        unsigned flag;
} marks[] = {
        { "needs-reload", UNIT_NEEDS_RELOAD },
        { "needs-restart", UNIT_NEEDS_RESTART },
};

static unsigned find_mark(const char *name) {
        for (unsigned i = 0; i < ARRAY_LENGTH(marks); i++)
                if (streq(marks[i].name, name))
                        return marks[i].flag;
        return 0;
}

static int read_words(BusCall *call, BusMarkChange *change, bool *ret_signed, bool *ret_plain) {
        const char *word;
        int r;

        while ((r = sd_bus_message_read_basic(call->message, 's', &word)) > 0) {
                bool is_signed = *word == '+' || *word == '-';
                unsigned flag = find_mark(word + is_signed);
                if (flag == 0)
                        return sd_bus_error_setf(call->error,
                                                 BUS_ERROR_BAD_UNIT_SETTING,
                                                 "Unknown marker \"%s\".",
                                                 word + is_signed);
                change->mask |= flag;
                change->set = *word == '-' ? change->set & ~flag : change->set | flag;
                *(is_signed ? ret_signed : ret_plain) = true;
        }
        return r;
}

int bus_mark_read(BusCall *call, BusMarkChange *ret) {
        bool is_signed = false, is_plain = false;
        int r = sd_bus_message_enter_container(call->message, 'v', "as");

        *ret = (BusMarkChange){ 0 };
        if (r >= 0)
                r = sd_bus_message_enter_container(call->message, 'a', "s");
        if (r >= 0)
                r = read_words(call, ret, &is_signed, &is_plain);
        if (r >= 0)
                r = sd_bus_message_exit_container(call->message);
        if (r >= 0)
                r = sd_bus_message_exit_container(call->message);
        if (r < 0)
                return r;
        if (is_signed && is_plain)
                return sd_bus_error_set(
                        call->error, BUS_ERROR_BAD_UNIT_SETTING, "Bad marker syntax.");
        if (!is_signed)
                ret->mask = UNIT_MARKS;
        return 0;
}

void bus_mark_apply(Unit *unit, const BusMarkChange *change) {
        if (change->mask == 0)
                return;
        unit->flags = (unit->flags & ~change->mask) | change->set;
        unit_mark_changed(unit);
}

static int request(BusCall *call, Unit *unit, Job **ret) {
        EngineError error = { 0 };
        JobType type = JOB_TRY_RESTART;
        int r;

        if (!(unit->flags & UNIT_NEEDS_RESTART) && unit_can_reload(unit))
                type = JOB_TRY_RELOAD;
        r = engine_request_job(unit, type, JOB_MODE_FAIL, &error, ret);
        return r < 0 ? bus_error_set_engine(call->error, r, &error) : 0;
}

/* As in systemd those that can be queued are, and the first refusal is told. */
int bus_manager_enqueue_marked(BusCall *call, const BusMethodRow *row UNUSED) {
        AUTO(bus_body_done) BusBody body = bus_body_of("ao");
        char path[BUS_PATH_SIZE];
        int refused = 0, r = bus_body_open(&body, 'a', "o");
        Job *job;

        for (Unit *unit = engine_next_unit(call->server->engine, NULL); unit && r >= 0;
             unit = engine_next_unit(call->server->engine, unit)) {
                if (!(unit->flags & UNIT_MARKS) || refused == -ENOMEM)
                        continue;
                int one = request(call, unit, &job);
                if (one < 0) {
                        refused = refused < 0 ? refused : one;
                        continue;
                }
                bus_signal_own_job(call->connection, job);
                r = bus_body_append_basic(&body, 'o', bus_job_path(job->id, path));
        }
        if (refused < 0)
                return refused;
        if (r >= 0)
                r = bus_body_close(&body);
        return r < 0 ? r : bus_reply(call, &body);
}

static int get_marks(BusGetterContext *context, BusBody *body) {
        int r = bus_body_open(body, 'a', "s");

        for (unsigned i = 0; i < ARRAY_LENGTH(marks) && r >= 0; i++)
                if (context->unit->flags & marks[i].flag)
                        r = bus_body_append_basic(body, 's', marks[i].name);
        return r < 0 ? r : bus_body_close(body);
}

/* clang-format off */
const BusGetterRow bus_mark_getters[] = {
        { BUS_FAMILY_UNIT, "Markers", get_marks, 0 },
};
/* clang-format on */

const unsigned bus_mark_getter_count = ARRAY_LENGTH(bus_mark_getters);
