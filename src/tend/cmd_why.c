/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_why.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/strv.h"
#include "tend/explain.h"
#include "tend/failed_setting.h"
#include "tend/failure_text.h"
#include "tend/pager.h"
#include "tend/style.h"
#include "tend/time_text.h"
#include "tend/unit_log.h"
#include "tend/unit_story.h"
#include "tend/unit_view.h"
#include "unit/unit_name.h"

#define DEPTH_MAX 8
#define LOG_LINES 3
#define LOG_LINES_READ 20
#define MANAGER_MARK "tendd[" /* begins the manager's own lines in a unit's log */

/* One unit of the chain. */
typedef struct WhyLink {
        UnitView view;
        UnitStory story;
        unsigned n_changes; /* of the story that make up the last change */
        char *reason;       /* what went wrong, "" = nothing */
        char *next;         /* the unit that it comes from; NULL */
        char **log_lines;   /* what a failed unit said last */
        FailedSetting setting;
} WhyLink;

static void why_link_done(WhyLink *link) {
        unit_view_done(&link->view);
        unit_story_done(&link->story);
        free(link->reason);
        free(link->next);
        strv_free(link->log_lines);
        failed_setting_done(&link->setting);
}

DEFINE_AUTO_DONE(WhyLink, why_link_done);

/* --- gathering
 * -------------------------------------------------------------------------------------- */

/* A state in which a unit stays by itself. */
static bool is_resting(const char *sub_state) {
        static const char *const names[] = { "dead",   "failed",  "running", "exited",
                                             "active", "mounted", "plugged", "waiting" };
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                if (streq(names[i], sub_state))
                        return true;
        return false;
}

/* The changes since the unit last rested, the newest included. */
static unsigned count_last_changes(const UnitStory *story) {
        for (unsigned i = 0; i < story->n_changes; i++)
                if (is_resting(story->changes[i].from))
                        return i + 1;
        return story->n_changes;
}

/* What the unit wrote last. The manager's lines say nothing new where it remembers the changes, and
 * all that is known where it does not. */
static int find_log(Tend *tend, WhyLink *link, bool with_manager) {
        AUTO_STRV char **lines = NULL;
        size_t n_wanted = 0;

        int r = unit_log_lines(tend, link->view.id, LOG_LINES_READ, &lines);
        STRV_FOREACH(line, lines)
        n_wanted += with_manager || !str_has_prefix(str_of(*line), MANAGER_MARK);
        STRV_FOREACH(line, lines) {
                if (!with_manager && str_has_prefix(str_of(*line), MANAGER_MARK))
                        continue;
                if (n_wanted-- > LOG_LINES)
                        continue;
                r = strv_add(&link->log_lines, *line);
                if (r < 0)
                        return err_pass(r);
        }
        return err_pass(r);
}

/* Fills `next`: the unit that holds this one back, or that one of the changes names. */
static void find_next(const Tend *tend, WhyLink *link, bool has_own_failure) {
        if (!unit_view_is_up(&link->view) && !has_own_failure)
                link->next = explain_culprit(tend, &link->view);
        for (unsigned i = 0; i < link->n_changes && !link->next; i++)
                link->next = unit_story_other(link->story.changes[i].cause, link->view.id);
}

static int gather(Tend *tend, const char *unit, WhyLink *ret) {
        AUTO(why_link_done) WhyLink link = { 0 };
        AUTO(strbuf_done) StrBuf reason = STRBUF_INIT;

        int r = unit_view_get(tend, unit, NULL, &link.view);
        if (r < 0 || !link.view.id)
                return r < 0 ? err_pass(r) : err_new(-ENOENT);
        if (unit_story_get(tend, unit, &link.story) >= 0) /* a systemd tells no stories */
                link.n_changes = count_last_changes(&link.story);
        bool failed = streq_null(link.view.active_state, "failed") ||
                      streq_null(link.view.sub_state, "auto-restart");
        if (failed)
                failure_describe(&link.view, &reason);
        else if (!unit_view_is_up(&link.view))
                explain_unit(tend, &link.view, &reason);
        bool is_forgotten =
                link.n_changes == 0 && reason.length == 0 && !unit_view_is_up(&link.view);
        if (failed)
                failed_setting_find(&link.view, &link.setting);
        if (is_forgotten)
                strbuf_add(&reason, "nothing is remembered of it since it was loaded last");
        if (failed || is_forgotten)
                (void)find_log(tend, &link, is_forgotten); /* without it the rest is still true */
        link.reason = strbuf_steal(&reason);
        find_next(tend, &link, failed);
        *ret = link;
        link = (WhyLink){ 0 };
        return 0;
}

/* --- output
 * ----------------------------------------------------------------------------------------- */

/* A line of the chain: an arrow and what lies behind. */
static void begin_line(const Tend *tend, StrBuf *out) {
        strbuf_add(out, "  ");
        style_addf(out, tend->flags, STYLE_FAINT, "\u2190 ");
}

