/* SPDX-License-Identifier: Apache-2.0 */

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <systemd/sd-id128.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "bus/bus_manager.h"
#include "bus/bus_object.h"
#include "bus/bus_public.h"
#include "bus/bus_reply.h"
#include "bus/bus_signal.h"

static int not_supported(BusCall *call) {
        return sd_bus_error_set(
                call->error, SD_BUS_ERROR_NOT_SUPPORTED, "This manager does not support that.");
}

int bus_manager_subscribe(BusCall *call, const BusMethodRow *row) {
        if (call->connection->is_public)
                return row->variant ? bus_public_subscribe(call) : bus_public_unsubscribe(call);
        call->connection->hears = row->variant ? BUS_HEARS_ALL : BUS_HEARS_OWN;
        return bus_reply_values(call, NULL);
}

int bus_manager_reload(BusCall *call, const BusMethodRow *row UNUSED) {
        const BusHost *host = &call->server->host;
        int r;

        if (!host->reload)
                return not_supported(call);
        r = host->reload(host->userdata);
        if (r < 0)
                return sd_bus_error_set_errnof(call->error, r, "Failed to reload");
        return bus_reply_values(call, NULL);
}

int bus_manager_reexecute(BusCall *call, const BusMethodRow *row UNUSED) {
        const BusHost *host = &call->server->host;
        int r;

        if (!host->reexecute)
                return not_supported(call);
        r = host->reexecute(host->userdata);
        if (r < 0)
                return sd_bus_error_set_errnof(call->error, r, "Failed to start again");
        return bus_reply_values(call, NULL);
}

int bus_manager_exit(BusCall *call, const BusMethodRow *row) {
        static const char *const verbs[BUS_EXIT_COUNT] = {
                [BUS_EXIT] = "exit", [BUS_REBOOT] = "reboot", [BUS_POWEROFF] = "poweroff",
                [BUS_HALT] = "halt", [BUS_KEXEC] = "kexec",
        };
        const BusHost *host = &call->server->host;
        int r;

        if (!host->exit)
                return not_supported(call);
        r = host->exit(host->userdata, verbs[row->variant], call->server->exit_code);
        if (r == -EOPNOTSUPP)
                return not_supported(call);
        if (r < 0)
                return sd_bus_error_set_errno(call->error, r);
        return bus_reply_values(call, NULL);
}

int bus_manager_set_exit_code(BusCall *call, const BusMethodRow *row UNUSED) {
        uint8_t code;
        int r = sd_bus_message_read(call->message, "y", &code);

        if (r < 0)
                return r;
        call->server->exit_code = code;
        return bus_reply_values(call, NULL);
}

int bus_manager_change_environment(BusCall *call, const BusMethodRow *row) {
        const BusHost *host = &call->server->host;
        AUTO_STRV char **unset = NULL, **set = NULL;
        int r = 0;

        if (!host->change_environment)
                return not_supported(call);
        if (row->variant & BUS_ENVIRONMENT_UNSET)
                r = sd_bus_message_read_strv(call->message, &unset);
        if (r >= 0 && (row->variant & BUS_ENVIRONMENT_SET))
                r = sd_bus_message_read_strv(call->message, &set);
        if (r < 0)
                return r;
        r = host->change_environment(host->userdata, unset, set);
        if (r == -EINVAL)
                return sd_bus_error_set(call->error,
                                        SD_BUS_ERROR_INVALID_ARGS,
                                        row->variant == BUS_ENVIRONMENT_SET
                                                ? "Invalid environment assignments"
                                                : "Invalid environment variable names or "
                                                  "assignments");
        if (r < 0)
                return sd_bus_error_set_errno(call->error, r);
        return bus_reply_values(call, NULL);
}

int bus_manager_get_default_target(BusCall *call, const BusMethodRow *row UNUSED) {
        const BusHost *host = &call->server->host;
        AUTO_FREE char *name = NULL;
        int r;

        if (!host->default_target)
                return not_supported(call);
        if (host->forget_unit_files)
                host->forget_unit_files(host->userdata);
        r = host->default_target(host->userdata, &name);
        if (r < 0)
                return sd_bus_error_set_errno(call->error, r);
        return bus_reply_values(call, "s", name);
}

