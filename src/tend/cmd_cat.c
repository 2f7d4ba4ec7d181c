/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_cat.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tend/pager.h"
#include "tend/style.h"
#include "tend/unit_offline.h"
#include "unit/unit_name.h"
#include "unit/unit_print.h"
#include "unit/unit_source.h"

#define ALL_SECTIONS (SECTION_PLAN - 1) /* all but the executor's own */

/* A command that shows one unit: appends its text, or a JSON object. */
typedef int ShowFunction(const Tend *tend, UnitOffline *offline, const char *unit, StrBuf *out);

/* Shows each unit; the exit status. */
static int show_each(Tend *tend, char **arguments, ShowFunction *show) {
        AUTO(unit_offline_done) UnitOffline offline = { 0 };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        int status = 0;

        if (unit_offline_init(tend, &offline) < 0)
                return 1;
        STRV_FOREACH(typed, arguments) {
                AUTO_FREE char *unit = NULL;
                if (unit_name_mangle(*typed, ".service", false, &unit) < 0) {
                        tend_complain(tend, "\"%s\" is not a name of a unit", *typed);
                        status = 1;
                        continue;
                }
                if (out.length > 0)
                        strbuf_add_char(&out, '\n');
                if (show(tend, &offline, unit, &out) < 0)
                        status = 1;
        }
        return pager_print(tend, &out) < 0 ? 1 : status;
}

/* --- cat
 * -------------------------------------------------------------------------------------------- */

static int add_file(const Tend *tend, const char *path, StrBuf *out, JsonWriter *writer) {
        AUTO_FREE char *text = NULL;
        size_t length;

        int r = file_read(path, UNIT_FILE_MAX, &text, &length, NULL);
        if (r < 0) {
                tend_complain(tend, "Cannot read %s: %s", path, strerror(-r));
                return err_pass(r);
        }
        json_begin_object(writer, NULL);
        json_string(writer, "path", path);
        json_string(writer, "text", text);
        json_end_object(writer);
        if (out->length > 0)
                strbuf_add_char(out, '\n');
        style_addf(out, tend->flags, STYLE_FAINT, "# %s", path);
        strbuf_add_char(out, '\n');
        strbuf_add_bytes(out, text, length);
        if (length > 0 && text[length - 1] != '\n')
                strbuf_add_char(out, '\n');
        return 0;
}

static int cat_unit(const Tend *tend, UnitOffline *offline, const char *unit, StrBuf *out) {
        AUTO(unit_files_done) UnitFiles files = { 0 };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT, json = STRBUF_INIT;
        JsonWriter writer = { .out = &json, .pretty = true };

        int r = unit_search_find(offline->search, unit, &files, &diag);
        tend_print_findings(&diag);
        if (r >= 0 && !files.fragment_path && !files.dropins) {
                tend_complain(tend, "No files found for %s.", unit);
                r = -ENOENT;
        }
        if (r < 0)
                return err_pass(r);
        json_begin_array(&writer, NULL);
        if (files.masked)
                strbuf_addf(&text, "# Unit %s is masked.\n", unit);
        else if (files.fragment_path)
                r = add_file(tend, files.fragment_path, &text, &writer);
        STRV_FOREACH(path, files.dropins) {
                if (r >= 0)
                        r = add_file(tend, *path, &text, &writer);
        }
        json_end_array(&writer);
        strbuf_add_char(&json, '\n');
        strbuf_add(out, strbuf_text(tend->flags & TEND_JSON ? &json : &text));
        return err_pass(r);
}

int cmd_cat(Tend *tend, char **arguments) {
        return show_each(tend, arguments, cat_unit);
}

/* --- show-file
 * -------------------------------------------------------------------------------------- */

static int merge_unit(const Tend *tend, UnitOffline *offline, const char *unit, StrBuf *out) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        int r = unit_load(&offline->loader, unit, &spec);
        if (r < 0) {
                tend_complain(tend, "Cannot load %s: %s", unit, strerror(-r));
                return err_pass(r);
        }
        if (!(tend->flags & TEND_QUIET))
                tend_print_findings(&spec->diag);
        if (spec->load_state != UNIT_LOADED) {
                tend_complain(tend,
                              "%s",
                              spec->load_error ? spec->load_error
                                               : unit_load_state_name(spec->load_state));
                return err_new(-ENOENT);
        }
        unit_print(spec, ALL_SECTIONS, &text);
        if (tend->flags & TEND_JSON) {
                JsonWriter writer = { .out = out, .pretty = true };
                json_begin_object(&writer, NULL);
                json_string(&writer, "unit", spec->name);
                json_string(&writer, "text", strbuf_text(&text));
                json_end_object(&writer);
                strbuf_add_char(out, '\n');
        } else {
                strbuf_add(out, strbuf_text(&text));
        }
        return err_pass(strbuf_result(out));
}

int cmd_show_file(Tend *tend, char **arguments) {
        return show_each(tend, arguments, merge_unit);
}

/* --- unit-paths
 * ------------------------------------------------------------------------------------- */

int cmd_unit_paths(Tend *tend, char **arguments UNUSED) {
        AUTO(unit_offline_done) UnitOffline offline = { 0 };
        AUTO(strbuf_done) StrBuf json = STRBUF_INIT;
        JsonWriter writer = { .out = &json, .pretty = true };

        if (unit_offline_init(tend, &offline) < 0)
                return 1;
        json_begin_array(&writer, NULL);
        STRV_FOREACH(directory, unit_search_directories(offline.search)) {
                json_string(&writer, NULL, *directory);
                if (!(tend->flags & TEND_JSON))
                        (void)puts(*directory); /* as all output: checked when it is closed */
        }
        json_end_array(&writer);
        if (tend->flags & TEND_JSON)
                (void)puts(strbuf_text(&json)); /* as above */
        return 0;
}
