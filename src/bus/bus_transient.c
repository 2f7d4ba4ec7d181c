/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_transient.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "bus/bus_error.h"
#include "bus/bus_manager.h"
#include "bus/bus_mark.h"
#include "bus/bus_property.h"
#include "bus/bus_reply.h"
#include "bus/bus_setting.h"
#include "bus/bus_unit.h"
#include "engine/scope_unit.h"
#include "unit/client_stream.h"
#include "unit/kind.h"
#include "unit/unit_print.h"

#define PRINTED_SECTIONS                                                                           \
        (SECTION_UNIT | SECTIONS_RESOURCE | SECTION_TIMER | SECTION_PATH | SECTION_AUTOMOUNT)

#define BUS_CHANGES_MAX 256u

/* One setting to be kept. */
typedef struct BusChange {
        const DirectiveRow *directive;
        bool runtime;
} BusChange;

/* What a request says about a unit besides its settings. */
typedef struct Transient {
        UnitSpec *spec; /* owned */
        bool add_reference;
        pid_t *pids; /* owned: for scopes */
        unsigned n_pids;
        const char *controller; /* in the message; for scopes */
        int streams[3];         /* in the message; -1 = none */
} Transient;

/* clang-format off */
static const struct {
        const char *property, *setting, *value;
} client_streams[] = {
        { "StandardInputFileDescriptor", "StandardInput", "fd:" CLIENT_STREAM_PREFIX "stdin" },
        { "StandardOutputFileDescriptor", "StandardOutput", "fd:" CLIENT_STREAM_PREFIX "stdout" },
        { "StandardErrorFileDescriptor", "StandardError", "fd:" CLIENT_STREAM_PREFIX "stderr" },
};
/* clang-format on */

static_assert(ARRAY_LENGTH(client_streams) == ARRAY_LENGTH(((Transient *)0)->streams), "one each");

static void transient_done(Transient *transient) {
        transient->spec = unit_spec_free(transient->spec);
        free(transient->pids);
}

DEFINE_AUTO_DONE(Transient, transient_done);

static int check_name(BusCall *call, const char *name, UnitType *ret_type) {
        unsigned types = 1u << UNIT_SERVICE | 1u << UNIT_SCOPE | 1u << UNIT_SLICE |
                         1u << UNIT_TIMER | 1u << UNIT_SOCKET | 1u << UNIT_PATH | 1u << UNIT_MOUNT |
                         1u << UNIT_AUTOMOUNT;

        if (!unit_name_is_valid(name, UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE) ||
            unit_name_type(name, ret_type) < 0)
                return sd_bus_error_setf(
                        call->error, SD_BUS_ERROR_INVALID_ARGS, "Invalid unit name or type.");
        if (!(types & 1u << *ret_type))
                return sd_bus_error_setf(call->error,
                                         SD_BUS_ERROR_INVALID_ARGS,
                                         "Unit type %s does not support transient units.",
                                         unit_type_name(*ret_type));
        return 0;
}

/* --- properties ------------------------------------------------------------------------------- */

static int read_pids(BusCall *call, Transient *transient) {
        const uint32_t *numbers;
        size_t size;
        int r = sd_bus_message_enter_container(call->message, 'v', "au");

        if (r >= 0)
                r = sd_bus_message_read_array(call->message, 'u', (const void **)&numbers, &size);
        if (r >= 0)
                r = sd_bus_message_exit_container(call->message);
        if (r < 0)
                return r;
        free(transient->pids);
        transient->n_pids = 0;
        transient->pids = calloc(size / sizeof(*numbers) + 1, sizeof(*transient->pids));
        if (!transient->pids)
                return err_new(-ENOMEM);
        for (size_t i = 0; i < size / sizeof(*numbers); i++) {
                r = bus_manager_check_pid(call, numbers[i], &transient->pids[i]);
                if (r < 0)
                        return r;
                transient->n_pids++;
        }
        return 0;
}

/* A descriptor of the client that is to be a standard stream; false for another property. */
static bool find_stream(const char *name, unsigned *ret) {
        for (unsigned i = 0; i < ARRAY_LENGTH(client_streams); i++) {
                *ret = i;
                if (streq(client_streams[i].property, name))
                        return true;
        }
        return false;
}

