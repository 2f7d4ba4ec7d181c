/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_unit_list.h"

#include <errno.h>
#include <fnmatch.h>

#include "base/macros.h"
#include "base/path_name.h"
#include "base/str.h"
#include "base/strv.h"
#include "bus/bus_error.h"
#include "bus/bus_object.h"
#include "bus/bus_reply.h"
#include "bus/bus_text.h"

typedef struct ListFilter {
        char **states, **patterns; /* empty = everything */
} ListFilter;

static void list_filter_done(ListFilter *filter) {
        filter->states = strv_free(filter->states);
        filter->patterns = strv_free(filter->patterns);
}

DEFINE_AUTO_DONE(ListFilter, list_filter_done);

static int read_filter(BusCall *call, int variant, ListFilter *filter) {
        int r = 0;

        if (variant != BUS_LIST_ALL)
                r = sd_bus_message_read_strv(call->message, &filter->states);
        if (r >= 0 && variant == BUS_LIST_PATTERNS)
                r = sd_bus_message_read_strv(call->message, &filter->patterns);
        return r;
}

static bool matches_patterns(const ListFilter *filter, const char *name) {
        if (!filter->patterns)
                return true;
        STRV_FOREACH(pattern, filter->patterns) {
                if (fnmatch(*pattern, name, FNM_NOESCAPE) == 0)
                        return true;
        }
        return false;
}

static bool unit_passes(const Unit *unit, const ListFilter *filter) {
        if (filter->states &&
            !strv_contains(filter->states, unit_load_state_name(unit->load_state)) &&
            !strv_contains(filter->states, unit_sub_state_name(unit)) &&
            !strv_contains(filter->states, active_state_name(unit_active_state(unit))))
                return false;
        return matches_patterns(filter, unit->id);
}

static int append_unit(BusBody *reply, const Unit *unit) {
        char unit_path[BUS_PATH_SIZE], job_path[BUS_PATH_SIZE] = "/";

        if (unit->job)
                (void)bus_job_path(unit->job->id, job_path);
        return bus_body_append(reply,
                               "(ssssssouso)",
                               unit->id,
                               unit_description(unit),
                               unit_load_state_name(unit->load_state),
                               active_state_name(unit_active_state(unit)),
                               unit_sub_state_name(unit),
                               "",
                               bus_unit_path(unit->id, unit_path),
                               unit->job ? unit->job->id : 0,
                               unit->job ? job_type_name(unit->job->type) : "",
                               job_path);
}

static int append_units(BusCall *call, BusBody *reply, const ListFilter *filter) {
        Engine *engine = call->server->engine;
        int r = bus_body_open(reply, 'a', "(ssssssouso)");

        for (Unit *unit = engine_next_unit(engine, NULL); unit && r >= 0;
             unit = engine_next_unit(engine, unit)) {
                if (unit->load_state == UNIT_MERGED || !unit_passes(unit, filter))
                        continue;
                r = append_unit(reply, unit);
        }
        return r < 0 ? r : bus_body_close(reply);
}

int bus_manager_list_units(BusCall *call, const BusMethodRow *row) {
        AUTO(bus_body_done) BusBody reply = bus_body_of(row->out);
        AUTO(list_filter_done) ListFilter filter = { 0 };
        int r = read_filter(call, row->variant, &filter);

        if (r >= 0)
                r = append_units(call, &reply, &filter);
        return r < 0 ? r : bus_reply(call, &reply);
}

int bus_manager_list_units_by_names(BusCall *call, const BusMethodRow *row) {
        AUTO(bus_body_done) BusBody reply = bus_body_of(row->out);
        AUTO_STRV char **names = NULL;
        int r = sd_bus_message_read_strv(call->message, &names);

        if (r >= 0)
                r = bus_body_open(&reply, 'a', "(ssssssouso)");
        if (r < 0)
                return r;
        STRV_FOREACH(name, names) {
                EngineError error = { 0 };
                Unit *unit;
                if (!unit_name_is_valid(*name, UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE) ||
                    engine_load_unit(call->server->engine, *name, &unit, &error) < 0)
                        continue;
                r = append_unit(&reply, unit);
                if (r < 0)
                        return r;
        }
        r = bus_body_close(&reply);
        return r < 0 ? r : bus_reply(call, &reply);
}

typedef struct FileList {
        BusBody *reply;
        const ListFilter *filter;
        int error; /* the first one */
} FileList;

static void add_unit_file(void *userdata, const char *path, const char *state) {
        FileList *list = userdata;
        int r = list->error;

        if (list->filter->states && !strv_contains(list->filter->states, state))
                return;
        if (!matches_patterns(list->filter, path_base_name(path)))
                return;
        if (r >= 0)
                r = bus_body_open(list->reply, 'r', "ss");
        if (r >= 0)
                r = bus_append_text(list->reply, path);
        if (r >= 0)
                r = bus_append_text(list->reply, state);
        if (r >= 0)
                r = bus_body_close(list->reply);
        list->error = r < 0 ? r : 0;
}

int bus_manager_list_unit_files(BusCall *call, const BusMethodRow *row) {
        const BusHost *host = &call->server->host;
        AUTO(bus_body_done) BusBody reply = bus_body_of(row->out);
        AUTO(list_filter_done) ListFilter filter = { 0 };
        FileList list = { .filter = &filter };
        int r = read_filter(call, row->variant, &filter);

        if (r >= 0)
                r = bus_body_open(&reply, 'a', "(ss)");
        list.reply = &reply;
        if (host->forget_unit_files)
                host->forget_unit_files(host->userdata);
        if (r >= 0 && host->each_unit_file)
                r = host->each_unit_file(host->userdata, add_unit_file, &list);
        if (r >= 0)
                r = list.error;
        if (r >= 0)
                r = bus_body_close(&reply);
        return r < 0 ? r : bus_reply(call, &reply);
}

int bus_manager_get_unit_file_state(BusCall *call, const BusMethodRow *row UNUSED) {
        const BusHost *host = &call->server->host;
        AUTO_FREE char *state = NULL;
        const char *name;
        int r = sd_bus_message_read(call->message, "s", &name);

        if (r < 0)
                return r;
        if (host->forget_unit_files)
                host->forget_unit_files(host->userdata);
        r = host->unit_file_state
                    ? host->unit_file_state(host->userdata, path_base_name(name), &state)
                    : -ENOENT;
        if (r < 0)
                return sd_bus_error_set_errno(call->error, r);
        return bus_reply_values(call, "s", state ?: "");
}
