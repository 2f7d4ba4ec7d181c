/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_unit_files.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/file_operation.h"
#include "tend/init_script.h"
#include "tend/pager.h"
#include "tend/style.h"
#include "unit/unit_install_state.h"
#include "unit/unit_name.h"

/* The files as this process sees them; also the presets beside what a manager says. */
typedef struct FileView {
        FileScene scene;
        UnitInstallView *view;
} FileView;

static void file_view_done(FileView *files) {
        unit_install_view_free(files->view);
        file_scene_done(&files->scene);
}

DEFINE_AUTO_DONE(FileView, file_view_done);

static int file_view_init(const Tend *tend, FileView *files) {
        int r = file_scene_init(tend, &files->scene);

        if (r < 0)
                return err_pass(r);
        r = unit_install_view_new(&files->scene.options, &files->view);
        if (r < 0)
                tend_complain(tend, "Failed to get unit file list: %s", strerror(-r));
        return err_pass(r);
}

static void print_findings(FileView *files) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        unit_install_view_take_diag(files->view, &diag);
        tend_print_findings(&diag);
}

/* --- list-unit-files
 * --------------------------------------------------------------------------- */

typedef struct FileRow {
        char *path;
        const char *name; /* in path */
        UnitFileState state;
} FileRow;

typedef struct FileRows {
        const Tend *tend;
        char *const *patterns;
        FileRow *rows; /* owned */
        size_t n_rows;
        bool failed; /* out of memory */
} FileRows;

static void file_rows_done(FileRows *rows) {
        for (size_t i = 0; i < rows->n_rows; i++)
                free(rows->rows[i].path);
        free(rows->rows);
}

DEFINE_AUTO_DONE(FileRows, file_rows_done);

static bool is_wanted(const FileRows *rows, const char *name, UnitFileState state) {
        const Tend *tend = rows->tend;
        const char *suffix = strrchr(name, '.');
        bool found = !rows->patterns;

        STRV_FOREACH(pattern, rows->patterns) {
                found |= fnmatch(*pattern, name, FNM_NOESCAPE) == 0;
        }
        return found && (!tend->types || (suffix && strv_contains(tend->types, suffix + 1))) &&
               (!tend->states || strv_contains(tend->states, unit_file_state_name(state)));
}

static void add_row(void *userdata, const char *path, UnitFileState state) {
        FileRows *rows = userdata;

        if (!is_wanted(rows, path_base_name(path), state))
                return;
        FileRow *grown = reallocarray(rows->rows, rows->n_rows + 1, sizeof(*grown));
        if (grown)
                rows->rows = grown;
        char *copy = grown ? strdup(path) : NULL;
        rows->failed |= copy == NULL;
        if (copy)
                grown[rows->n_rows++] = (FileRow){ copy, path_base_name(copy), state };
}

/* By type, then by name. */
static int compare_rows(const void *a, const void *b) {
        const FileRow *left = a, *right = b;
        const char *left_type = strrchr(left->name, '.'), *right_type = strrchr(right->name, '.');

        if (left_type && right_type) {
                int order = strcasecmp(left_type, right_type);
                if (order != 0)
                        return order;
        }
        return strcasecmp(left->name, right->name);
}

/* What the manager knows about unit files. */
static int ask_manager(Tend *tend, FileRows *rows) {
        sd_bus_message *reply = NULL;
        const char *path, *state;

        int r = bus_client_call(
                tend->client, "ListUnitFilesByPatterns", NULL, &reply, "asas", 0, 0);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(ss)");
        while (r >= 0 && (r = sd_bus_message_read(reply, "(ss)", &path, &state)) > 0) {
                int known = unit_file_state_parse(state);
                add_row(rows, path, known < 0 ? UNIT_FILE_BAD : (UnitFileState)known);
        }
        sd_bus_message_unref(reply);
        if (r < 0)
                tend_complain(tend, "Failed to list unit files: %s", strerror(-r));
        return err_pass(r);
}

/* "enabled" or "disabled" by presets, "-" where that means nothing. */
static const char *preset_of(FileView *files, const FileRow *row) {
        if (row->state == UNIT_FILE_ALIAS || row->state == UNIT_FILE_STATIC ||
            row->state == UNIT_FILE_GENERATED || row->state == UNIT_FILE_TRANSIENT)
                return "-";
        int preset = unit_install_view_preset(files->view, row->name);
        return preset < 0 ? "-" : preset > 0 ? "enabled" : "disabled";
}

static Style style_of(UnitFileState state) {
        switch (state) {
        case UNIT_FILE_ENABLED:
        case UNIT_FILE_ENABLED_RUNTIME:
        case UNIT_FILE_LINKED:
        case UNIT_FILE_LINKED_RUNTIME:
                return STYLE_GOOD;
        case UNIT_FILE_DISABLED:
                return STYLE_BUSY;
        case UNIT_FILE_MASKED:
        case UNIT_FILE_MASKED_RUNTIME:
        case UNIT_FILE_BAD:
                return STYLE_BAD;
        case UNIT_FILE_ALIAS:
        case UNIT_FILE_STATIC:
        case UNIT_FILE_INDIRECT:
        case UNIT_FILE_GENERATED:
        case UNIT_FILE_TRANSIENT:
        case UNIT_FILE_STATE_COUNT:
                break;
        }
        return STYLE_PLAIN;
}