static int read_stream(BusCall *call, Transient *transient, unsigned i) {
        const KindContext context = { .place = { .unit = transient->spec->name } };
        UnitSpec *spec = transient->spec;
        int r = sd_bus_message_read(call->message, "v", "h", &transient->streams[i]);

        if (r >= 0)
                r = unit_spec_assign(spec,
                                     section_of_type(spec->type),
                                     str_of(client_streams[i].setting),
                                     str_of(client_streams[i].value),
                                     &context);
        return r;
}

static int read_controller(BusCall *call, Transient *transient) {
        int r = sd_bus_message_read(call->message, "v", "s", &transient->controller);

        if (r < 0 || !*transient->controller ||
            sd_bus_service_name_is_valid(transient->controller) > 0)
                return r;
        return sd_bus_error_setf(call->error,
                                 SD_BUS_ERROR_INVALID_ARGS,
                                 "Controller '%s' is not a valid bus name.",
                                 transient->controller);
}

static int read_property(BusCall *call, Transient *transient, const char *name) {
        unsigned stream;
        int truth, r;

        if (streq(name, "AddRef")) {
                r = sd_bus_message_read(call->message, "v", "b", &truth);
                transient->add_reference = r >= 0 && truth;
                return r;
        }
        if (transient->spec->type == UNIT_SCOPE && streq(name, "PIDs"))
                return read_pids(call, transient);
        if (transient->spec->type == UNIT_SCOPE && streq(name, "Controller"))
                return read_controller(call, transient);
        if (transient->spec->type == UNIT_SERVICE && find_stream(name, &stream))
                return read_stream(call, transient, stream);
        return bus_setting_read(call, name, transient->spec, NULL);
}

static int read_properties(BusCall *call, Transient *transient) {
        int r = sd_bus_message_enter_container(call->message, 'a', "(sv)");

        while (r >= 0 && (r = sd_bus_message_enter_container(call->message, 'r', "sv")) > 0) {
                const char *name;
                r = sd_bus_message_read_basic(call->message, 's', &name);
                if (r >= 0)
                        r = read_property(call, transient, name);
                if (r >= 0)
                        r = sd_bus_message_exit_container(call->message);
        }
        return r < 0 ? r : sd_bus_message_exit_container(call->message);
}

/* --- the unit --------------------------------------------------------------------------------- */

/* Writes the settings to a file and loads it again as any other unit. */
static int write_and_load(BusCall *call, const UnitSpec *spec, UnitSpec **ret) {
        const BusHost *host = &call->server->host;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int r;

        strbuf_add(&text, "# This is a transient unit file, made by a request over the bus.\n");
        unit_print(spec, PRINTED_SECTIONS, &text);
        r = strbuf_result(&text);
        if (r < 0)
                return r;
        if (!host->make_transient)
                return sd_bus_error_set(call->error,
                                        SD_BUS_ERROR_NOT_SUPPORTED,
                                        "This manager does not make transient units.");
        r = host->make_transient(host->userdata, spec->name, strbuf_text(&text), ret);
        if (r < 0 && r != -ENOMEM)
                return sd_bus_error_set_errnof(call->error, r, "Cannot write the unit file");
        return r;
}

static int refuse_loaded(BusCall *call, const UnitSpec *spec) {
        const char *why = spec->load_error ?: "it could not be loaded";

        if (spec->diag.n_findings > 0)
                why = spec->diag.findings[0].text;
        return sd_bus_error_setf(
                call->error, BUS_ERROR_BAD_UNIT_SETTING, "%s: %s", spec->name, why);
}

static int set_scope(const Transient *transient, Unit *unit) {
        int r = scope_set_processes(unit, transient->pids, transient->n_pids);

        if (r >= 0 && transient->controller && *transient->controller)
                r = scope_set_controller(unit, transient->controller);
        return r;
}

static int keep_streams(BusCall *call, const Transient *transient, Unit *unit) {
        const BusHost *host = &call->server->host;
        int r = 0;

        for (unsigned i = 0; i < ARRAY_LENGTH(client_streams) && r >= 0; i++) {
                if (transient->streams[i] < 0)
                        continue;
                if (!host->keep_stream)
                        return sd_bus_error_set(call->error,
                                                SD_BUS_ERROR_NOT_SUPPORTED,
                                                "This manager does not take streams.");
                r = host->keep_stream(host->userdata,
                                      unit,
                                      client_streams[i].value + strlen("fd:"),
                                      transient->streams[i]);
        }
        return r;
}

