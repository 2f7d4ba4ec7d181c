/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/overview.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/columns.h"
#include "tend/explain.h"
#include "tend/pager.h"
#include "tend/status_text.h"
#include "tend/tend_call.h"
#include "tend/time_text.h"
#include "tend/unit_list.h"
#include "tend/unit_view.h"
#include "unit/unit_builtin.h"
#include "unit/unit_name.h"

#define ROWS_MAX 40 /* of what is up; more are only counted unless --all */

/* Where a unit stands on the screen. */
typedef enum OverviewPlace {
        PLACE_NONE, /* not shown: groups, and what nobody asked for */
        PLACE_UP,
        PLACE_DOWN,
        PLACE_BUSY,
        PLACE_COUNT
} OverviewPlace;

/* One line. */
typedef struct OverviewLine {
        const UnitListEntry *entry;
        OverviewPlace place;
        char *reason; /* why it is not up; owned, NULL when it is */
        uint64_t since_usec, main_pid, memory_bytes;
} OverviewLine;

typedef struct Overview {
        Tend *tend;
        UnitList list;
        OverviewLine *lines; /* one per entry of the list */
        char **waiting;      /* RetryDependents= */
        char *system_state;
        uint64_t now_usec;
        unsigned n_at[PLACE_COUNT];
} Overview;

/* Groups, what the kernel has mounted, and what tend itself stands for. */
static bool is_background(const Tend *tend, const char *unit) {
        const char *reason;
        UnitType type;

        if (unit_name_type(unit, &type) < 0)
                return true;
        if (!tend->is_systemd && unit_builtin_find(unit, tend->scope, &reason) != BUILTIN_NONE)
                return true;
        return type == UNIT_TARGET || type == UNIT_SLICE || type == UNIT_MOUNT ||
               type == UNIT_DEVICE || type == UNIT_SWAP;
}

/* --- gathering
 * -------------------------------------------------------------------------------------- */

/* Whether something that is up wants this unit: then it should be up, too. */
static bool is_missed(const Overview *overview, const UnitView *view) {
        char *const *const lists[] = { view->wanted_by, view->required_by, view->bound_by };

        for (unsigned i = 0; i < overview->list.n_entries; i++) {
                const UnitListEntry *entry = &overview->list.entries[i];
                if (streq(entry->active_state, "inactive"))
                        continue;
                for (size_t j = 0; j < ARRAY_LENGTH(lists); j++)
                        if (strv_contains(lists[j], entry->id))
                                return true;
        }
        return false;
}

/* Whether an inactive unit should be up. Only the properties that all units have are asked for:
 * most inactive units are nobody's wish. */
static bool should_be_up(const Overview *overview, const OverviewLine *line) {
        AUTO_FREE char *path = bus_client_unit_path(line->entry->id);
        AUTO(unit_view_done) UnitView view = { 0 };
        sd_bus_message *reply = NULL;

        int r = path ? bus_client_get_all(
                               overview->tend->client, path, BUS_UNIT_INTERFACE, NULL, &reply)
                     : -ENOMEM;
        if (r >= 0)
                r = unit_view_read(reply, &view);
        sd_bus_message_unref(reply);
        return r >= 0 && is_missed(overview, &view);
}

static void look_at_down(Overview *overview, OverviewLine *line, const char *state) {
        AUTO(unit_view_done) UnitView view = { 0 };
        AUTO(strbuf_done) StrBuf reason = STRBUF_INIT;
        bool waits = strv_contains(overview->waiting, line->entry->id);
        bool is_quiet = streq(state, "inactive") && !waits; /* needs a reason to be told */

        if (is_quiet && !should_be_up(overview, line))
                return;
        if (unit_view_get(overview->tend, line->entry->id, NULL, &view) < 0)
                return;
        explain_unit(overview->tend, &view, &reason);
        if (is_quiet && reason.length == 0)
                return;
        if (waits)
                strbuf_addf(&reason,
                            "%sit is started when that comes up",
                            reason.length > 0 ? "; " : "");
        line->since_usec = view.state_change_usec;
        line->reason = strbuf_steal(&reason);
        line->place = PLACE_DOWN;
}

static void look_at_busy(Overview *overview, OverviewLine *line) {
        AUTO(unit_view_done) UnitView view = { 0 };
        AUTO(strbuf_done) StrBuf reason = STRBUF_INIT;

        if (unit_view_get(overview->tend, line->entry->id, NULL, &view) < 0)
                return;
        if (streq_null(view.sub_state, "auto-restart")) {
                strbuf_add(&reason, "is started again after ");
                explain_unit(overview->tend, &view, &reason);
        } else if (line->entry->job_id != 0) {
                strbuf_addf(&reason, "job: %s", line->entry->job_type);
        }
        line->since_usec = view.state_change_usec;
        line->reason = strbuf_steal(&reason);
        line->place = PLACE_BUSY;
}

