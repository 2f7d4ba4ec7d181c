/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/macros.h"
#include "base/strv.h"
#include "tend/style.h"
#include "tend/systemctl/ctl_status.h"
#include "tend/systemctl/ctl_time.h"

#define MARGIN "             "

static const char *or_empty(const char *text) {
        return text ? text : "";
}

/* "since; relative" of a moment. */
static void print_moment(const Systemctl *ctl, uint64_t usec, StrBuf *out) {
        systemctl_print_timestamp(ctl, usec, out);
        strbuf_add(out, "; ");
        ctl_print_relative(usec, clock_realtime_usec(), out);
}

static void print_heading(const Systemctl *ctl, const UnitView *view, StrBuf *out) {
        Style style = style_of_state(view->active_state);

        style_addf(out, ctl->tend->flags, style, "%s", style_mark(view->active_state));
        strbuf_addf(out, " %s", or_empty(view->id));
        if (view->description && view->id && !streq(view->description, view->id))
                strbuf_addf(out, " - %s", view->description);
        strbuf_add_char(out, '\n');
        if (view->following)
                strbuf_addf(
                        out, "     Follow: unit currently follows state of %s\n", view->following);
}

/* In these states a preset says nothing. */
static bool has_preset(const UnitView *view) {
        static const char *const without[] = { "alias", "generated", "static", "transient" };

        for (size_t i = 0; i < ARRAY_LENGTH(without); i++)
                if (streq(view->unit_file_state, without[i]))
                        return false;
        return view->unit_file_preset != NULL;
}

static void print_loaded(const Systemctl *ctl, const UnitView *view, StrBuf *out) {
        static const char *const bad[] = { "error", "not-found", "bad-setting" };
        const char *path = view->source_path ? view->source_path : view->fragment_path;
        const char *state = or_empty(view->load_state);
        Style style = STYLE_PLAIN;

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                if (streq(bad[i], state))
                        style = STYLE_BAD;
        strbuf_add(out, "     Loaded: ");
        style_addf(out, ctl->tend->flags, style, "%s", state);
        if (view->load_error)
                strbuf_addf(out, " (Reason: %s)", view->load_error);
        else if (path && view->unit_file_state && has_preset(view))
                strbuf_addf(out,
                            " (%s; %s; preset: %s)",
                            path,
                            view->unit_file_state,
                            view->unit_file_preset);
        else if (path && view->unit_file_state)
                strbuf_addf(out, " (%s; %s)", path, view->unit_file_state);
        else if (path)
                strbuf_addf(out, " (%s)", path);
        strbuf_add_char(out, '\n');
        if (view->transient)
                strbuf_add(out, "  Transient: yes\n");
}

/* Drop-ins by directory. */
static void print_dropins(const UnitView *view, StrBuf *out) {
        size_t n_directory = 0;

        STRV_FOREACH(path, view->dropin_paths) {
                const char *slash = strrchr(*path, '/');
                size_t length = slash ? (size_t)(slash - *path) : 0;
                bool same = path != view->dropin_paths && length == n_directory &&
                            strncmp(path[-1], *path, length) == 0;
                if (!same) {
                        strbuf_addf(out,
                                    "%s%.*s\n" MARGIN "\u2514\u2500",
                                    path == view->dropin_paths ? "    Drop-In: " : "\n" MARGIN,
                                    (int)length,
                                    *path);
                        n_directory = length;
                }
                strbuf_addf(out, "%s%s", same ? ", " : "", slash ? slash + 1 : *path);
        }
        if (view->dropin_paths)
                strbuf_add_char(out, '\n');
}

static uint64_t state_since(const UnitView *view) {
        const char *state = or_empty(view->active_state);

        if (streq(state, "active") || streq(state, "reloading"))
                return view->active_enter_usec;
        if (streq(state, "inactive") || streq(state, "failed"))
                return view->inactive_enter_usec;
        return streq(state, "activating") ? view->inactive_exit_usec : view->active_exit_usec;
}

static void print_active(const Systemctl *ctl, const UnitView *view, StrBuf *out) {
        uint64_t since_usec = state_since(view);
        const char *active = or_empty(view->active_state), *sub = or_empty(view->sub_state);
        Style style = style_of_state(active);

        strbuf_add(out, "     Active: ");
        if (streq(active, sub))
                style_addf(out, ctl->tend->flags, style, "%s", active);
        else
                style_addf(out, ctl->tend->flags, style, "%s (%s)", active, sub);
        if (view->freezer_state && !streq(view->freezer_state, "running"))
                strbuf_addf(out, " (%s)", view->freezer_state);
        if (view->result && !streq(view->result, "success"))
                strbuf_addf(out, " (Result: %s)", view->result);
        if (since_usec > 0 && since_usec != USEC_INFINITY) {
                strbuf_add(out, " since ");
                print_moment(ctl, since_usec, out);
        }
        strbuf_add_char(out, '\n');
        bool is_up = streq(active, "active") || streq(active, "activating") ||
                     streq(active, "reloading");
        if (is_up && since_usec > 0 && view->runtime_max_usec != USEC_INFINITY) {
                strbuf_add(out, "      Until: ");
                print_moment(ctl, usec_add(since_usec, view->runtime_max_usec), out);
                strbuf_add_char(out, '\n');
        }
        if (!is_up && view->active_enter_usec > 0 &&
            view->active_exit_usec >= view->active_enter_usec) {
                strbuf_add(out, "   Duration: ");
                duration_print(
                        out, view->active_exit_usec - view->active_enter_usec, USEC_PER_MSEC);
                strbuf_add_char(out, '\n');
        }
}

