/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/setting_report.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tend/report_text.h"
#include "unit/kinds.h"
#include "unit/unit_print.h"

static void setting_report_done(SettingReport *report) {
        free(report->name);
        free(report->asked);
        free(report->why);
}

void setting_reports_done(SettingReports *reports) {
        for (unsigned i = 0; i < reports->n_rows; i++)
                setting_report_done(&reports->rows[i]);
        free(reports->rows);
        *reports = (SettingReports){ 0 };
}

/* Takes over what the row owns, also on failure. */
static int add_row(SettingReports *reports, SettingReport row) {
        SettingReport *rows =
                reallocarray(reports->rows, reports->n_rows + 1, sizeof(*reports->rows));

        if (rows)
                reports->rows = rows;
        if (!rows || !row.name || !row.asked || !row.why) {
                setting_report_done(&row);
                return err_new(-ENOMEM);
        }
        rows[reports->n_rows++] = row;
        reports->n_less += setting_report_is_less(&row);
        return 0;
}

/* What SetCredential= holds is for the service alone: behind the name nothing is shown. */
static Str without_secret(const DirectiveRow *row, Str value) {
        ssize_t colon = row->kind == &kind_set_credential ? str_find_char(value, ':') : -1;

        return colon < 0 ? value : (Str){ value.data, (size_t)colon + 1 };
}

/* The assignments of a setting, one after the other, without its name; other names of its family
 * stay. */
static char *print_asked(const UnitSpec *spec, const DirectiveRow *row) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT, out = STRBUF_INIT;
        Str rest, line;

        unit_print_setting(spec, row->id, &text);
        rest = str_of(strbuf_text(&text));
        while (str_next_part(&rest, '\n', &line)) {
                Str value = line;

                if (line.length == 0)
                        continue;
                if (str_skip_prefix(&value, row->name) && !str_skip_prefix(&value, "="))
                        value = line;
                Str shown = without_secret(row, value);
                strbuf_addf(&out,
                            "%s%.*s%s",
                            out.length > 0 ? " " : "",
                            STR_ARG(shown),
                            shown.length < value.length ? "(hidden)" : "");
        }
        return strbuf_steal(&out);
}

/* What a level of the executor's means here. */
static void set_level(SettingReport *row, Str level) {
        row->is_failure = str_equal_c(level, "failed");
        row->is_refused = str_equal_c(level, "refused");
        if (row->is_refused || row->is_failure)
                row->holds = SUPPORT_REFUSED;
        else if (str_equal_c(level, "weakened"))
                row->holds = SUPPORT_WEAKENED;
        else if (str_equal_c(level, "unsupported"))
                row->holds = SUPPORT_NONE;
}

/* Fills in what the executor said about the setting last, but for notes. False when it did not. */
static bool take_report(SettingReport *row, char *const *lines) {
        bool found = false;

        STRV_FOREACH(text, lines) {
                const ReportLine line = report_parse(*text);
                if (!str_equal_c(line.setting, row->name) || str_equal_c(line.level, "note"))
                        continue;
                free(row->why);
                row->why = str_dup(line.message);
                set_level(row, line.level);
                found = true;
        }
        return found;
}

/* Settings of processes are told even when they hold: they are what a reader wants to be sure of.
 */
static bool is_of_interest(const DirectiveRow *row) {
        if (row->support == SUPPORT_INFORMATION || (row->sections & SECTION_PLAN))
                return false;
        return row->support != SUPPORT_ENFORCED || row->sections == SECTIONS_EXEC ||
               row->sections == SECTIONS_RESOURCE;
}

static int add_settings(SettingReports *reports, const UnitSpec *spec, char *const *lines) {
        for (unsigned i = 0; i < spec->n_values; i++) {
                const Value *value = &spec->values[i];
                const DirectiveRow *row = directive_row(spec->type, (DirectiveId)value->id);

                if (!row || !is_of_interest(row) || !unit_spec_asks(row, value))
                        continue;
                SettingReport report = {
                        .name = strdup(row->name),
                        .asked = print_asked(spec, row),
                        .why = strdup(row->note && row->support != SUPPORT_ENFORCED ? row->note
                                                                                    : ""),
                        .holds = row->support,
                };
                if (report.name)
                        (void)take_report(&report, lines); /* else the row stands */
                int r = add_row(reports, report);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static bool is_told(const SettingReports *reports, Str setting) {
        for (unsigned i = 0; i < reports->n_rows; i++)
                if (str_equal_c(setting, reports->rows[i].name))
                        return true;
        return false;
}

/* What the executor said about settings that the files do not have, or about none. */
static int add_others(SettingReports *reports, char *const *lines) {
        STRV_FOREACH(text, lines) {
                const ReportLine line = report_parse(*text);
                if (str_equal_c(line.level, "note") ||
                    (line.setting.length > 0 && is_told(reports, line.setting)))
                        continue;
                SettingReport report = {
                        .name = str_dup(line.setting),
                        .asked = strdup(""),
                        .why = str_dup(line.message),
                        .holds = SUPPORT_WEAKENED,
                };
                set_level(&report, line.level);
                int r = add_row(reports, report);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

int setting_reports_make(const UnitSpec *spec, char *const *lines, SettingReports *ret) {
        AUTO(setting_reports_done) SettingReports reports = { 0 };
        int r = spec ? add_settings(&reports, spec, lines) : 0;

        if (r == 0)
                r = add_others(&reports, lines);
        if (r < 0)
                return err_pass(r);
        *ret = reports;
        reports = (SettingReports){ 0 };
        return 0;
}

bool setting_report_is_less(const SettingReport *report) {
        return report->holds != SUPPORT_ENFORCED && report->holds != SUPPORT_EMULATED;
}

const char *setting_report_level(const SettingReport *report) {
        return report->is_failure ? "failed" : support_name(report->holds);
}

const char *setting_report_advice(const SettingReport *report, bool is_user, bool is_confined) {
        bool is_new =
                strstr(report->why, "not implemented") || strstr(report->why, "not supported");

        if (!setting_report_is_less(report))
                return NULL;
        if (report->is_failure)
                return "take the setting out or loosen Enforce= and --strict, if the unit may run without it";
        if (strstr(report->why, "hard limit"))
                return "raise the hard limit of the manager where it is started (prlimit(1), --ulimit of a container), or accept it";
        if (!report->is_refused)
                return "accept it, or name the setting in Enforce= of [X-Tend] so that the unit does not start without it";
        if (is_new)
                return "a kernel that has it, or accept it";
        if (strstr(report->why, "control groups"))
                return "a container or user that may write its own control groups (podman run, docker run --privileged --cgroupns=private; Delegate=yes on a host), or accept it";
        if (is_user)
                return "let the manager of the system (root) run the unit, or accept it";
        return is_confined
                       ? "this container lacks privilege: run it with --cap-add=SYS_ADMIN (and without its own system call filter), or accept it"
                       : "see what keeps the manager from it (its capabilities, a security module, a filter of system calls), or accept it";
}