static void print_table(const Tend *tend, FileView *files, const FileRows *rows, StrBuf *out) {
        bool legend = !(tend->flags & (TEND_NO_LEGEND | TEND_QUIET));
        size_t name_width = legend ? strlen("UNIT FILE") : 0, state_width = strlen("STATE");

        for (size_t i = 0; i < rows->n_rows; i++) {
                name_width = MAX(name_width, strlen(rows->rows[i].name));
                state_width = MAX(state_width, strlen(unit_file_state_name(rows->rows[i].state)));
        }
        if (legend)
                strbuf_addf(out,
                            "%-*s %-*s PRESET\n",
                            (int)name_width,
                            "UNIT FILE",
                            (int)state_width,
                            "STATE");
        for (size_t i = 0; i < rows->n_rows; i++) {
                const FileRow *row = &rows->rows[i];
                const char *state = unit_file_state_name(row->state);
                strbuf_addf(out, "%-*s ", (int)name_width, row->name);
                style_addf(out, tend->flags, style_of(row->state), "%s", state);
                strbuf_addf(out,
                            "%*s %s\n",
                            (int)(state_width - strlen(state)),
                            "",
                            preset_of(files, row));
        }
        if (legend)
                strbuf_addf(out, "\n%zu unit files listed.\n", rows->n_rows);
}

static void print_json(FileView *files, const FileRows *rows, StrBuf *out) {
        unsigned flags = rows->tend->flags;
        bool as_systemctl = flags & TEND_AS_SYSTEMCTL;
        JsonWriter writer = { .out = out,
                              .pretty = !as_systemctl || flags & TEND_JSON_PRETTY,
                              .tabs = as_systemctl };

        json_begin_array(&writer, NULL);
        for (size_t i = 0; i < rows->n_rows; i++) {
                const FileRow *row = &rows->rows[i];
                json_begin_object(&writer, NULL);
                json_string(&writer, "unit_file", as_systemctl ? row->name : row->path);
                json_string(&writer, "state", unit_file_state_name(row->state));
                const char *preset = preset_of(files, row);
                json_string(&writer, "preset", as_systemctl && streq(preset, "-") ? NULL : preset);
                json_end_object(&writer);
        }
        json_end_array(&writer);
        strbuf_add_char(out, '\n');
}

/* Patterns as typed; tend's own users may leave out ".service". */
static int make_patterns(const Tend *tend, char **arguments, char ***ret) {
        AUTO_STRV char **patterns = NULL;

        STRV_FOREACH(typed, arguments) {
                char *pattern = NULL;
                int r = tend->flags & TEND_AS_SYSTEMCTL
                                ? strv_add(&patterns, *typed)
                                : unit_name_mangle(*typed, ".service", true, &pattern);
                if (r >= 0 && pattern)
                        r = strv_take(&patterns, pattern);
                if (r < 0) {
                        tend_complain(tend, "\"%s\" is not a name of a unit", *typed);
                        return err_pass(r);
                }
        }
        *ret = STEAL(patterns);
        return 0;
}

int cmd_list_unit_files(Tend *tend, char **arguments) {
        AUTO_STRV char **patterns = NULL;
        AUTO(file_view_done) FileView files = { 0 };
        AUTO(file_rows_done) FileRows rows = { .tend = tend };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        int offline = file_operation_is_offline(tend);

        if (make_patterns(tend, arguments, &patterns) < 0)
                return 1;
        rows.patterns = patterns;
        if (offline < 0 || file_view_init(tend, &files) < 0)
                return 1;
        int r = offline ? unit_install_view_each(files.view, add_row, &rows)
                        : ask_manager(tend, &rows);
        if (r >= 0 && rows.failed)
                r = -ENOMEM;
        if (r < 0 && offline)
                tend_complain(tend, "Failed to get unit file list: %s", strerror(-r));
        if (r < 0)
                return 1;
        if (rows.rows)
                qsort(rows.rows, rows.n_rows, sizeof(FileRow), compare_rows);
        if (tend->flags & TEND_JSON)
                print_json(&files, &rows, &out);
        else
                print_table(tend, &files, &rows, &out);
        print_findings(&files);
        if (pager_print(tend, &out) < 0)
                return 1;
        return tend->flags & TEND_AS_SYSTEMCTL && rows.n_rows == 0; /* 252 calls that a failure */
}

/* --- is-enabled
 * -------------------------------------------------------------------------------- */

