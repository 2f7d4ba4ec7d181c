/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_unit_files.h"

#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "base/strv.h"
#include "bus/bus_reply.h"
#include "bus/bus_text.h"
#include "unit/unit_install.h"
#include "unit/unit_install_state.h"

#define ERROR_PREFIX "org.freedesktop.systemd1."

/* Bits of the WithFlags methods. */
#define FLAG_RUNTIME UINT64_C(1)
#define FLAG_FORCE UINT64_C(2)
#define FLAGS_KNOWN (FLAG_RUNTIME | FLAG_FORCE | UINT64_C(4)) /* and "portable" */

/* What a call asks for; owns the request's strings. */
typedef struct Change {
        UnitInstallRequest request;
        char **names;
        UnitInstallReport report;
} Change;

static void change_done(Change *change) {
        strv_free(change->names);
        unit_install_report_done(&change->report);
}

DEFINE_AUTO_DONE(Change, change_done);

/* --- arguments
 * --------------------------------------------------------------------------------- */

static int invalid(BusCall *call, const char *text) {
        return sd_bus_error_set(call->error, SD_BUS_ERROR_INVALID_ARGS, text);
}

static int read_flag(BusCall *call, unsigned flag, Change *change) {
        int value;
        int r = sd_bus_message_read_basic(call->message, 'b', &value);

        if (r >= 0 && value)
                change->request.flags |= flag;
        return r;
}

static int read_flags(BusCall *call, Change *change) {
        uint64_t flags;
        int r = sd_bus_message_read_basic(call->message, 't', &flags);

        if (r < 0)
                return r;
        if (flags & ~FLAGS_KNOWN)
                return invalid(call, "Invalid flags");
        change->request.flags |= (flags & FLAG_RUNTIME ? UNIT_INSTALL_RUNTIME : 0U) |
                                 (flags & FLAG_FORCE ? UNIT_INSTALL_FORCE : 0U);
        return 0;
}

/* A string is the mode of presets or the name of the default target. */
static int read_text(BusCall *call, Change *change) {
        const char *text;
        int r = sd_bus_message_read_basic(call->message, 's', &text);

        if (r < 0)
                return r;
        if (change->request.verb == UNIT_INSTALL_SET_DEFAULT)
                change->request.target = text;
        else if (unit_preset_mode_parse(text, &change->request.mode) < 0)
                return invalid(call, "Invalid preset mode");
        return 0;
}

/* Reads the arguments by the row's signature: names, texts, `runtime` and `force` in that order;
 * what has one flag takes `runtime`, and the default target `force`. */
static int read_arguments(BusCall *call, const BusMethodRow *row, Change *change) {
        unsigned flag = row->variant == UNIT_INSTALL_SET_DEFAULT ? UNIT_INSTALL_FORCE
                                                                 : UNIT_INSTALL_RUNTIME;
        int r = 0;

        for (const char *type = row->in; *type && r >= 0; type++) {
                if (*type == 'a') {
                        r = sd_bus_message_read_strv(call->message, &change->names);
                        change->request.names = change->names;
                        type++;
                } else if (*type == 's') {
                        r = read_text(call, change);
                } else if (*type == 't') {
                        r = read_flags(call, change);
                } else {
                        r = read_flag(call, flag, change);
                        flag = UNIT_INSTALL_FORCE;
                }
        }
        return r;
}

/* --- answers
 * ----------------------------------------------------------------------------------- */

/* The error of the first failure, else of the number. */
static int refuse(BusCall *call, const UnitInstallChanges *changes, int r) {
        for (size_t i = 0; i < changes->n_items; i++) {
                AUTO(strbuf_done) StrBuf text = STRBUF_INIT, name = STRBUF_INIT;
                if (changes->items[i].kind != INSTALL_FAILED)
                        continue;
                const char *known = unit_install_failure_print(&changes->items[i], &text);
                strbuf_addf(&name, ERROR_PREFIX "%s", known);
                if (known)
                        return sd_bus_error_set(
                                call->error, strbuf_text(&name), strbuf_text(&text));
                return sd_bus_error_set_errnof(
                        call->error, changes->items[i].error, "%s", strbuf_text(&text));
        }
        return sd_bus_error_set_errno(call->error, r < 0 ? r : -EINVAL);
}

static int append_change(BusBody *reply, const UnitInstallChange *change) {
        int r = bus_body_open(reply, 'r', "sss");

        if (r >= 0)
                r = bus_append_text(reply, unit_install_change_kind_name(change->kind));
        if (r >= 0)
                r = bus_append_text(reply, change->path);
        if (r >= 0)
                r = bus_append_text(reply, change->source ? change->source : "");
        return r < 0 ? r : bus_body_close(reply);
}

