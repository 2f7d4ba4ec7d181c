/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_verify.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tend/unit_offline.h"
#include "unit/unit_name.h"

/* Directories of named files stand in front of the search path; tend takes the list over. */
static int add_directories(Tend *tend, char **arguments) {
        STRV_FOREACH(argument, arguments) {
                if (!strchr(*argument, '/') && access(*argument, F_OK) != 0)
                        continue;
                Str path = str_of(*argument);
                const char *base = path_base_name(*argument);
                path.length = (size_t)(base - *argument);
                AUTO_FREE char *directory = str_dup(path.length > 0 ? path : str_of("."));
                if (!directory)
                        return err_new(-ENOMEM);
                char *real = realpath(directory, NULL);
                if (!real)
                        continue; /* there is no such file, then: said later */
                int r = strv_contains(tend->unit_directories, real)
                                ? (free(real), 0)
                                : strv_take(&tend->unit_directories, real);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

/* Says which argument can be none. */
static int check_arguments(char **arguments) {
        STRV_FOREACH(argument, arguments)
        if (!unit_name_is_valid(path_base_name(*argument), UNIT_NAME_ANY)) {
                (void)fprintf(
                        stderr, "Failed to prepare filename %s: %s\n", *argument, strerror(EINVAL));
                return err_new(-EINVAL);
        }
        return 0;
}

/* Verifies; -errno after a message. */
static int
verify(Tend *tend, LintOptions *options, char **arguments, Diag *diag, bool *ret_failed) {
        AUTO(unit_offline_done) UnitOffline offline = { 0 };

        int r = check_arguments(arguments);
        if (r < 0)
                return r;
        r = add_directories(tend, arguments);
        if (r >= 0)
                r = unit_offline_init(tend, &offline);
        if (r < 0)
                return err_pass(r);
        options->loader = &offline.loader;
        r = lint_verify(options, arguments, diag, ret_failed);
        if (r < 0)
                (void)fprintf(stderr, "Failed to verify: %s\n", strerror(-r));
        return err_pass(r);
}

int verify_as_systemd(Tend *tend, LintScope scope, bool check_manuals, char **arguments) {
        LintOptions options = { .scope = scope, .check_manuals = check_manuals };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        bool failed = false;

        if (verify(tend, &options, arguments, &diag, &failed) < 0)
                return 1;
        for (unsigned i = 0; i < diag.n_findings; i++) {
                Finding *finding = &diag.findings[i];
                free(finding->hint); /* systemd gives none */
                finding->hint = NULL;
        }
        tend_print_findings(&diag);
        return failed ? 1 : 0;
}

/* --- as tend
 * ---------------------------------------------------------------------------------------- */

static void add_finding(JsonWriter *json, const Finding *finding) {
        json_begin_object(json, NULL);
        json_string(json, "severity", diag_severity_name(finding->severity));
        if (finding->unit)
                json_string(json, "unit", finding->unit);
        if (finding->file)
                json_string(json, "file", finding->file);
        if (finding->line > 0)
                json_unsigned(json, "line", finding->line);
        json_string(json, "text", finding->text);
        if (finding->hint)
                json_string(json, "hint", finding->hint);
        json_end_object(json);
}

static void print_json(const Diag *diag) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        JsonWriter json = { .out = &out, .pretty = true };

        json_begin_array(&json, NULL);
        for (unsigned i = 0; i < diag->n_findings; i++)
                add_finding(&json, &diag->findings[i]);
        json_end_array(&json);
        (void)puts(strbuf_text(&out)); /* as all output: checked when it is closed */
}

static void print_text(const Tend *tend, const Diag *diag) {
        for (unsigned i = 0; i < diag->n_findings; i++) {
                AUTO_FREE char *text = diag_format(&diag->findings[i]);
                printf("%s: %s\n",
                       diag_severity_name(diag->findings[i].severity),
                       text ? text : diag->findings[i].text);
        }
        if (diag->n_findings == 0 && !(tend->flags & TEND_QUIET))
                (void)puts("Nothing is wrong."); /* as above */
        if (diag->lost > 0)
                printf("%u more findings are not shown.\n", diag->lost);
}

int cmd_verify(Tend *tend, char **arguments) {
        LintOptions options = { .scope = LINT_ALL, .check_manuals = true };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        bool failed;

        if (verify(tend, &options, arguments, &diag, &failed) < 0)
                return 1;
        if (tend->flags & TEND_JSON)
                print_json(&diag);
        else
                print_text(tend, &diag);
        return diag_has_errors(&diag) ? 1 : 0;
}
