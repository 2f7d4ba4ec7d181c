/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_report.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/error.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tend/columns.h"
#include "tend/pager.h"
#include "tend/setting_report.h"
#include "tend/tend_call.h"
#include "tend/unit_offline.h"
#include "unit/unit_name.h"

#define ASKED_MAX 48 /* bytes of a value in the table; --json has all of it */

typedef struct Report {
        char *unit;
        bool is_live;     /* a manager of ours was asked */
        bool is_user;     /* the manager is a user's */
        bool is_confined; /* root, but not with all capabilities */
        SettingReports settings;
} Report;

static void report_done(Report *report) {
        free(report->unit);
        setting_reports_done(&report->settings);
}
DEFINE_AUTO_DONE(Report, report_done);

/* What the files say; NULL in `ret` where there are none, as with transient units. */
static int load_files(Tend *tend, const char *unit, UnitSpec **ret) {
        AUTO(unit_offline_done) UnitOffline offline = { 0 };
        AUTO(unit_spec_free) UnitSpec *spec = NULL;

        int r = unit_offline_init(tend, &offline);
        if (r >= 0)
                r = unit_load(&offline.loader, unit, &spec);
        if (r < 0)
                return err_pass(r);
        *ret = spec->load_state == UNIT_LOADED ? STEAL(spec) : NULL;
        return 0;
}

static int gather(Tend *tend, const char *typed, Report *report) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO_STRV char **lines = NULL;

        int r = unit_name_mangle(typed, ".service", false, &report->unit);
        if (r < 0) {
                tend_complain(tend, "\"%s\" is not a name of a unit", typed);
                return err_pass(r);
        }
        report->is_live = tend_connect_own(tend) >= 0 &&
                          tend_call_list(tend, "Reports", report->unit, NULL, &lines) >= 0;
        report->is_user = tend->scope == UNIT_SCOPE_USER;
        report->is_confined = prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 0;
        r = load_files(tend, report->unit, &spec);
        if (r < 0)
                return err_pass(r);
        if (!spec && !lines) {
                tend_complain(tend,
                              "There is no unit %s, or it cannot be loaded (tend verify %s)",
                              report->unit,
                              report->unit);
                return err_new(-ENOENT);
        }
        return err_pass(setting_reports_make(spec, lines, &report->settings));
}

static const char *advice_of(const Report *report, const SettingReport *row) {
        return setting_report_advice(row, report->is_user, report->is_confined);
}

static void print_json(const Report *report, StrBuf *out) {
        JsonWriter writer = { .out = out, .pretty = true };

        json_begin_object(&writer, NULL);
        json_string(&writer, "unit", report->unit);
        json_boolean(&writer, "from_manager", report->is_live);
        json_unsigned(&writer, "n_less", report->settings.n_less);
        json_begin_array(&writer, "settings");
        for (unsigned i = 0; i < report->settings.n_rows; i++) {
                const SettingReport *row = &report->settings.rows[i];
                json_begin_object(&writer, NULL);
                json_string(&writer, "setting", row->name[0] ? row->name : NULL);
                json_string(&writer, "asked", row->asked[0] ? row->asked : NULL);
                json_string(&writer, "holds", setting_report_level(row));
                json_string(&writer, "why", row->why[0] ? row->why : NULL);
                json_string(&writer, "what_to_do", advice_of(report, row));
                json_end_object(&writer);
        }
        json_end_array(&writer);
        json_end_object(&writer);
        strbuf_add_char(out, '\n');
}

static void add_cells(Columns *columns, const SettingReport *row) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        bool is_less = setting_report_is_less(row);

        if (row->name[0])
                strbuf_addf(&text,
                            "%s=%.*s%s",
                            row->name,
                            ASKED_MAX,
                            row->asked,
                            strlen(row->asked) > ASKED_MAX ? "..." : "");
        columns_add(columns, strbuf_text(&text), STYLE_PLAIN);
        columns_add(columns,
                    setting_report_level(row),
                    row->is_failure ? STYLE_BAD
                    : is_less       ? STYLE_BUSY
                                    : STYLE_GOOD);
        columns_add(columns, row->why, STYLE_PLAIN);
}

/* Each advice once, with the settings that it is for. */
static void print_advice(const Report *report, StrBuf *out) {
        AUTO_STRV char **seen = NULL;

        for (unsigned i = 0; i < report->settings.n_rows; i++) {
                const SettingReport *row = &report->settings.rows[i];
                const char *advice = advice_of(report, row), *separator = "";
                if (!advice || strv_contains(seen, advice) || strv_add(&seen, advice) < 0)
                        continue;
                strbuf_add(out, "\n");
                for (unsigned j = i; j < report->settings.n_rows; j++) {
                        const SettingReport *other = &report->settings.rows[j];
                        const char *same = advice_of(report, other);
                        if (!same || !streq(same, advice))
                                continue;
                        strbuf_addf(
                                out, "%s%s%s", separator, other->name, other->name[0] ? "=" : "");
                        separator = ", ";
                }
                strbuf_addf(out, ": %s.\n", advice);
        }
}

static int print_text(const Tend *tend, const Report *report, StrBuf *out) {
        static const char *const heading[] = { "SETTING", "HOLDS", "WHY", NULL };
        AUTO(columns_done) Columns columns = { 0 };
        const SettingReports *settings = &report->settings;

        if (settings->n_less == 0)
                strbuf_addf(out,
                            "%s: nothing that was asked for is weaker than it should be.\n",
                            report->unit);
        else
                strbuf_addf(out,
                            "%s: %u of %u settings %s less than was asked for.\n",
                            report->unit,
                            settings->n_less,
                            settings->n_rows,
                            settings->n_less == 1 ? "holds" : "hold");
        if (!report->is_live)
                strbuf_add(
                        out,
                        "No manager runs here: this is what its files say; what the kernel refuses is known after a start.\n");
        columns_init(&columns, heading);
        for (unsigned i = 0; i < settings->n_rows; i++)
                if ((tend->flags & TEND_ALL) || setting_report_is_less(&settings->rows[i]))
                        add_cells(&columns, &settings->rows[i]);
        if (columns_n_rows(&columns) > 0) {
                strbuf_add_char(out, '\n');
                int r = columns_print(&columns, tend->flags, pager_width(tend), out);
                if (r < 0)
                        return err_pass(r);
        }
        print_advice(report, out);
        unsigned n_full = settings->n_rows - settings->n_less;
        if (!(tend->flags & TEND_ALL) && n_full > 0)
                strbuf_addf(out,
                            "\n%u %s in full (tend report --all %s).\n",
                            n_full,
                            settings->n_less > 0 ? "more hold"
                            : n_full == 1        ? "setting holds"
                                                 : "settings hold",
                            report->unit);
        return err_pass(strbuf_result(out));
}

int cmd_report(Tend *tend, char **arguments) {
        AUTO(report_done) Report report = { 0 };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        if (gather(tend, arguments[0], &report) < 0)
                return 1;
        if (tend->flags & TEND_JSON)
                print_json(&report, &out);
        else if (print_text(tend, &report, &out) < 0)
                return 1;
        return pager_print(tend, &out) < 0 ? 1 : 0;
}