/* Units with their state, one a line. */
static void print_units(const Systemctl *ctl, const char *label, char *const *units, StrBuf *out) {
        bool is_after = streq(label, "   Triggers:");

        STRV_FOREACH(unit, units) {
                AUTO_FREE char *state = systemctl_unit_text(ctl, *unit, "ActiveState");
                strbuf_addf(out, "%s ", unit == units ? label : "            ");
                style_addf(out,
                           ctl->tend->flags,
                           style_of_state(state),
                           "%s",
                           is_after ? "\u25cf" : style_mark(state));
                strbuf_addf(out, " %s\n", *unit);
        }
}

static void print_trigger(const Systemctl *ctl, const UnitView *view, StrBuf *out) {
        if (!str_has_suffix(str_of(view->id), ".timer"))
                return;
        uint64_t next_usec = ctl_next_elapse(view);
        strbuf_add(out, "    Trigger: ");
        if (next_usec == USEC_INFINITY)
                strbuf_add(out, "n/a");
        else
                print_moment(ctl, next_usec, out);
        strbuf_add_char(out, '\n');
}

static bool is_unmet(const UnitCondition *condition, bool assertion) {
        return condition->state < 0 &&
               str_has_prefix(str_of(condition->type), "Assert") == assertion;
}

/* The conditions, or assertions, that did not hold. */
static void
print_conditions(const Systemctl *ctl, const UnitView *view, bool assertion, StrBuf *out) {
        uint64_t usec = assertion ? view->assert_usec : view->condition_usec;
        unsigned n_left = 0;

        if (usec == 0 || (assertion ? view->assert_result : view->condition_result))
                return;
        strbuf_add(out, assertion ? "     Assert: start " : "  Condition: start ");
        style_addf(out,
                   ctl->tend->flags,
                   assertion ? STYLE_BAD : STYLE_BUSY,
                   "%s failed",
                   assertion ? "assertion" : "condition");
        strbuf_add(out, " at ");
        print_moment(ctl, usec, out);
        strbuf_add_char(out, '\n');
        for (unsigned i = 0; i < view->n_conditions; i++)
                n_left += is_unmet(&view->conditions[i], assertion);
        for (unsigned i = 0; i < view->n_conditions; i++) {
                const UnitCondition *condition = &view->conditions[i];
                if (!is_unmet(condition, assertion))
                        continue;
                strbuf_addf(out,
                            MARGIN "%s %s=%s%s%s was not met\n",
                            --n_left > 0 ? "\u251c\u2500" : "\u2514\u2500",
                            condition->type,
                            condition->trigger ? "|" : "",
                            condition->negate ? "!" : "",
                            condition->value);
        }
}

static void print_places(const UnitView *view, StrBuf *out) {
        if (view->sysfs_path)
                strbuf_addf(out, "     Device: %s\n", view->sysfs_path);
        if (view->where)
                strbuf_addf(out, "      Where: %s\n", view->where);
        if (view->what)
                strbuf_addf(out, "       What: %s\n", view->what);
        STRV_FOREACH(uri, view->documentation)
        strbuf_addf(
                out, "%s %s\n", uri == view->documentation ? "       Docs:" : "            ", *uri);
        for (char **pair = view->listen; pair && pair[0] && pair[1]; pair += 2)
                strbuf_addf(out,
                            "%s %s (%s)\n",
                            pair == view->listen ? "     Listen:" : "            ",
                            pair[1],
                            pair[0]);
        if (view->accept && view->listen) {
                strbuf_addf(out,
                            "   Accepted: %llu; Connected: %llu;",
                            (unsigned long long)view->n_accepted,
                            (unsigned long long)view->n_connections);
                if (view->n_refused > 0)
                        strbuf_addf(out, " Refused: %llu", (unsigned long long)view->n_refused);
                strbuf_add_char(out, '\n');
        }
}

void ctl_status_print(const Systemctl *ctl, const UnitView *view, StrBuf *out) {
        print_heading(ctl, view, out);
        print_loaded(ctl, view, out);
        print_dropins(view, out);
        print_active(ctl, view, out);
        print_units(ctl, "TriggeredBy:", view->triggered_by, out);
        print_trigger(ctl, view, out);
        print_units(ctl, "   Triggers:", view->triggers, out);
        print_conditions(ctl, view, false, out);
        print_conditions(ctl, view, true, out);
        print_places(view, out);
        ctl_status_print_processes(ctl, view, out);
}