static int append_changes(BusBody *reply, const UnitInstallChanges *changes) {
        int r = bus_body_open(reply, 'a', "(sss)");

        for (size_t i = 0; r >= 0 && i < changes->n_items; i++)
                if (changes->items[i].kind != INSTALL_FAILED)
                        r = append_change(reply, &changes->items[i]);
        return r < 0 ? r : bus_body_close(reply);
}

static void count(const UnitInstallChanges *changes, bool *ret_good, bool *ret_bad, bool *ret_new) {
        *ret_good = *ret_bad = *ret_new = false;
        for (size_t i = 0; i < changes->n_items; i++) {
                UnitInstallChangeKind kind = changes->items[i].kind;
                *ret_bad |= kind == INSTALL_FAILED;
                *ret_good |= kind != INSTALL_FAILED;
                *ret_new |= kind == INSTALL_LINKED || kind == INSTALL_UNLINKED;
        }
}

static int
answer(BusCall *call, const BusMethodRow *row, const UnitInstallChanges *changes, int r) {
        AUTO(bus_body_done) BusBody reply = bus_body_of(row->out);
        int carries = r > 0;
        bool good, bad, is_new;

        count(changes, &good, &bad, &is_new);
        if (is_new) {
                if (call->server->host.forget_unit_files)
                        call->server->host.forget_unit_files(call->server->host.userdata);
                bus_server_unit_files_changed(call->server);
        }
        if (r < 0 || (bad && !good))
                return refuse(call, changes, r);
        r = row->out[0] == 'b' ? bus_body_append_basic(&reply, 'b', &carries) : 0;
        if (r >= 0)
                r = append_changes(&reply, changes);
        return r < 0 ? r : bus_reply(call, &reply);
}

/* --- methods
 * ----------------------------------------------------------------------------------- */

static int run(BusCall *call, const BusMethodRow *row, Change *change) {
        const BusHost *host = &call->server->host;

        if (!host->unit_file_options)
                return sd_bus_error_set(
                        call->error, SD_BUS_ERROR_NOT_SUPPORTED, "Not supported by this manager");
        int r = unit_install_run(
                host->unit_file_options(host->userdata), &change->request, &change->report);
        return answer(call, row, &change->report.changes, r);
}

int bus_manager_change_unit_files(BusCall *call, const BusMethodRow *row) {
        AUTO(change_done) Change change = { .request = { .verb = (UnitInstallVerb)row->variant } };
        int r = read_arguments(call, row, &change);

        return r < 0 ? r : run(call, row, &change);
}

int bus_manager_add_unit_file_dependency(BusCall *call, const BusMethodRow *row) {
        AUTO(change_done) Change change = { 0 };
        const char *kind;
        int runtime, force;
        int r = sd_bus_message_read_strv(call->message, &change.names);

        if (r >= 0)
                r = sd_bus_message_read(
                        call->message, "ssbb", &change.request.target, &kind, &runtime, &force);
        if (r < 0)
                return r;
        if (!streq(kind, "Wants") && !streq(kind, "Requires"))
                return sd_bus_error_set_errno(call->error, -EINVAL);
        change.request.verb =
                streq(kind, "Wants") ? UNIT_INSTALL_ADD_WANTS : UNIT_INSTALL_ADD_REQUIRES;
        change.request.names = change.names;
        change.request.flags =
                (runtime ? UNIT_INSTALL_RUNTIME : 0U) | (force ? UNIT_INSTALL_FORCE : 0U);
        return run(call, row, &change);
}

int bus_manager_get_unit_file_links(BusCall *call, const BusMethodRow *row) {
        const BusHost *host = &call->server->host;
        AUTO(unit_install_view_free) UnitInstallView *view = NULL;
        AUTO(bus_body_done) BusBody reply = bus_body_of(row->out);
        AUTO_STRV char **links = NULL;
        const char *name;
        int runtime;
        int r = sd_bus_message_read(call->message, "sb", &name, &runtime);

        if (r < 0)
                return r;
        r = host->unit_file_options
                    ? unit_install_view_new(host->unit_file_options(host->userdata), &view)
                    : -EOPNOTSUPP;
        if (r >= 0)
                r = unit_install_view_links(view, name, runtime, &links);
        if (r < 0)
                return sd_bus_error_set_errno(call->error, r);
        r = bus_append_strv(&reply, links);
        return r < 0 ? r : bus_reply(call, &reply);
}