static int make_unit(BusCall *call, Transient *transient, Unit **ret) {
        const BusHost *host = &call->server->host;
        AUTO(unit_spec_free) UnitSpec *loaded = NULL;
        EngineError error = { 0 };
        int r = engine_check_transient(call->server->engine, transient->spec->name, &error);

        if (r < 0)
                return bus_error_set_engine(call->error, r, &error);
        if (transient->spec->type == UNIT_SCOPE && transient->n_pids == 0)
                return sd_bus_error_setf(call->error,
                                         BUS_ERROR_NO_SUCH_UNIT,
                                         "%s: Scope has no PIDs. Refusing.",
                                         transient->spec->name);
        r = write_and_load(call, transient->spec, &loaded);
        if (r < 0)
                return r;
        r = loaded->load_state == UNIT_LOADED ? 0 : refuse_loaded(call, loaded);
        if (r >= 0)
                r = engine_add_transient(call->server->engine, loaded, ret, &error);
        if (r == -ECANCELED)
                r = bus_error_set_engine(call->error, r, &error);
        if (r < 0) {
                if (host->drop_transient)
                        host->drop_transient(host->userdata, transient->spec->name);
                return r;
        }
        loaded = NULL; /* the unit has it now */
        if (transient->spec->type == UNIT_SCOPE && (r = set_scope(transient, *ret)) < 0)
                return r;
        r = keep_streams(call, transient, *ret);
        if (r < 0)
                return sd_bus_error_set_errnof(call->error, r, "Cannot keep the streams");
        return transient->add_reference ? bus_unit_hold(call, *ret) : 0;
}

static int read_unit(BusCall *call, const char *name, Unit **ret) {
        AUTO(transient_done) Transient transient = { .streams = { -1, -1, -1 } };
        UnitType type;
        int r = check_name(call, name, &type);

        if (r < 0)
                return r;
        r = unit_spec_new(name, &transient.spec);
        if (r >= 0)
                r = read_properties(call, &transient);
        return r < 0 ? r : make_unit(call, &transient, ret);
}

/* Units that are made along with the one that is started, such as the service of a timer. */
static int read_others(BusCall *call) {
        int r = sd_bus_message_enter_container(call->message, 'a', "(sa(sv))");

        while (r >= 0 && (r = sd_bus_message_enter_container(call->message, 'r', "sa(sv)")) > 0) {
                const char *name;
                Unit *unit;
                r = sd_bus_message_read_basic(call->message, 's', &name);
                if (r >= 0)
                        r = read_unit(call, name, &unit);
                if (r >= 0)
                        r = sd_bus_message_exit_container(call->message);
        }
        return r < 0 ? r : sd_bus_message_exit_container(call->message);
}

int bus_manager_start_transient(BusCall *call, const BusMethodRow *row UNUSED) {
        const char *name, *mode;
        Unit *unit;
        int r = sd_bus_message_read(call->message, "ss", &name, &mode);

        if (r >= 0)
                r = bus_unit_check_mode(call, mode);
        if (r >= 0)
                r = read_unit(call, name, &unit);
        if (r >= 0)
                r = read_others(call);
        return r < 0 ? r : bus_unit_reply_job(call, unit, JOB_START, mode);
}

/* --- settings of a unit that is there --------------------------------------------------------- */

/* What may change while a unit runs: limits of its control group, and what it is called. */
static bool is_live(const DirectiveRow *directive) {
        return (directive->sections & SECTIONS_RESOURCE) == SECTIONS_RESOURCE ||
               directive->id == DIRECTIVE_DESCRIPTION;
}

static bool is_list(const Value *value) {
        return value->shape == SHAPE_STRV || value->shape == SHAPE_RULES;
}

/* The text of a drop-in file with one setting; lists are told whole. */
static void print_setting(const UnitSpec *spec, const DirectiveRow *directive, StrBuf *out) {
        const Value *value = unit_spec_find(spec, directive->id);
        bool is_general = directive->sections & SECTION_UNIT;

        strbuf_addf(out,
                    "# Written by a request over the bus.\n[%s]\n",
                    section_name(is_general ? SECTION_UNIT : section_of_type(spec->type)));
        if (!value || is_list(value))
                strbuf_addf(out, "%s=\n", directive->name);
        unit_print_setting(spec, directive->id, out);
}

