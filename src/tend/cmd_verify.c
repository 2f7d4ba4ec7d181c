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
#include "tend/verify_generators.h"
#include "tend/verify_input.h"
#include "unit/unit_name.h"

static int read_units(Tend *tend,
                      const VerifyOptions *options,
                      const VerifyInput *input,
                      Diag *diag,
                      bool *ret_failed) {
        AUTO(unit_offline_done) UnitOffline offline = { 0 };
        AUTO_STRV char **directories = strv_copy(input->directories);
        char **named = tend->unit_directories;

        int r = strv_extend(&directories, named);
        if (r < 0)
                return err_pass(r);
        tend->unit_directories = directories;
        r = unit_offline_init_at(tend, options->root, &offline);
        tend->unit_directories = named;
        if (r < 0)
                return err_pass(r);
        offline.loader.no_builtin = true;
        diag->limit = UINT32_MAX;
        return err_pass(verify_units(&offline.loader, options, input->names, diag, ret_failed));
}

/* --- as systemd-analyze
 * --------------------------------------------------------------------------------- */

/* All arguments are files. Prints why they are not. */
static int add_files(VerifyInput *input, char **arguments) {
        AUTO_STRV char **paths = NULL;

        STRV_FOREACH(argument, arguments) {
                char *path = NULL;
                int r = strchr(*argument, ':') ? verify_input_copy_alias(input, *argument, &path)
                                               : ((path = strdup(*argument)) ? 0 : -ENOMEM);
                if (r >= 0)
                        r = strv_take(&paths, path);
                if (r < 0) {
                        (void)fprintf(stderr, "Couldn't process aliases: %s\n", strerror(-r));
                        return err_pass(r);
                }
        }
        STRV_FOREACH(path, paths) {
                int r = verify_input_add_file(input, *path);
                if (r < 0) {
                        (void)fprintf(
                                stderr, "Failed to prepare filename %s: %s\n", *path, strerror(-r));
                        return err_pass(r);
                }
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
        AUTO(verify_input_done) VerifyInput input = { 0 };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        bool failed = false;

        if (add_files(&input, arguments) < 0)
                return 1;
        AUTO(verify_generated_done) VerifyGenerated generated = { 0 };
        int r = verify_generated_init(tend, options->flags & VERIFY_GENERATORS, &generated);
        tend->generator_directory = generated.output;
        if (r >= 0)
                r = read_units(tend, options, &input, &diag, &failed);
        tend->generator_directory = NULL;
        print_plain(&diag);
        if (r < 0)
                (void)fprintf(stderr, "Failed to load units: %s\n", strerror(-r));
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

static bool is_path(const char *argument) {
        return strchr(argument, '/') || access(argument, F_OK) == 0;
}

/* Files stay, names become whole names. */
static int add_argument(VerifyInput *input, const char *typed) {
        AUTO_FREE char *name = NULL;

        if (verify_input_has_alias(typed)) {
                int r = verify_input_copy_alias(input, typed, &name);
                return err_pass(r < 0 ? r : verify_input_add_file(input, name));
        }
        if (is_path(typed))
                return err_pass(verify_input_add_file(input, typed));
        int r = unit_name_mangle(typed, ".service", false, &name);
        return err_pass(r < 0 ? r : verify_input_add_name(input, name));
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
        const VerifyOptions options = { .scope = VERIFY_ALL, .flags = VERIFY_MANUALS };
        AUTO(verify_input_done) VerifyInput input = { 0 };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        bool failed = false;

        STRV_FOREACH(typed, arguments) {
                int r = add_argument(&input, *typed);
                if (r == -EINVAL)
                        tend_complain(tend, "\"%s\" is not a name of a unit or its file", *typed);
                else if (r < 0)
                        tend_complain(tend, "Cannot verify %s: %s", *typed, strerror(-r));
                if (r < 0)
                        return 1;
        }
        int r = read_units(tend, &options, &input, &diag, &failed);
        if (r < 0) {
                tend_complain(tend, "Cannot verify: %s", strerror(-r));
                return 1;
        }
        r = print_findings(tend, &diag);
        return r < 0 || diag_has_errors(&diag) ? 1 : 0;
}
