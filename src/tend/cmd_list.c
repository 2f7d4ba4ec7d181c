/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_list.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/columns.h"
#include "tend/pager.h"
#include "tend/unit_list.h"
#include "unit/unit_name.h"

/* Patterns as typed; what is no pattern becomes a whole name. */
static int make_patterns(const Tend *tend, char **typed_names, char ***ret) {
        AUTO_STRV char **patterns = NULL;

        STRV_FOREACH(typed, typed_names) {
                char *pattern = NULL;
                int r = unit_name_mangle(*typed, ".service", true, &pattern);
                if (r >= 0)
                        r = strv_take(&patterns, pattern);
                else
                        tend_complain(tend, "\"%s\" is not a name of a unit", *typed);
                if (r < 0)
                        return err_pass(r);
        }
        *ret = STEAL(patterns);
        return 0;
}

/* Prints what was gathered: JSON, or the table with `summary` below. */
static int finish(const Tend *tend, Columns *columns, StrBuf *out, const char *noun) {
        if (!(tend->flags & TEND_JSON)) {
                size_t n = columns_n_rows(columns);
                if (columns_print(columns, tend->flags, pager_width(tend), out) < 0)
                        return 1;
                if (!(tend->flags & TEND_QUIET))
                        strbuf_addf(out, "\n%zu %s%s\n", n, noun, n == 1 ? "" : "s");
        } else {
                strbuf_add_char(out, '\n');
        }
        return pager_print(tend, out) < 0 ? 1 : 0;
}

/* --- units
 * ------------------------------------------------------------------------------------------ */

static void print_units_json(const UnitList *list, StrBuf *out) {
        JsonWriter writer = { .out = out, .pretty = true };

        json_begin_array(&writer, NULL);
        for (unsigned i = 0; i < list->n_entries; i++) {
                const UnitListEntry *entry = &list->entries[i];
                json_begin_object(&writer, NULL);
                json_string(&writer, "unit", entry->id);
                json_string(&writer, "load", entry->load_state);
                json_string(&writer, "active", entry->active_state);
                json_string(&writer, "sub", entry->sub_state);
                json_string(&writer, "description", entry->description);
                json_string(&writer, "job", entry->job_id ? entry->job_type : NULL);
                json_end_object(&writer);
        }
        json_end_array(&writer);
}

int cmd_list_units(Tend *tend, char **arguments) {
        static const char *const heading[] = { " ",   "UNIT",        "LOAD", "ACTIVE",
                                               "SUB", "DESCRIPTION", NULL };
        AUTO(unit_list_done) UnitList list = { 0 };
        AUTO(columns_done) Columns columns = { 0 };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_STRV char **patterns = NULL;

        columns_init(&columns, heading);
        if (tend_connect(tend) < 0 || make_patterns(tend, arguments, &patterns) < 0 ||
            unit_list_get(tend, patterns, &list) < 0)
                return 1;
        for (unsigned i = 0; i < list.n_entries; i++) {
                const UnitListEntry *entry = &list.entries[i];
                Style style = style_of_state(entry->active_state);
                Style load_style = streq(entry->load_state, "loaded") ? STYLE_PLAIN : STYLE_BAD;
                columns_add(&columns, style_mark(entry->active_state), style);
                columns_add(&columns, entry->id, STYLE_PLAIN);
                columns_add(&columns, entry->load_state, load_style);
                columns_add(&columns, entry->active_state, style);
                columns_add(&columns, entry->sub_state, style);
                columns_add(&columns, entry->description, STYLE_PLAIN);
        }
        if (tend->flags & TEND_JSON)
                print_units_json(&list, &out);
        return finish(tend, &columns, &out, "unit");
}

/* --- jobs
 * ------------------------------------------------------------------------------------------- */

typedef struct JobEntry {
        uint32_t id;
        const char *unit, *type, *state, *path, *unit_path;
} JobEntry;

static void add_job(Columns *columns, JsonWriter *writer, const JobEntry *job) {
        AUTO(strbuf_done) StrBuf id = STRBUF_INIT;

        strbuf_addf(&id, "%u", job->id);
        columns_add(columns, strbuf_text(&id), STYLE_PLAIN);
        columns_add(columns, job->unit, STYLE_PLAIN);
        columns_add(columns, job->type, STYLE_PLAIN);
        columns_add(columns, job->state, streq(job->state, "running") ? STYLE_BUSY : STYLE_FAINT);
        json_begin_object(writer, NULL);
        json_unsigned(writer, "job", job->id);
        json_string(writer, "unit", job->unit);
        json_string(writer, "type", job->type);
        json_string(writer, "state", job->state);
        json_end_object(writer);
}

int cmd_list_jobs(Tend *tend, char **arguments UNUSED) {
        static const char *const heading[] = { "JOB", "UNIT", "TYPE", "STATE", NULL };
        AUTO(columns_done) Columns columns = { 0 };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT, json = STRBUF_INIT;
        JsonWriter writer = { .out = &json, .pretty = true };
        sd_bus_message *reply = NULL;
        JobEntry job;

        columns_init(&columns, heading);
        if (tend_connect(tend) < 0)
                return 1;
        int r = bus_client_call(tend->client, "ListJobs", NULL, &reply, NULL);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(usssoo)");
        json_begin_array(&writer, NULL);
        while (r >= 0 && (r = sd_bus_message_read(reply,
                                                  "(usssoo)",
                                                  &job.id,
                                                  &job.unit,
                                                  &job.type,
                                                  &job.state,
                                                  &job.path,
                                                  &job.unit_path)) > 0)
                add_job(&columns, &writer, &job);
        json_end_array(&writer);
        sd_bus_message_unref(reply);
        if (r < 0) {
                tend_complain(tend, "Cannot list jobs: %s", strerror(-r));
                return 1;
        }
        if (tend->flags & TEND_JSON)
                strbuf_add(&out, strbuf_text(&json));
        return finish(tend, &columns, &out, "job");
}
