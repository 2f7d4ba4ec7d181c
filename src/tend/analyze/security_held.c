/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/analyze/security_held.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tend/tend_call.h"
#include "tend/unit_story.h"

/* --- what held -------------------------------------------------------------------------------- */

/* What the executor said in the last run, and whether there was one; without a manager nothing. */
static int ask_manager(Tend *tend, const char *unit, char ***ret_lines, bool *ret_has_run) {
        AUTO(unit_story_done) UnitStory story = { 0 };
        AUTO_STRV char **lines = NULL;
        int r = tend_connect_own(tend);

        if (r >= 0)
                r = tend_call_list(tend, "Reports", unit, NULL, &lines);
        if (r >= 0)
                r = unit_story_get(tend, unit, &story);
        if (r == -ENOMEM)
                return err_pass(r);
        *ret_has_run = r >= 0 && story.n_changes > 0;
        *ret_lines = *ret_has_run ? STEAL(lines) : NULL;
        return 0;
}

/* Control groups that are handed out are so where not all of them are: that exposes. */
static bool counts_as_unset(const SettingReport *report) {
        return setting_report_is_less(report) &&
               (report->holds != SUPPORT_WEAKENED || !streq(report->name, "Delegate"));
}

static int list_lost(const SettingReports *settings, char ***ret) {
        AUTO_STRV char **lost = NULL;

        for (unsigned i = 0; i < settings->n_rows; i++)
                if (counts_as_unset(&settings->rows[i]) &&
                    strv_add(&lost, settings->rows[i].name) < 0)
                        return err_new(-ENOMEM);
        *ret = STEAL(lost);
        return 0;
}

/* A copy without the settings that count as not set. */
static int drop_lost(const UnitSpec *spec, char *const *lost, UnitSpec **ret) {
        AUTO(unit_spec_free) UnitSpec *copy = NULL;
        int r = unit_spec_copy(spec, &copy);

        if (r < 0)
                return err_pass(r);
        for (unsigned i = copy->n_values; i > 0; i--) {
                DirectiveId id = (DirectiveId)copy->values[i - 1].id;
                const DirectiveRow *row = directive_row(copy->type, id);
                if (row && strv_contains(lost, row->name))
                        unit_spec_unset(copy, id);
        }
        *ret = STEAL(copy);
        return 0;
}

int security_held_make(Tend *tend, const UnitSpec *spec, bool is_file, SecurityHeld *ret) {
        AUTO(security_held_done) SecurityHeld held = { 0 };
        AUTO(unit_spec_free) UnitSpec *left = NULL;
        AUTO_STRV char **lines = NULL, **lost = NULL;
        int r = is_file ? 0 : ask_manager(tend, spec->name, &lines, &held.has_run);

        if (r == 0)
                r = setting_reports_make(spec, lines, &held.settings);
        if (r == 0)
                r = list_lost(&held.settings, &lost);
        if (r == 0)
                r = drop_lost(spec, lost, &left);
        if (r == 0)
                r = security_score_make(left, lost, tend->scope == UNIT_SCOPE_USER, &held.score);
        if (r < 0)
                return err_pass(r);
        *ret = held;
        held = (SecurityHeld){ 0 };
        return 0;
}

void security_held_done(SecurityHeld *held) {
        setting_reports_done(&held->settings);
        security_score_done(&held->score);
}

/* --- output ----------------------------------------------------------------------------------- */

void security_print_overall(const char *words, const char *unit, unsigned exposure, StrBuf *out) {
        const char *face, *verdict = security_verdict(exposure, &face);

        strbuf_addf(out,
                    "\n\xe2\x86\x92 %s %s: %u.%u %s %s\n",
                    words,
                    unit,
                    exposure / 10,
                    exposure % 10,
                    verdict,
                    face);
}

void security_held_print(const SecurityHeld *held, const char *unit, StrBuf *out) {
        security_print_overall(held->has_run ? "With what held in the last run of"
                                             : "With what tend enforces for",
                               unit,
                               held->score.exposure,
                               out);
        for (unsigned i = 0; i < held->settings.n_rows; i++) {
                const SettingReport *row = &held->settings.rows[i];
                if (setting_report_is_less(row))
                        strbuf_addf(out,
                                    "  %s%s%s%s%s%s\n",
                                    row->name,
                                    row->name[0] ? "= is " : "",
                                    setting_report_level(row),
                                    row->why[0] ? ": " : "",
                                    row->why,
                                    row->name[0] || row->why[0] ? "" : ".");
        }
}

static void json_exposure(JsonWriter *writer, const char *key, unsigned tenths) {
        char text[16];

        (void)snprintf(text, sizeof(text), "%u.%u", tenths / 10, tenths % 10); /* long enough */
        json_string(writer, key, text);
}

static void json_score(JsonWriter *writer, const char *key, const SecurityScore *score) {
        const char *face;

        json_begin_object(writer, key);
        json_exposure(writer, "exposure", score->exposure);
        json_string(writer, "verdict", security_verdict(score->exposure, &face));
        json_end_object(writer);
}

/* true, false, or null where the row counts for nothing. */
static void json_is_good(JsonWriter *writer, const char *key, const SecurityRow *row) {
        if (row->not_applicable)
                json_null(writer, key);
        else
                json_boolean(writer, key, row->badness == 0);
}

static void json_rows(JsonWriter *writer, const SecurityScore *asked, const SecurityScore *held) {
        json_begin_array(writer, "rows");
        for (unsigned i = 0; i < asked->n_rows; i++) {
                const SecurityRow *row = &asked->rows[i];
                json_begin_object(writer, NULL);
                json_string(writer, "name", row->name);
                json_string(writer, "json_field", row->field);
                json_string(writer, "description", row->description);
                json_is_good(writer, "set", row);
                json_is_good(writer, "held", &held->rows[i]);
                json_exposure(writer, "exposure", security_row_exposure(asked, row));
                json_exposure(writer, "exposure_held", security_row_exposure(held, &held->rows[i]));
                json_end_object(writer);
        }
        json_end_array(writer);
}

static void json_less(JsonWriter *writer, const SettingReports *settings) {
        json_begin_array(writer, "less_than_asked");
        for (unsigned i = 0; i < settings->n_rows; i++) {
                const SettingReport *row = &settings->rows[i];
                if (!setting_report_is_less(row))
                        continue;
                json_begin_object(writer, NULL);
                json_string(writer, "setting", row->name[0] ? row->name : NULL);
                json_string(writer, "asked", row->asked[0] ? row->asked : NULL);
                json_string(writer, "holds", setting_report_level(row));
                json_string(writer, "why", row->why[0] ? row->why : NULL);
                json_end_object(writer);
        }
        json_end_array(writer);
}

void security_held_print_json(const SecurityHeld *held,
                              const SecurityScore *asked,
                              const char *unit,
                              StrBuf *out) {
        JsonWriter writer = { .out = out, .pretty = true };

        json_begin_object(&writer, NULL);
        json_string(&writer, "unit", unit);
        json_boolean(&writer, "from_last_run", held->has_run);
        json_score(&writer, "asked", asked);
        json_score(&writer, "held", &held->score);
        json_less(&writer, &held->settings);
        json_rows(&writer, asked, &held->score);
        json_end_object(&writer);
        strbuf_add_char(out, '\n');
}
