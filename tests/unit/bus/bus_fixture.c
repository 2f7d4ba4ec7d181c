/* SPDX-License-Identifier: Apache-2.0 */

#include "bus_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/strv.h"
#include "unit_test.h"

/* The fake host has no place for the server, and announcements carry only the host. */
static BusServer *the_server;
static EnginePorts fake_ports;

static void on_unit_added(void *userdata, Unit *unit) {
        fake_ports.unit_added(userdata, unit);
        bus_server_unit_added(the_server, unit);
}

static void on_unit_changed(void *userdata, Unit *unit) {
        fake_ports.unit_changed(userdata, unit);
        bus_server_unit_changed(the_server, unit);
}

static void on_unit_gone(void *userdata, Unit *unit) {
        if (the_server)
                bus_server_unit_gone(the_server, unit);
        fake_ports.unit_gone(userdata, unit);
}

static void on_job_added(void *userdata, Job *job) {
        fake_ports.job_added(userdata, job);
        bus_server_job_added(the_server, job);
}

static void on_job_changed(void *userdata, Job *job) {
        fake_ports.job_changed(userdata, job);
        bus_server_job_changed(the_server, job);
}

static void on_job_removed(void *userdata, const Job *job, JobResult result) {
        fake_ports.job_removed(userdata, job, result);
        if (the_server)
                bus_server_job_removed(the_server, job, result);
}

static void hook_ports(EnginePorts *ports) {
        fake_ports = *ports;
        ports->unit_added = on_unit_added;
        ports->unit_changed = on_unit_changed;
        ports->unit_gone = on_unit_gone;
        ports->job_added = on_job_added;
        ports->job_changed = on_job_changed;
        ports->job_removed = on_job_removed;
}

static int on_post(sd_event_source *source UNUSED, void *userdata) {
        BusFixture *fixture = userdata;

        fake_host_run(fixture->host);
        return 0;
}

static void add_argument(sd_bus_message *message, char type, StrBuf *line) {
        const char *text;
        uint32_t number;
        int truth;

        if (type == 's' || type == 'o') {
                assert_true(sd_bus_message_read_basic(message, type, &text) > 0);
                strbuf_addf(line, " %s", text);
        } else if (type == 'u') {
                assert_true(sd_bus_message_read_basic(message, type, &number) > 0);
                strbuf_addf(line, " %u", number);
        } else if (type == 'b') {
                assert_true(sd_bus_message_read_basic(message, type, &truth) > 0);
                strbuf_addf(line, " %d", truth);
        }
}

static int on_signal(sd_bus_message *message, void *userdata, sd_bus_error *error UNUSED) {
        BusFixture *fixture = userdata;
        AUTO(strbuf_done) StrBuf line = STRBUF_INIT;
        const char *member = sd_bus_message_get_member(message);

        if (!sd_bus_message_is_signal(message, NULL, NULL))
                return 0;
        strbuf_add(&line, member);
        if (streq(member, "PropertiesChanged"))
                strbuf_addf(&line, " %s", sd_bus_message_get_path(message));
        for (const char *type = sd_bus_message_get_signature(message, true); *type; type++) {
                if (*type == 'a' || *type == 't')
                        break;
                add_argument(message, *type, &line);
        }
        assert_int_equal(strv_add(&fixture->signals, strbuf_text(&line)), 0);
        return 0;
}

sd_bus *bus_fixture_connect(BusFixture *fixture) {
        sd_bus *bus = NULL;
        char address[128];

        (void)snprintf(address, sizeof(address), "unix:path=%s", fixture->path);
        assert_true(sd_bus_new(&bus) >= 0);
        assert_true(sd_bus_set_address(bus, address) >= 0);
        assert_true(sd_bus_negotiate_fds(bus, true) >= 0);
        assert_true(sd_bus_start(bus) >= 0);
        assert_true(sd_bus_attach_event(bus, fixture->event, 0) >= 0);
        return bus;
}

static void start_server(BusFixture *fixture) {
        BusServerOptions options = {
                .engine = fixture->host->engine,
                .host = &fixture->bus_host,
                .event = fixture->event,
                .owner = getuid(),
                .n_connections_max = BUS_FIXTURE_CONNECTIONS_MAX,
        };

        assert_int_equal(bus_server_new(&options, &fixture->server), 0);
        the_server = fixture->server;
        hook_ports(&fixture->host->engine->ports);
        (void)snprintf(fixture->directory, sizeof(fixture->directory), "/tmp/tend-bus-XXXXXX");
        assert_non_null(mkdtemp(fixture->directory));
        (void)snprintf(fixture->path, sizeof(fixture->path), "%s/private", fixture->directory);
        assert_int_equal(bus_server_listen(fixture->server, fixture->path), 0);
}