/* Three small questions rather than hundreds of properties: there may be thousands of units. */
static void look_at_up(const Overview *overview, OverviewLine *line) {
        BusClient *client = overview->tend->client;
        AUTO_FREE char *path = bus_client_unit_path(line->entry->id);

        line->place = PLACE_UP;
        line->memory_bytes = UNIT_VIEW_UNKNOWN;
        if (!path || (overview->n_at[PLACE_UP] >= ROWS_MAX && !(overview->tend->flags & TEND_ALL)))
                return;
        /* What is not known is not shown. */
        (void)bus_client_get_number(
                client, path, BUS_UNIT_INTERFACE, "ActiveEnterTimestamp", NULL, &line->since_usec);
        const char *suffix = strrchr(line->entry->id, '.');
        if (!suffix || !streq(suffix, ".service"))
                return;
        (void)bus_client_get_number(
                client, path, BUS_SERVICE_INTERFACE, "MainPID", NULL, &line->main_pid);
        (void)bus_client_get_number(
                client, path, BUS_SERVICE_INTERFACE, "MemoryCurrent", NULL, &line->memory_bytes);
}

static void look_at(Overview *overview, OverviewLine *line) {
        const char *state = line->entry->active_state;

        if (streq(state, "failed"))
                look_at_down(overview, line, state);
        else if (is_background(overview->tend, line->entry->id))
                line->place = line->entry->job_id ? PLACE_BUSY : PLACE_NONE;
        else if (streq(state, "activating") || streq(state, "deactivating") ||
                 line->entry->job_id != 0)
                look_at_busy(overview, line);
        else if (streq(state, "inactive"))
                look_at_down(overview, line, state);
        else
                look_at_up(overview, line);
        overview->n_at[line->place]++;
}

static int gather(Tend *tend, Overview *overview) {
        unsigned flags = tend->flags;

        *overview = (Overview){ .tend = tend, .now_usec = clock_realtime_usec() };
        tend->flags |= TEND_ALL; /* for the list only */
        int r = unit_list_get(tend, NULL, &overview->list);
        tend->flags = flags;
        if (r < 0)
                return err_pass(r);
        overview->lines = calloc(MAX(overview->list.n_entries, 1U), sizeof(*overview->lines));
        if (!overview->lines)
                return err_new(-ENOMEM);
        /* A systemd does not know the first, and an overview without either is one. */
        (void)tend_call_list(tend, "Waiting", NULL, NULL, &overview->waiting);
        (void)bus_client_get_text(tend->client,
                                  BUS_MANAGER_PATH,
                                  BUS_MANAGER_INTERFACE,
                                  "SystemState",
                                  NULL,
                                  &overview->system_state);
        for (unsigned i = 0; i < overview->list.n_entries; i++) {
                overview->lines[i].entry = &overview->list.entries[i];
                look_at(overview, &overview->lines[i]);
        }
        return 0;
}

static void overview_done(Overview *overview) {
        for (unsigned i = 0; overview->lines && i < overview->list.n_entries; i++)
                free(overview->lines[i].reason);
        free(overview->lines);
        unit_list_done(&overview->list);
        strv_free(overview->waiting);
        free(overview->system_state);
}

DEFINE_AUTO_DONE(Overview, overview_done);

/* --- text
 * ------------------------------------------------------------------------------------------- */

static void add_size(Columns *columns, const OverviewLine *line) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        if (line->memory_bytes != UNIT_VIEW_UNKNOWN)
                status_print_size(line->memory_bytes, &text);
        columns_add(columns, strbuf_text(&text), STYLE_PLAIN);
}

static void add_since(Columns *columns, const OverviewLine *line, uint64_t now_usec) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        if (line->since_usec > 0)
                time_print_relative(line->since_usec, now_usec, &text);
        columns_add(columns, strbuf_text(&text), STYLE_FAINT);
}

static void add_row(const Overview *overview, Columns *columns, const OverviewLine *line) {
        const UnitListEntry *entry = line->entry;
        Style style = style_of_state(entry->active_state);
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        columns_add(columns, style_mark(entry->active_state), style);
        columns_add(columns, entry->id, STYLE_STRONG);
        columns_add(columns, entry->sub_state, style);
        add_since(columns, line, overview->now_usec);
        if (line->place == PLACE_UP) {
                if (line->main_pid > 0)
                        strbuf_addf(&text, "%llu", (unsigned long long)line->main_pid);
                columns_add(columns, strbuf_text(&text), STYLE_PLAIN);
                add_size(columns, line);
                columns_add(columns, entry->description, STYLE_FAINT);
        } else {
                columns_add(columns, line->reason ? line->reason : "", STYLE_PLAIN);
        }
}

