/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_tend.h"

#include <errno.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "bus/bus_error.h"
#include "bus/bus_reply.h"
#include "bus/bus_text.h"
#include "engine/timer_unit.h"
#include "engine/unit_history.h"

/* The unit that the call names, loaded when it is not yet; negative with the error set. */
static int read_unit(BusCall *call, Unit **ret) {
        EngineError error = { 0 };
        const char *name;
        int r = sd_bus_message_read(call->message, "s", &name);

        if (r < 0)
                return r;
        r = engine_load_unit(call->server->engine, name, ret, &error);
        return r < 0 ? bus_error_set_engine(call->error, r, &error) : 0;
}

static int append_transition(BusBody *reply, Unit *unit, const UnitTransition *transition) {
        AUTO(strbuf_done) StrBuf cause = STRBUF_INIT;
        int r;

        unit_history_describe(unit, transition, &cause);
        r = strbuf_result(&cause);
        if (r < 0)
                return err_pass(r);
        return bus_body_append(reply,
                               "(tsss)",
                               transition->realtime_usec,
                               unit_state_row(unit->type, transition->from)->name,
                               unit_state_row(unit->type, transition->to)->name,
                               strbuf_text(&cause));
}

int bus_tend_why(BusCall *call, const BusMethodRow *row) {
        AUTO(bus_body_done) BusBody reply = bus_body_of(row->out);
        const UnitTransition *transition;
        Unit *unit;
        int r = read_unit(call, &unit);

        if (r >= 0)
                r = bus_body_append(&reply, "ss", unit->id, unit_sub_state_name(unit));
        if (r >= 0)
                r = bus_body_open(&reply, 'a', "(tsss)");
        for (unsigned i = 0; r >= 0 && (transition = unit_history_get(unit, i)); i++)
                r = append_transition(&reply, unit, transition);
        if (r >= 0)
                r = bus_body_close(&reply);
        return r < 0 ? r : bus_reply(call, &reply);
}

static int reply_strv(BusCall *call, char **list) {
        AUTO(bus_body_done) BusBody reply = bus_body_of("as");
        int r = bus_append_strv(&reply, list);

        return r < 0 ? r : bus_reply(call, &reply);
}

int bus_tend_reports(BusCall *call, const BusMethodRow *row UNUSED) {
        Unit *unit;
        int r = read_unit(call, &unit);

        if (r < 0)
                return r;
        const char *refusal = timer_refusal(unit);
        if (!refusal)
                return reply_strv(call, unit->reports);
        AUTO_STRV char **reports = NULL;
        r = strv_add(&reports, refusal);
        return r < 0 ? err_pass(r) : reply_strv(call, reports);
}

static int append_finding(BusBody *reply, const Finding *finding) {
        int r = bus_body_open(reply, 'r', "susss");

        if (r >= 0)
                r = bus_append_text(reply, finding->file);
        if (r >= 0)
                r = bus_body_append_basic(reply, 'u', &finding->line);
        if (r >= 0)
                r = bus_append_text(reply, diag_severity_name(finding->severity));
        if (r >= 0)
                r = bus_append_text(reply, finding->text);
        if (r >= 0)
                r = bus_append_text(reply, finding->hint);
        return r < 0 ? r : bus_body_close(reply);
}

static int append_findings(BusBody *reply, const Diag *diag) {
        int r = bus_body_open(reply, 'a', "(susss)");

        for (unsigned i = 0; diag && i < diag->n_findings && r >= 0; i++)
                r = append_finding(reply, &diag->findings[i]);
        return r < 0 ? r : bus_body_close(reply);
}

int bus_tend_findings(BusCall *call, const BusMethodRow *row) {
        AUTO(bus_body_done) BusBody reply = bus_body_of(row->out);
        Unit *unit;
        int r = read_unit(call, &unit);

        if (r >= 0)
                r = append_findings(&reply, unit->spec ? &unit->spec->diag : NULL);
        return r < 0 ? r : bus_reply(call, &reply);
}

int bus_tend_waiting(BusCall *call, const BusMethodRow *row UNUSED) {
        Engine *engine = call->server->engine;
        AUTO_STRV char **names = NULL;

        for (Unit *unit = engine_next_unit(engine, NULL); unit;
             unit = engine_next_unit(engine, unit)) {
                if (!(unit->flags & UNIT_RETRY_WAITING))
                        continue;
                if (strv_add(&names, unit->id) < 0)
                        return err_new(-ENOMEM);
        }
        return reply_strv(call, names);
}

int bus_tend_plan(BusCall *call, const BusMethodRow *row UNUSED) {
        const BusHost *host = &call->server->host;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        Unit *unit;
        int r = read_unit(call, &unit);

        if (r < 0)
                return r;
        if (!host->plan_text)
                return sd_bus_error_set(call->error,
                                        SD_BUS_ERROR_NOT_SUPPORTED,
                                        "This manager does not show plans.");
        r = host->plan_text(host->userdata, unit, &text);
        if (r >= 0)
                r = strbuf_result(&text);
        if (r < 0)
                return sd_bus_error_set_errno(call->error, r);
        return bus_reply_values(call, "s", strbuf_text(&text));
}

int bus_tend_log_path(BusCall *call, const BusMethodRow *row UNUSED) {
        const BusHost *host = &call->server->host;
        AUTO_FREE char *path = NULL;
        Unit *unit;
        int r = read_unit(call, &unit);

        if (r < 0)
                return r;
        if (host->log_path)
                r = host->log_path(host->userdata, unit, &path);
        if (r < 0)
                return sd_bus_error_set_errno(call->error, r);
        return bus_reply_values(call, "s", path ?: "");
}

int bus_tend_listen(BusCall *call, const BusMethodRow *row UNUSED) {
        static const char *const names[BUS_HEARS_COUNT] = {
                [BUS_HEARS_ALL] = "all",
                [BUS_HEARS_JOBS] = "jobs",
                [BUS_HEARS_OWN] = "own",
        };
        const char *what;
        int hears, r = sd_bus_message_read(call->message, "s", &what);

        if (r < 0)
                return r;
        hears = enum_parse(names, BUS_HEARS_COUNT, str_of(what));
        if (hears < 0)
                return sd_bus_error_setf(call->error,
                                         SD_BUS_ERROR_INVALID_ARGS,
                                         "There is nothing called '%s' to listen to.",
                                         what);
        if (!call->connection->is_public) /* there are others on a bus */
                call->connection->hears = (BusHears)hears;
        return bus_reply_values(call, NULL);
}
