/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "engine/job_queue.h"
#include "engine/service_unit.h"
#include "engine/socket_phase.h"
#include "engine/trigger_limit.h"
#include "engine/unit_activation.h"
#include "engine/unit_history.h"
#include "engine/unit_registry.h"

/* Of systemd.socket(5), TriggerLimitBurst=. */
#define TRIGGER_BURST_ACCEPTING 200
#define TRIGGER_BURST 20

/* --- one service for all traffic ---------------------------------------------------------------
 */

static bool is_on_the_way(const Unit *service) {
        if (active_state_is_rising(unit_active_state(service)))
                return true;
        return service->job &&
               (service->job->type == JOB_START || service->job->type == JOB_RESTART);
}

static int start_service(Unit *unit) {
        EngineError error = { .code = ENGINE_ERROR_NONE };
        unsigned cursor = 0;
        for (const UnitEdge *edge; (edge = unit_graph_next(unit, DEP_BIT(DEP_TRIGGERS), &cursor));)
                if (is_on_the_way(edge->other))
                        return 0;
        cursor = 0;
        const UnitEdge *edge = unit_graph_next(unit, DEP_BIT(DEP_TRIGGERS), &cursor);
        if (!edge)
                return err_new(-ENOENT);
        unit_activation_begin(edge->other, unit);
        unit_history_cause(edge->other, CAUSE_BOUND, 0, unit->id);
        int r = engine_enqueue_job(edge->other, JOB_START, JOB_MODE_REPLACE, &error, NULL);
        if (r < 0)
                unit_log(
                        unit,
                        LOG_WARNING,
                        "%s: Failed to queue service startup job (Maybe the service file is missing or not a non-template unit?): %s",
                        unit->id,
                        error.text);
        return err_pass(r);
}

/* --- a service per connection ------------------------------------------------------------------
 */

static bool is_of(const Unit *unit, const Unit *service) {
        return service->service && streq_null(service->service->accepted_by, unit->id);
}

static unsigned count_from(const Unit *unit, const char *address) {
        unsigned n = 0;
        LIST_FOREACH(other, &unit->engine->units[UNIT_SERVICE], Unit, by_type)
        if (is_of(unit, other) && streq_null(other->service->peer_address, address))
                n++;
        return n;
}

static bool has_room(Unit *unit, const SocketPeer *peer) {
        SocketRuntime *s = unit->socket;
        uint64_t limit = unit_spec_number(unit->spec, DIRECTIVE_MAX_CONNECTIONS);
        uint64_t per_source = unit_spec_number(unit->spec, DIRECTIVE_MAX_CONNECTIONS_PER_SOURCE);
        if (s->n_connections >= limit) {
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Too many incoming connections (%u), dropping connection.",
                         unit->id,
                         s->n_connections);
                return false;
        }
        if (per_source == 0 || !peer->address)
                return true;
        unsigned n = count_from(unit, peer->address);
        if (n < per_source)
                return true;
        unit_log(unit,
                 LOG_WARNING,
                 "%s: Too many incoming connections (%u) from source %s, dropping connection.",
                 unit->id,
                 n,
                 peer->address);
        return false;
}

/* "name@" number "-" peer ".service". */
static int load_instance(Unit *unit, const SocketPeer *peer, Unit **ret) {
        EngineError error = { .code = ENGINE_ERROR_NONE };
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
        strbuf_add_str(&name, unit_name_prefix(unit->id));
        strbuf_addf(&name, "@%u-%s.service", unit->socket->n_accepted, peer->instance);
        int r = strbuf_result(&name);
        if (r < 0)
                return err_pass(r);
        r = engine_load_unit(unit->engine, strbuf_text(&name), ret, &error);
        if (r < 0)
                return err_pass(r);
        if ((*ret)->load_state != UNIT_LOADED)
                return err_new(-ENOENT);
        return unit_wake(*ret);
}

static int add_edges(Unit *unit, Unit *service) {
        uint32_t kinds = DEP_BIT(DEP_BEFORE) | DEP_BIT(DEP_TRIGGERS) | DEP_BIT(DEP_REFERENCED_BY);
        return err_pass(unit_graph_add_kinds(unit, kinds, service, true));
}

/* Without memory it is shown as any other service. */
static void set_title(Unit *service, const char *title) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        const char *description = unit_description(service);
        if (!title)
                return;
        if (description == service->id)
                strbuf_add(&text, title);
        else
                strbuf_addf(&text, "%s (%s)", description, title);
        free(service->service->title);
        service->service->title = strbuf_steal(&text);
}

static int tie(Unit *unit, Unit *service, const SocketPeer *peer) {
        const EnginePorts *ports = socket_ports(unit);
        ServiceRuntime *s = service->service;
        AUTO_FREE char *socket_name = strdup(unit->id);
        AUTO_FREE char *address = peer->address ? strdup(peer->address) : NULL;
        if (!socket_name || (peer->address && !address))
                return err_new(-ENOMEM);
        int r = add_edges(unit, service);
        if (r >= 0)
                r = ports->socket_give(ports->userdata, service);
        if (r < 0)
                return err_pass(r);
        s->accepted_by = STEAL(socket_name);
        s->peer_address = STEAL(address);
        s->peer_port = peer->port;
        set_title(service, peer->title);
        unit->socket->n_accepted++;
        unit->socket->n_connections++;
        return 0;
}