/* The lines of one place as a table below a title. */
static int print_place(const Overview *overview, OverviewPlace place, StrBuf *out) {
        static const char *const up[] = { " ",   "UNIT",   "STATE",       "SINCE",
                                          "PID", "MEMORY", "DESCRIPTION", NULL };
        static const char *const other[] = { " ", "UNIT", "STATE", "SINCE", "WHY", NULL };
        static const char *const titles[] = { "", "Up", "Not up", "On the way" };
        const Tend *tend = overview->tend;
        AUTO(columns_done) Columns columns = { 0 };
        unsigned n_shown = 0;
        unsigned limit = place == PLACE_UP && !(tend->flags & TEND_ALL) ? ROWS_MAX : UINT32_MAX;

        static_assert(ARRAY_LENGTH(titles) == PLACE_COUNT, "a title per place");
        if (overview->n_at[place] == 0)
                return 0;
        columns_init(&columns, place == PLACE_UP ? up : other);
        for (unsigned i = 0; i < overview->list.n_entries && n_shown < limit; i++) {
                if (overview->lines[i].place != place)
                        continue;
                add_row(overview, &columns, &overview->lines[i]);
                n_shown++;
        }
        strbuf_add_char(out, '\n');
        style_addf(out, tend->flags, STYLE_STRONG, "%s", titles[place]);
        strbuf_add_char(out, '\n');
        /* A reason is never cut short. */
        size_t width = place == PLACE_UP ? pager_width(tend) : 0;
        int r = columns_print(&columns, tend->flags, width, out);
        if (n_shown < overview->n_at[place])
                strbuf_addf(out,
                            "and %u more; see: tend status --all\n",
                            overview->n_at[place] - n_shown);
        return err_pass(r);
}

static int print_text(const Overview *overview, StrBuf *out) {
        const Tend *tend = overview->tend;
        const char *state = overview->system_state ? overview->system_state : "unknown";
        Style style = streq(state, "running")    ? STYLE_GOOD
                      : streq(state, "degraded") ? STYLE_BAD
                                                 : STYLE_BUSY;

        style_addf(out, tend->flags, style, "%s", state);
        strbuf_addf(out,
                    ": %u up, %u not up, %u on the way\n",
                    overview->n_at[PLACE_UP],
                    overview->n_at[PLACE_DOWN],
                    overview->n_at[PLACE_BUSY]);
        int r = print_place(overview, PLACE_DOWN, out);
        if (r >= 0)
                r = print_place(overview, PLACE_BUSY, out);
        if (r >= 0)
                r = print_place(overview, PLACE_UP, out);
        if (overview->n_at[PLACE_DOWN] > 0)
                strbuf_add(out, "\nMore about one: tend why UNIT, tend status UNIT\n");
        return err_pass(r);
}

/* --- JSON
 * ------------------------------------------------------------------------------------------- */

static void print_line_json(const OverviewLine *line, JsonWriter *writer) {
        json_begin_object(writer, NULL);
        json_string(writer, "unit", line->entry->id);
        json_string(writer, "description", line->entry->description);
        json_string(writer, "active", line->entry->active_state);
        json_string(writer, "sub", line->entry->sub_state);
        json_string(writer, "job", line->entry->job_id ? line->entry->job_type : NULL);
        json_unsigned(writer, "since_usec", line->since_usec);
        if (line->place == PLACE_UP) {
                json_unsigned(writer, "main_pid", line->main_pid);
                if (line->memory_bytes != UNIT_VIEW_UNKNOWN)
                        json_unsigned(writer, "memory_bytes", line->memory_bytes);
                else
                        json_null(writer, "memory_bytes");
        } else {
                json_string(writer, "reason", line->reason);
        }
        json_end_object(writer);
}

static void print_json(const Overview *overview, StrBuf *out) {
        static const char *const keys[] = { NULL, "up", "not_up", "on_the_way" };
        JsonWriter writer = { .out = out, .pretty = true };

        json_begin_object(&writer, NULL);
        json_string(&writer, "state", overview->system_state);
        for (unsigned place = PLACE_UP; place < PLACE_COUNT; place++) {
                json_begin_array(&writer, keys[place]);
                for (unsigned i = 0; i < overview->list.n_entries; i++)
                        if (overview->lines[i].place == place)
                                print_line_json(&overview->lines[i], &writer);
                json_end_array(&writer);
        }
        json_end_object(&writer);
        strbuf_add_char(out, '\n');
}

int overview_print(Tend *tend, StrBuf *out) {
        AUTO(overview_done) Overview overview = { 0 };

        if (tend->flags & TEND_JSON)
                tend->flags |= TEND_ALL; /* machines want all rows */
        int r = gather(tend, &overview);
        if (r < 0)
                return err_pass(r);
        if (tend->flags & TEND_JSON)
                print_json(&overview, out);
        else
                r = print_text(&overview, out);
        return r < 0 ? err_pass(r) : err_pass(strbuf_result(out));
}