static bool counts_as_enabled(const char *state) {
        static const char *const names[] = { "enabled", "enabled-runtime", "static",
                                             "alias",   "indirect",        "generated" };

        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                if (streq(state, names[i]))
                        return true;
        return false;
}

/* The state by the manager or, with `files`, by the files: text in fresh memory. */
static int find_state(Tend *tend, FileView *files, const char *unit, char **ret) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        UnitFileState state;
        const char *text = NULL;

        int r = files ? unit_install_view_state(files->view, unit, &state)
                      : bus_client_call(
                                tend->client, "GetUnitFileState", &error, &reply, "s", unit);
        if (files && r >= 0)
                text = unit_file_state_name(state);
        else if (r >= 0)
                r = sd_bus_message_read(reply, "s", &text);
        if (files)
                print_findings(files);
        if (r >= 0 && !(*ret = strdup(text)))
                r = -ENOMEM;
        if (r < 0)
                tend_complain(tend,
                              "Failed to get unit file state for %s: %s",
                              unit,
                              error.message ? error.message : strerror(-r));
        sd_bus_error_free(&error);
        sd_bus_message_unref(reply);
        return err_pass(r);
}

static int
find_links(Tend *tend, FileView *files, const char *unit, const char *state, char ***ret) {
        bool runtime = str_has_suffix(str_of(state), "-runtime");
        sd_bus_message *reply = NULL;

        if (files)
                return err_pass(unit_install_view_links(files->view, unit, runtime, ret));
        int r = bus_client_call(
                tend->client, "GetUnitFileLinks", NULL, &reply, "sb", unit, (int)runtime);
        if (r >= 0)
                r = sd_bus_message_read_strv(reply, ret);
        sd_bus_message_unref(reply);
        return err_pass(r);
}

static int
answer_one(Tend *tend, FileView *files, const char *unit, JsonWriter *writer, int *status) {
        AUTO_FREE char *state = NULL;
        AUTO_STRV char **links = NULL;

        int r = find_state(tend, files, unit, &state);
        if (r < 0)
                return err_pass(r);
        if (counts_as_enabled(state))
                *status = 0;
        json_begin_object(writer, NULL);
        json_string(writer, "unit", unit);
        json_string(writer, "file_state", state);
        json_end_object(writer);
        if (tend->flags & (TEND_QUIET | TEND_JSON))
                return 0;
        (void)puts(state); /* as all output: checked when it is closed */
        if (tend->flags & TEND_FULL && find_links(tend, files, unit, state, &links) < 0)
                return 0; /* they are only asked for to be shown */
        STRV_FOREACH(link, links) {
                (void)printf("  %s\n", *link); /* as above */
        }
        return 0;
}

int cmd_is_enabled(Tend *tend, char **arguments) {
        AUTO(file_view_done) FileView files = { 0 };
        AUTO(strbuf_done) StrBuf json = STRBUF_INIT;
        JsonWriter writer = { .out = &json, .pretty = true };
        AUTO_STRV char **names = NULL;
        int status = 1, offline = file_operation_is_offline(tend);

        if (offline < 0 || (offline && file_view_init(tend, &files) < 0) ||
            file_names_mangle(tend, "is-enabled", arguments, &names) < 0)
                return 1;
        if (offline && file_names_look_up(tend, names) < 0)
                return 1;
        bool script_enabled = false;
        if (!(tend->flags & TEND_JSON) &&
            init_scripts_take(tend, "is-enabled", names, &script_enabled) < 0)
                return 1;
        status = script_enabled ? 0 : status;
        json_begin_array(&writer, NULL);
        STRV_FOREACH(name, names) {
                if (answer_one(tend, offline ? &files : NULL, *name, &writer, &status) < 0)
                        return 1;
        }
        json_end_array(&writer);
        if (tend->flags & TEND_JSON)
                (void)puts(strbuf_text(&json)); /* as above */
        return status;
}

/* --- get-default
 * ------------------------------------------------------------------------------- */

int cmd_get_default(Tend *tend, char **arguments) {
        AUTO(file_view_done) FileView files = { 0 };
        AUTO_FREE char *found = NULL;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        const char *name = NULL;
        int offline = file_operation_is_offline(tend);

        (void)arguments; /* there are none */
        if (offline < 0 || (offline && file_view_init(tend, &files) < 0))
                return 1;
        int r = offline ? unit_install_view_default(files.view, &found)
                        : bus_client_call(tend->client, "GetDefaultTarget", &error, &reply, NULL);
        if (offline)
                print_findings(&files);
        if (r >= 0 && !offline)
                r = sd_bus_message_read(reply, "s", &name);
        if (r >= 0)
                (void)puts(found ? found : name); /* as all output: checked when it is closed */
        else
                tend_complain(tend,
                              "Failed to get default target: %s",
                              error.message ? error.message : strerror(-r));
        sd_bus_error_free(&error);
        sd_bus_message_unref(reply);
        return r < 0 ? 1 : 0;
}