static int serve(Unit *unit, const SocketPeer *peer) {
        EngineError error = { .code = ENGINE_ERROR_NONE };
        Unit *service = NULL;
        int r = load_instance(unit, peer, &service);
        if (r >= 0)
                r = tie(unit, service, peer);
        if (r < 0)
                return err_pass(r);
        unit_activation_begin(service, unit);
        unit_history_cause(service, CAUSE_BOUND, 0, unit->id);
        r = engine_enqueue_job(service, JOB_START, JOB_MODE_REPLACE, &error, NULL);
        if (r < 0)
                socket_connection_ended(service);
        unit_mark_changed(unit);
        return err_pass(r);
}

static void accept_one(Unit *unit, const SocketPeer *peer) {
        if (!has_room(unit, peer)) {
                unit->socket->n_refused++;
                unit_mark_changed(unit);
                return;
        }
        int r = serve(unit, peer);
        if (r >= 0)
                return;
        unit_log(
                unit,
                LOG_WARNING,
                "%s: Failed to queue service startup job (Maybe the service file is missing or not a template unit?): %s",
                unit->id,
                strerror(-r));
        socket_enter_stop_pre(unit, SOCKET_FAILURE_RESOURCES);
}

void socket_connection_ended(Unit *service) {
        ServiceRuntime *s = service->service;
        if (!s || !s->accepted_by)
                return;
        Unit *unit = engine_find_unit(service->engine, s->accepted_by);
        if (unit && unit->socket && unit->socket->n_connections > 0) {
                unit->socket->n_connections--;
                unit_mark_changed(unit);
        }
        free(STEAL(s->accepted_by));
        free(STEAL(s->peer_address));
}

static bool is_over(const Unit *service) {
        return !service->job && active_state_is_down(unit_active_state(service));
}

void socket_tie_connections(Unit *unit) {
        LIST_FOREACH(service, &unit->engine->units[UNIT_SERVICE], Unit, by_type)
        if (is_of(unit, service))
                (void)add_edges(unit, service); /* without memory its end is not noticed */
}

/* The record of the socket may be older than that of a service, whose name must not come twice. */
static unsigned next_instance(const Unit *service) {
        Str rest = unit_name_instance(service->id), number;
        uint32_t n;
        if (!str_next_part(&rest, '-', &number) || parse_u32(number, &n) < 0)
                return 0;
        return n + 1;
}

void socket_count_connections(Unit *unit) {
        SocketRuntime *s = unit->socket;
        s->n_connections = 0;
        LIST_FOREACH(service, &unit->engine->units[UNIT_SERVICE], Unit, by_type)
        if (is_of(unit, service)) {
                s->n_connections++;
                s->n_accepted = MAX(s->n_accepted, next_instance(service));
                if (is_over(service))
                        socket_connection_ended(service);
        }
        socket_tie_connections(unit);
}

/* --- events -------------------------------------------------------------------------------------
 */

void socket_on_incoming(Unit *unit, const SocketPeer *peer) {
        const EnginePorts *ports = socket_ports(unit);
        if (unit->job && unit->job->type == JOB_STOP) {
                unit_log(unit,
                         LOG_DEBUG,
                         "%s: Suppressing connection request since unit stop is scheduled.",
                         unit->id);
                if (peer)
                        unit->socket->n_refused++;
                else
                        ports->socket_flush(ports->userdata, unit);
                return;
        }
        if (trigger_limit_hit(unit,
                              &unit->socket->triggers,
                              socket_accepts(unit) ? TRIGGER_BURST_ACCEPTING : TRIGGER_BURST)) {
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Trigger limit hit, refusing further activation.",
                         unit->id);
                unit->socket->n_refused++;
                socket_enter_stop_pre(unit, SOCKET_FAILURE_TRIGGER_LIMIT_HIT);
                return;
        }
        if (peer)
                accept_one(unit, peer);
        else if (start_service(unit) < 0)
                socket_enter_stop_pre(unit, SOCKET_FAILURE_RESOURCES);
        else
                socket_set_state(unit, SOCKET_RUNNING);
}

/* Whether the service holds the sockets no longer, or is about to be started with them anew. */
static bool has_let_go(const Unit *service) {
        switch (service->state) {
        case SERVICE_DEAD:
        case SERVICE_FAILED:
        case SERVICE_FINAL_SIGTERM:
        case SERVICE_FINAL_SIGKILL:
        case SERVICE_AUTO_RESTART:
                return true;
        default:
                return false;
        }
}

void socket_on_triggered(Unit *unit, Unit *triggered) {
        if (triggered->type != UNIT_SERVICE)
                return;
        if (socket_accepts(unit)) {
                if (is_over(triggered))
                        socket_connection_ended(triggered);
                return;
        }
        if (unit->state != SOCKET_RUNNING && unit->state != SOCKET_LISTENING)
                return;
        if (triggered->flags & UNIT_START_LIMIT_HIT) {
                socket_enter_stop_pre(unit, SOCKET_FAILURE_SERVICE_START_LIMIT_HIT);
                return;
        }
        if (triggered->job)
                return;
        if (has_let_go(triggered)) {
                if (unit->state != SOCKET_LISTENING)
                        socket_enter_listening(unit);
        } else if (triggered->state == SERVICE_RUNNING && unit->state != SOCKET_RUNNING)
                socket_set_state(unit, SOCKET_RUNNING);
}