static int write_setting(BusCall *call, Unit *unit, const UnitSpec *spec, const BusChange *change) {
        const BusHost *host = &call->server->host;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int r;

        print_setting(spec, change->directive, &text);
        r = strbuf_result(&text);
        if (r >= 0)
                r = host->write_setting(host->userdata,
                                        unit,
                                        change->directive->name,
                                        strbuf_text(&text),
                                        change->runtime);
        return r < 0 && r != -ENOMEM
                       ? sd_bus_error_set_errnof(
                                 call->error, r, "Cannot write the setting: %s", strerror(-r))
                       : r;
}

/* What SetUnitProperties asks for. */
typedef struct Changes {
        const DirectiveRow *settings[BUS_CHANGES_MAX];
        unsigned n_settings;
        BusMarkChange marks;
} Changes;

static int read_setting(BusCall *call, const char *name, UnitSpec *spec, Changes *changes) {
        const DirectiveRow *directive = NULL;
        int r = bus_setting_read(call, name, spec, &directive);

        if (r >= 0 && !is_live(directive))
                r = bus_setting_refuse(name, call->error);
        if (r < 0)
                return r;
        if (changes->n_settings == BUS_CHANGES_MAX)
                return sd_bus_error_set(call->error,
                                        SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many properties in one call.");
        changes->settings[changes->n_settings++] = directive;
        return 0;
}

/* Reads all properties before one is written: all or none. */
static int read_changes(BusCall *call, UnitSpec *spec, Changes *changes) {
        int r = sd_bus_message_enter_container(call->message, 'a', "(sv)");

        while (r >= 0 && (r = sd_bus_message_enter_container(call->message, 'r', "sv")) > 0) {
                const char *name;
                r = sd_bus_message_read_basic(call->message, 's', &name);
                if (r >= 0)
                        r = streq(name, "Markers") ? bus_mark_read(call, &changes->marks)
                                                   : read_setting(call, name, spec, changes);
                if (r >= 0)
                        r = sd_bus_message_exit_container(call->message);
        }
        return r < 0 ? r : sd_bus_message_exit_container(call->message);
}

static int set_properties(BusCall *call, Unit *unit, bool runtime) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        const BusHost *host = &call->server->host;
        Changes changes = { .n_settings = 0 };
        int r;

        if (!host->write_setting)
                return sd_bus_error_set(call->error,
                                        SD_BUS_ERROR_NOT_SUPPORTED,
                                        "This manager does not keep settings.");
        if (unit->load_state != UNIT_LOADED)
                return sd_bus_error_setf(call->error,
                                         BUS_ERROR_NO_SUCH_UNIT,
                                         "Unit %s not %s.",
                                         unit->id,
                                         unit->load_state == UNIT_NOT_FOUND ? "found" : "loaded");
        r = unit_spec_copy(unit->spec, &spec);
        if (r >= 0)
                r = read_changes(call, spec, &changes);
        for (unsigned i = 0; i < changes.n_settings && r >= 0; i++) {
                const BusChange change = { changes.settings[i], runtime };
                r = write_setting(call, unit, spec, &change);
        }
        if (r >= 0 && changes.n_settings > 0)
                r = host->reload_unit(host->userdata, unit);
        if (r >= 0)
                bus_mark_apply(unit, &changes.marks);
        return r < 0 ? r : bus_reply_values(call, NULL);
}

int bus_manager_set_properties(BusCall *call, const BusMethodRow *row UNUSED) {
        EngineError error = { 0 };
        const char *name;
        Unit *unit;
        int runtime, r = sd_bus_message_read(call->message, "sb", &name, &runtime);

        if (r < 0)
                return r;
        r = engine_load_unit(call->server->engine, name, &unit, &error);
        if (r < 0)
                return bus_error_set_engine(call->error, r, &error);
        return set_properties(call, unit, runtime);
}

int bus_unit_set_properties(BusCall *call, const BusMethodRow *row UNUSED) {
        int runtime, r = sd_bus_message_read_basic(call->message, 'b', &runtime);

        return r < 0 ? r : set_properties(call, call->object.unit, runtime);
}