static void print_changes(const Tend *tend, const WhyLink *link, StrBuf *out) {
        for (unsigned i = 0; i < link->n_changes; i++) {
                const StoryChange *change = &link->story.changes[i];
                begin_line(tend, out);
                time_print_clock(change->realtime_usec, out);
                strbuf_addf(out, "  %s \u2192 %s", change->from, change->to);
                if (change->cause[0])
                        strbuf_addf(out, ": %s", change->cause);
                strbuf_add_char(out, '\n');
        }
}

static void print_link(const Tend *tend, const WhyLink *link, StrBuf *out) {
        const UnitView *view = &link->view;
        const char *state = view->active_state ? view->active_state : "?";

        style_addf(out, tend->flags, STYLE_STRONG, "%s", view->id);
        strbuf_add(out, " is ");
        style_addf(out, tend->flags, style_of_state(state), "%s (%s)", state, view->sub_state);
        if (view->state_change_usec > 0) {
                strbuf_add(out, " since ");
                time_print(view->state_change_usec, out);
                strbuf_add(out, ", ");
                time_print_relative(view->state_change_usec, clock_realtime_usec(), out);
        }
        strbuf_add_char(out, '\n');
        if (link->reason && link->reason[0]) {
                begin_line(tend, out);
                strbuf_addf(out, "%s\n", link->reason);
        }
        if (link->setting.key) {
                begin_line(tend, out);
                strbuf_addf(out, "%s=%s", link->setting.key, link->setting.value);
                if (link->setting.place.path)
                        strbuf_addf(out,
                                    " (%s:%u)",
                                    link->setting.place.path,
                                    link->setting.place.line);
                strbuf_add_char(out, '\n');
        }
        STRV_FOREACH(line, link->log_lines) {
                begin_line(tend, out);
                strbuf_addf(out, "its log: %s\n", *line);
        }
        print_changes(tend, link, out);
}

static void print_link_json(const WhyLink *link, JsonWriter *writer) {
        json_begin_object(writer, NULL);
        json_string(writer, "unit", link->view.id);
        json_string(writer, "active", link->view.active_state);
        json_string(writer, "sub", link->view.sub_state);
        json_unsigned(writer, "since_usec", link->view.state_change_usec);
        json_string(writer, "reason", link->reason && link->reason[0] ? link->reason : NULL);
        json_string(writer, "setting", link->setting.key);
        json_string(writer, "file", link->setting.place.path);
        json_unsigned(writer, "line", link->setting.place.line);
        json_begin_array(writer, "log_lines");
        STRV_FOREACH(line, link->log_lines)
        json_string(writer, NULL, *line);
        json_end_array(writer);
        json_begin_array(writer, "changes");
        for (unsigned i = 0; i < link->n_changes; i++) {
                const StoryChange *change = &link->story.changes[i];
                json_begin_object(writer, NULL);
                json_unsigned(writer, "at_usec", change->realtime_usec);
                json_string(writer, "from", change->from);
                json_string(writer, "to", change->to);
                json_string(writer, "cause", change->cause[0] ? change->cause : NULL);
                json_end_object(writer);
        }
        json_end_array(writer);
        json_string(writer, "comes_from", link->next);
        json_end_object(writer);
}

/* Follows the chain from `unit`; -errno when not even that is known. */
static int print_chain(Tend *tend, const char *unit, StrBuf *out, JsonWriter *writer) {
        AUTO_STRV char **seen = NULL;
        AUTO_FREE char *next = strdup(unit);

        for (unsigned depth = 0; next && depth < DEPTH_MAX; depth++) {
                AUTO(why_link_done) WhyLink link = { 0 };
                int r = gather(tend, next, &link);
                if (r < 0)
                        return depth == 0 ? err_pass(r) : 0;
                if (strv_contains(seen, link.view.id))
                        return 0;
                print_link(tend, &link, out);
                print_link_json(&link, writer);
                r = strv_add(&seen, link.view.id);
                if (r < 0)
                        return err_pass(r);
                free(next);
                next = STEAL(link.next);
        }
        return 0;
}

int cmd_why(Tend *tend, char **arguments) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT, json = STRBUF_INIT;
        AUTO_FREE char *unit = NULL;
        JsonWriter writer = { .out = &json, .pretty = true };

        if (unit_name_mangle(arguments[0], ".service", false, &unit) < 0) {
                tend_complain(tend, "\"%s\" is not a name of a unit", arguments[0]);
                return 1;
        }
        if (tend_connect(tend) < 0)
                return 1;
        json_begin_array(&writer, NULL);
        int r = print_chain(tend, unit, &out, &writer);
        json_end_array(&writer);
        strbuf_add_char(&json, '\n');
        if (r < 0) {
                tend_complain(tend, "Cannot ask about %s: %s", unit, strerror(-r));
                return 1;
        }
        return pager_print(tend, tend->flags & TEND_JSON ? &json : &out) < 0 ? 1 : 0;
}