static void dump_unit(const Unit *unit, StrBuf *out) {
        char id[ID128_TEXT_SIZE];

        strbuf_addf(out, "-> Unit %s:\n", unit->id);
        strbuf_addf(out, "\tDescription: %s\n", unit_description(unit));
        strbuf_addf(out, "\tUnit Load State: %s\n", unit_load_state_name(unit->load_state));
        strbuf_addf(out, "\tUnit Active State: %s\n", active_state_name(unit_active_state(unit)));
        strbuf_addf(out, "\tState: %s\n", unit_sub_state_name(unit));
        if (!id128_is_null(unit->invocation_id))
                strbuf_addf(out, "\tInvocation ID: %s\n", id128_print(unit->invocation_id, id));
        if (unit->spec && unit->spec->fragment_path)
                strbuf_addf(out, "\tFragment Path: %s\n", unit->spec->fragment_path);
        for (unsigned i = 0; i < unit->n_edges; i++)
                for (unsigned kind = 0; kind < DEPENDENCY_KIND_COUNT; kind++)
                        if (unit->edges[i].kinds & DEP_BIT(kind))
                                strbuf_addf(out,
                                            "\t%s: %s\n",
                                            dependency_kind_name((DependencyKind)kind),
                                            unit->edges[i].other->id);
        if (unit->job)
                strbuf_addf(out,
                            "\tJob: %u %s %s\n",
                            unit->job->id,
                            job_type_name(unit->job->type),
                            job_state_name(unit->job->state));
}

static bool matches(char *const *patterns, const char *name) {
        STRV_FOREACH(pattern, patterns) {
                if (fnmatch(*pattern, name, FNM_NOESCAPE) == 0)
                        return true;
        }
        return false;
}

/* Reads the patterns of the call, if it has any, and prints all units that match. */
static int dump(BusCall *call, const BusMethodRow *row, StrBuf *out) {
        const Engine *engine = call->server->engine;
        bool has_patterns = row->variant == BUS_DUMP_PATTERNS;
        AUTO_STRV char **patterns = NULL;
        int r = has_patterns ? sd_bus_message_read_strv(call->message, &patterns) : 0;

        if (r < 0)
                return r;
        if (!has_patterns) {
                strbuf_addf(out, "Manager: tend %s\n", TEND_VERSION);
                strbuf_addf(out, "State: %s\n", engine_system_state(engine));
                strbuf_addf(out, "Units: %u\nJobs: %u\n", engine->n_units, engine->n_jobs);
        }
        for (Unit *unit = engine_next_unit(engine, NULL); unit;
             unit = engine_next_unit(engine, unit))
                if (!has_patterns || matches(patterns, unit->id))
                        dump_unit(unit, out);
        return strbuf_result(out);
}

int bus_manager_dump(BusCall *call, const BusMethodRow *row) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int r = dump(call, row, &text);

        if (r < 0)
                return r;
        return bus_reply_values(call, "s", strbuf_text(&text));
}

int bus_manager_dump_by_fd(BusCall *call, const BusMethodRow *row) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        AUTO_FD int fd = -1;
        int r = dump(call, row, &text);

        if (r < 0)
                return r;
        fd = fd_new_sealed("dump", strbuf_text(&text), text.length);
        if (fd < 0)
                return sd_bus_error_set_errno(call->error, fd);
        return bus_reply_fd(call, fd);
}

int bus_manager_refuse(BusCall *call, const BusMethodRow *row) {
        static const char *const reasons[BUS_REFUSED_COUNT] = {
                [BUS_REFUSED_MOUNT] =
                        ("tend does not add images to a running service; mount the image and use "
                         "BindMountUnit."),
                [BUS_REFUSED_SWITCH_ROOT] = "tend does not switch the root file system.",
        };

        return sd_bus_error_set(call->error, SD_BUS_ERROR_NOT_SUPPORTED, reasons[row->variant]);
}

int bus_manager_set_show_status(BusCall *call, const BusMethodRow *row UNUSED) {
        static const char *const modes[] = { "", "no", "error", "auto", "temporary", "yes" };
        const char *mode;
        bool truth;
        int r = sd_bus_message_read_basic(call->message, 's', &mode);

        if (r < 0)
                return r;
        for (unsigned i = 0; i < ARRAY_LENGTH(modes); i++)
                if (streq(modes[i], mode)) /* it writes no status to a console in any case */
                        return bus_reply_values(call, NULL);
        if (parse_boolean(str_of(mode), &truth) >= 0)
                return bus_reply_values(call, NULL);
        return sd_bus_error_setf(
                call->error, SD_BUS_ERROR_INVALID_ARGS, "Invalid show status '%s'", mode);
}

int bus_peer_ping(BusCall *call, const BusMethodRow *row UNUSED) {
        return bus_reply_values(call, NULL);
}

int bus_peer_machine_id(BusCall *call, const BusMethodRow *row UNUSED) {
        char text[SD_ID128_STRING_MAX];
        sd_id128_t id;
        int r = sd_id128_get_machine(&id);

        if (r < 0)
                return sd_bus_error_set_errno(call->error, r);
        return bus_reply_values(call, "s", sd_id128_to_string(id, text));
}
