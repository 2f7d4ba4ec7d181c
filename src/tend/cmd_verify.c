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
#include "tend/pager.h"
#include "tend/style.h"
#include "tend/unit_offline.h"
#include "unit/unit_name.h"

/* What is verified: absolute paths and names, and the directories of the paths, where the units
 * that these files name are looked for first. */
typedef struct VerifyInput {
        char **arguments, **directories; /* owned */
} VerifyInput;

static void verify_input_done(VerifyInput *input) {
        input->arguments = strv_free(input->arguments);
        input->directories = strv_free(input->directories);
}

DEFINE_AUTO_DONE(VerifyInput, verify_input_done);

static bool is_path(const char *argument) {
        return strchr(argument, '/') || access(argument, F_OK) == 0;
}

/* Adds an existing file; one that is not there is looked for by its name, in its directory first.
 */
static int add_path(VerifyInput *input, const char *typed) {
        AUTO_FREE char *working = path_is_absolute(str_of(typed)) ? NULL : getcwd(NULL, 0);
        AUTO_FREE char *joined = working ? path_join(working, typed) : strdup(typed);
        AUTO_FREE char *path = joined ? path_simplify(str_of(joined)) : NULL;
        AUTO_FREE char *directory = path ? path_dir_name(path) : NULL;

        if (!directory)
                return err_new(-ENOMEM);
        int r = strv_add_unique(&input->directories, directory);
        if (r >= 0)
                r = strv_add(&input->arguments,
                             access(path, F_OK) == 0 ? path : path_base_name(path));
        return err_pass(r);
}

static int verify_input_fill(const Tend *tend, char **arguments, VerifyInput *input) {
        int r = 0;

        STRV_FOREACH(typed, arguments) {
                if (r >= 0)
                        r = is_path(*typed) ? add_path(input, *typed)
                                            : strv_add(&input->arguments, *typed);
        }
        if (r >= 0)
                r = strv_extend(&input->directories, tend->unit_directories);
        return err_pass(r);
}

/* Reads the units and everything they depend on. */
static int
verify(Tend *tend, const VerifyOptions *options, char **arguments, Diag *diag, bool *ret_failed) {
        AUTO(unit_offline_done) UnitOffline offline = { 0 };
        AUTO(verify_input_done) VerifyInput input = { 0 };

        int r = verify_input_fill(tend, arguments, &input);
        if (r < 0)
                return err_pass(r);
        char **named = tend->unit_directories;
        tend->unit_directories = input.directories;
        r = unit_offline_init_at(tend, options->root, &offline);
        tend->unit_directories = named;
        if (r < 0)
                return err_pass(r);
        offline.loader.no_builtin = true;
        const LintOptions lint = {
                .loader = &offline.loader,
                .scope = options->scope,
                .check_manuals = options->check_manuals,
        };
        diag->limit = UINT32_MAX;
        return err_pass(lint_verify(&lint, input.arguments, diag, ret_failed));
}

/* --- as systemd-analyze
 * --------------------------------------------------------------------------------- */

/* What stands for a unit file must be called like one. */
static int check_names(char **arguments) {
        STRV_FOREACH(argument, arguments) {
                if (unit_name_is_valid(path_base_name(*argument), UNIT_NAME_ANY))
                        continue;
                (void)fprintf(
                        stderr, "Failed to prepare filename %s: %s\n", *argument, strerror(EINVAL));
                return err_new(-EINVAL);
        }
        return 0;
}

/* The words of systemd, which knows neither notes nor hints. */
static void print_plain(const Diag *diag) {
        for (unsigned i = 0; i < diag->n_findings; i++) {
                Finding finding = diag->findings[i];
                finding.hint = NULL;
                AUTO_FREE char *text = diag_format(&finding);
                if (finding.severity != DIAG_NOTE)
                        (void)fprintf(stderr, "%s\n", text ? text : finding.text);
        }
}

int verify_as_systemd(Tend *tend, const VerifyOptions *options, char **arguments) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        bool failed = false;

        if (check_names(arguments) < 0)
                return 1;
        int r = verify(tend, options, arguments, &diag, &failed);
        print_plain(&diag);
        if (r < 0)
                (void)fprintf(stderr, "Failed to load units: %s\n", strerror(-r));
        if (!options->has_scope) /* only what would keep a unit from starting counts */
                failed = diag_has_errors(&diag);
        return r < 0 || failed ? 1 : 0;
}

/* --- as tend
 * -------------------------------------------------------------------------------------------- */

static void add_finding(const Tend *tend, const Finding *finding, StrBuf *out, JsonWriter *writer) {
        static const Style styles[] = { STYLE_FAINT, STYLE_BUSY, STYLE_BAD };
        AUTO_FREE char *text = diag_format(finding);

        static_assert(ARRAY_LENGTH(styles) == DIAG_SEVERITY_COUNT, "a style per severity");
        style_addf(out,
                   tend->flags,
                   styles[finding->severity],
                   "%s: ",
                   diag_severity_name(finding->severity));
        strbuf_addf(out, "%s\n", text ? text : finding->text);
        json_begin_object(writer, NULL);
        json_string(writer, "severity", diag_severity_name(finding->severity));
        json_string(writer, "unit", finding->unit);
        json_string(writer, "file", finding->file);
        json_unsigned(writer, "line", finding->line);
        json_string(writer, "text", finding->text);
        json_string(writer, "hint", finding->hint);
        json_end_object(writer);
}

/* Paths stay, names become whole names; NULL after a message. */
static char *find_argument(const Tend *tend, const char *typed) {
        AUTO_FREE char *name = is_path(typed) ? strdup(typed) : NULL;

        if (!name && unit_name_mangle(typed, ".service", false, &name) < 0)
                name = NULL;
        if (name && unit_name_is_valid(path_base_name(name), UNIT_NAME_ANY))
                return STEAL(name);
        tend_complain(tend, "\"%s\" is not a name of a unit or its file", typed);
        return NULL;
}

static int print_findings(const Tend *tend, const Diag *diag) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT, json = STRBUF_INIT;
        JsonWriter writer = { .out = &json, .pretty = true };

        json_begin_array(&writer, NULL);
        for (unsigned i = 0; i < diag->n_findings; i++)
                add_finding(tend, &diag->findings[i], &out, &writer);
        json_end_array(&writer);
        strbuf_add_char(&json, '\n');
        if (diag->n_findings == 0 && !(tend->flags & TEND_QUIET))
                strbuf_add(&out, "Nothing is wrong.\n");
        return err_pass(pager_print(tend, tend->flags & TEND_JSON ? &json : &out));
}

int cmd_verify(Tend *tend, char **arguments) {
        const VerifyOptions options = { .scope = LINT_ALL, .check_manuals = true };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        AUTO_STRV char **names = NULL;
        bool failed = false;

        STRV_FOREACH(typed, arguments) {
                char *name = find_argument(tend, *typed);
                if (!name || strv_take(&names, name) < 0)
                        return 1;
        }
        int r = verify(tend, &options, names, &diag, &failed);
        if (r < 0) {
                tend_complain(tend, "Cannot verify: %s", strerror(-r));
                return 1;
        }
        r = print_findings(tend, &diag);
        return r < 0 || diag_has_errors(&diag) ? 1 : 0;
}
