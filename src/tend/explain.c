/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/explain.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/str.h"
#include "base/strv.h"
#include "bus/bus_error.h"
#include "tend/failed_setting.h"
#include "tend/failure_text.h"
#include "tend/load_problem.h"
#include "tend/unit_list.h"
#include "tend/unit_log.h"

#define LOG_LINES 8
#define DEPTH_MAX 8 /* of units that need each other */

static bool is_down(const UnitView *view) {
        return view->active_state &&
               (streq(view->active_state, "inactive") || streq(view->active_state, "failed"));
}

/* How much this unit looks like the reason: a failed one most. */
static unsigned blame(const Tend *tend, const char *unit) {
        AUTO(unit_view_done) UnitView view = { 0 };

        if (unit_view_get(tend, unit, NULL, &view) < 0 || !is_down(&view))
                return 0;
        if (streq(view.active_state, "failed"))
                return 3;
        return view.load_state && !streq(view.load_state, "loaded") ? 2 : 1;
}

char *explain_culprit(const Tend *tend, const UnitView *view) {
        char *const *lists[] = { view->requires, view->binds_to, view->requisite };
        const char *worst = NULL;
        unsigned most = 0;

        for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
                STRV_FOREACH(name, lists[i]) {
                        unsigned amount = blame(tend, *name);
                        if (amount > most) {
                                most = amount;
                                worst = *name;
                        }
                }
        return worst ? strdup(worst) : NULL;
}

/* Conditions and assertions that did not hold. */
static void add_conditions(const UnitView *view, StrBuf *out) {
        const char *separator = "";
        for (unsigned i = 0; i < view->n_conditions; i++) {
                const UnitCondition *condition = &view->conditions[i];
                if (condition->state >= 0)
                        continue;
                strbuf_addf(out,
                            "%s%s=%s%s%s does not hold",
                            separator,
                            condition->type,
                            condition->trigger ? "|" : "",
                            condition->negate ? "!" : "",
                            condition->value);
                separator = ", ";
        }
}

/* What is wrong with the unit itself; false when nothing is. */
static bool add_own(const Tend *tend, const UnitView *view, StrBuf *out) {
        size_t length = out->length;

        if (view->load_error) {
                AUTO(strbuf_done) StrBuf problem = STRBUF_INIT;
                load_problem_describe(tend, view->id, &problem);
                strbuf_add(out, problem.length > 0 ? strbuf_text(&problem) : view->load_error);
        }
        if (out->length > length)
                return true;
        if (view->load_state && streq(view->load_state, "masked"))
                strbuf_add(out, "it is masked");
        else if (view->active_state && streq(view->active_state, "failed"))
                failure_describe(view, out);
        else if (!unit_view_is_up(view))
                add_conditions(view, out);
        return out->length > length;
}

void explain_unit(Tend *tend, const UnitView *view, StrBuf *out) {
        AUTO_FREE char *culprit = NULL;

        if (add_own(tend, view, out))
                return;
        culprit = explain_culprit(tend, view);
        for (unsigned depth = 0; culprit && depth < DEPTH_MAX; depth++) {
                AUTO(unit_view_done) UnitView other = { 0 };
                if (unit_view_get(tend, culprit, NULL, &other) < 0)
                        return;
                strbuf_addf(out, "%s %s, which ", depth == 0 ? "it needs" : "needs", culprit);
                if (streq_null(other.active_state, "failed"))
                        strbuf_add(out, "failed: ");
                else if (other.load_error)
                        strbuf_add(out, "cannot be loaded: ");
                if (add_own(tend, &other, out))
                        return;
                free(culprit);
                culprit = explain_culprit(tend, &other);
                if (!culprit)
                        strbuf_add(out, "is not running");
        }
}

/* --- a failed job
 * -------------------------------------------------------------------------------------------- */

/* "command: ExecStart=/bin/x y (file:line)", or the setting that could not be applied. */
static void print_setting(const UnitView *view) {
        AUTO(failed_setting_done) FailedSetting setting = { 0 };

        failed_setting_find(view, &setting);
        if (!setting.key)
                return;
        (void)fprintf(stderr, "  setting: %s=%s", setting.key, setting.value);
        if (setting.place.path)
                (void)fprintf(stderr, " (%s:%u)", setting.place.path, setting.place.line);
        (void)fputc('\n', stderr);
}