BusFixture *bus_fixture_new(const BusHost *bus_host) {
        BusFixture *fixture = calloc(1, sizeof(*fixture));
        EngineConfig config = ENGINE_CONFIG_INIT;

        assert_non_null(fixture);
        if (bus_host)
                fixture->bus_host = *bus_host;
        fixture->host = fake_host_new(&config);
        assert_true(sd_event_new(&fixture->event) >= 0);
        start_server(fixture);
        assert_true(sd_event_add_post(fixture->event, NULL, on_post, fixture) >= 0);
        fixture->client = bus_fixture_connect(fixture);
        assert_true(sd_bus_add_filter(fixture->client, NULL, on_signal, fixture) >= 0);
        bus_fixture_settle(fixture);
        return fixture;
}

BusFixture *bus_fixture_free(BusFixture *fixture) {
        if (!fixture)
                return NULL;
        sd_bus_close_unref(fixture->client);
        the_server = NULL;
        fixture->server = bus_server_free(fixture->server);
        sd_event_unref(fixture->event);
        fixture->host->engine->ports = fake_ports;
        fake_host_free(fixture->host);
        assert_int_equal(rmdir(fixture->directory), 0); /* the socket was removed */
        strv_free(fixture->signals);
        free(fixture);
        return NULL;
}

typedef struct PendingCall {
        sd_bus_message *reply;
} PendingCall;

static int on_reply(sd_bus_message *message, void *userdata, sd_bus_error *error UNUSED) {
        PendingCall *pending = userdata;

        pending->reply = sd_bus_message_ref(message);
        return 0;
}

static int keep_error(BusFixture *fixture, sd_bus_message *reply) {
        const sd_bus_error *error = sd_bus_message_get_error(reply);

        (void)snprintf(fixture->error_name, sizeof(fixture->error_name), "%s", error->name);
        (void)snprintf(fixture->error_text, sizeof(fixture->error_text), "%s", error->message);
        return -sd_bus_message_get_errno(reply);
}

int bus_fixture_call(BusFixture *fixture,
                     const char *path,
                     const char *interface,
                     const char *member,
                     sd_bus_message **ret_reply,
                     const char *types,
                     ...) {
        sd_bus_message *call = NULL;
        PendingCall pending = { 0 };
        va_list args;
        int r = 0;

        assert_true(sd_bus_message_new_method_call(
                            fixture->client, &call, NULL, path, interface, member) >= 0);
        va_start(args, types);
        if (types)
                assert_true(sd_bus_message_appendv(call, types, args) >= 0);
        va_end(args);
        assert_true(sd_bus_call_async(
                            fixture->client, NULL, call, on_reply, &pending, UINT64_MAX) >= 0);
        sd_bus_message_unref(call);
        while (!pending.reply)
                assert_true(sd_event_run(fixture->event, UINT64_MAX) >= 0);
        if (sd_bus_message_is_method_error(pending.reply, NULL))
                r = keep_error(fixture, pending.reply);
        if (r >= 0 && ret_reply)
                *ret_reply = pending.reply;
        else
                sd_bus_message_unref(pending.reply);
        return r;
}

void bus_fixture_get(BusFixture *fixture,
                     const char *path,
                     const char *interface,
                     const char *property,
                     const char *signature,
                     sd_bus_message **ret_reply) {
        assert_int_equal(
                bus_fixture_call(
                        fixture, path, PROPERTIES, "Get", ret_reply, "ss", interface, property),
                0);
        assert_true(sd_bus_message_enter_container(*ret_reply, 'v', signature) > 0);
}

void bus_fixture_settle(BusFixture *fixture) {
        while (sd_event_run(fixture->event, 0) > 0)
                ;
}

bool bus_fixture_heard(const BusFixture *fixture, const char *line) {
        return strv_contains(fixture->signals, line);
}

unsigned bus_fixture_count(const BusFixture *fixture, const char *prefix) {
        unsigned n = 0;

        STRV_FOREACH(line, fixture->signals) {
                n += str_has_prefix(str_of(*line), prefix);
        }
        return n;
}