static void print_log(Tend *tend, const UnitView *view) {
        AUTO_STRV char **lines = NULL;

        if (unit_log_lines(tend, view->id, LOG_LINES, &lines) < 0)
                return;
        if (lines)
                (void)fprintf(stderr, "  log, last lines:\n");
        STRV_FOREACH(line, lines)
        (void)fprintf(stderr, "    | %s\n", *line);
}

static void print_next(const UnitView *view, const char *unit) {
        if (view->sub_state && streq(view->sub_state, "auto-restart"))
                (void)fprintf(stderr, "  It is being started again.\n");
        (void)fprintf(stderr, "  next: tend why %s, tend logs %s\n", unit, unit);
}

unsigned explain_unloadable(Tend *tend) {
        AUTO(unit_list_done) UnitList list = { 0 };
        char bad_setting[] = "bad-setting", error[] = "error";
        char *states[] = { bad_setting, error, NULL }, **asked = tend->states;
        unsigned n_found = 0;

        tend->states = states;
        int r = unit_list_get(tend, NULL, &list);
        tend->states = asked;
        for (unsigned i = 0; r >= 0 && i < list.n_entries; i++) {
                AUTO(unit_view_done) UnitView view = { 0 };
                AUTO(strbuf_done) StrBuf reason = STRBUF_INIT;
                if (unit_view_get(tend, list.entries[i].id, NULL, &view) < 0 ||
                    (!view.wanted_by && !view.required_by && !view.bound_by))
                        continue;
                (void)add_own(tend, &view, &reason); /* there is a load error */
                tend_complain(tend,
                              "%s was not started, it cannot be loaded: %s",
                              list.entries[i].id,
                              strbuf_text(&reason));
                n_found++;
        }
        return n_found;
}

void explain_job(Tend *tend, const char *verb, const char *unit, const char *result) {
        AUTO(unit_view_done) UnitView view = { 0 };
        AUTO(strbuf_done) StrBuf reason = STRBUF_INIT;
        bool known = unit_view_get(tend, unit, NULL, &view) >= 0 && view.id;
        const char *meaning = failure_of_job(result);

        if (known && streq(result, "failed"))
                failure_describe(&view, &reason);
        if (known && reason.length == 0)
                explain_unit(tend, &view, &reason);
        if (reason.length == 0)
                strbuf_add(&reason, meaning ? meaning : "the job failed");
        tend_complain(tend, "Failed to %s %s: %s", verb, unit, strbuf_text(&reason));
        if (!known)
                return;
        if (streq(result, "failed")) {
                print_setting(&view);
                print_log(tend, &view);
        }
        print_next(&view, unit);
}

/* --- a refused request
 * --------------------------------------------------------------------------------------- */

void explain_refusal(Tend *tend, const char *unit, const char *error_name) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        if (!error_name || (tend->flags & TEND_QUIET))
                return;
        (void)load_problem_findings(tend, unit, &diag); /* a systemd does not tell them */
        for (unsigned i = 0; i < diag.n_findings; i++) {
                AUTO_FREE char *text = diag_format(&diag.findings[i]);
                (void)fprintf(stderr, "  %s\n", text ? text : diag.findings[i].text);
        }
        if (streq(error_name, BUS_ERROR_NO_SUCH_UNIT))
                (void)fprintf(
                        stderr,
                        "  next: tend list-unit-files shows the units there are, tend unit-paths where they are looked for\n");
        else if (streq(error_name, BUS_ERROR_UNIT_MASKED))
                (void)fprintf(stderr, "  next: tend cat %s shows the link that masks it\n", unit);
        else if (streq(error_name, BUS_ERROR_BAD_UNIT_SETTING) ||
                 streq(error_name, BUS_ERROR_LOAD_FAILED))
                (void)fprintf(stderr, "  next: tend verify %s\n", unit);
}
