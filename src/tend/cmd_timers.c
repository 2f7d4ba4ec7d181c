/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_timers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "calendar/time_stamp.h"
#include "tend/timer_rehearsal.h"
#include "tend/unit_list.h"
#include "tend/unit_offline.h"
#include "unit/unit_name.h"

#define USAGE                                                                                      \
        "tend timers --simulate FROM TO [--tz ZONE] [--down FROM TO]... [--units DIR] [--user] "   \
        "[--json] [TIMER...]"

#define N_OUTAGES_MAX 64

typedef struct TimersRun {
        Tend *tend;
        const char *from, *to, *zone_name;
        const char *down[N_OUTAGES_MAX][2];
        TimerOutage outages[N_OUTAGES_MAX];
        unsigned n_outages;
        bool json, is_refused;
        char **names;   /* owned */
        TimeZone *zone; /* owned */
        StrBuf line;    /* owned; the one that is printed */
        unsigned n_runs;
} TimersRun;

/* Takes one argument of an option; false when there is none. */
static bool take(char ***rest, const char **ret) {
        if (!(*rest)[1])
                return false;
        *ret = *++*rest;
        return true;
}

/* A name, maybe without its suffix, or the path of a file, whose directory is searched first.
 * -errno after saying why. */
static int add_timer(TimersRun *run, const char *text) {
        AUTO_FREE char *name = NULL, *directory = NULL;
        bool is_path = strchr(text, '/');
        int r = unit_name_mangle(is_path ? path_base_name(text) : text, ".timer", false, &name);
        if (r >= 0 && !str_has_suffix(str_of(name), ".timer"))
                r = err_new(-EINVAL);
        if (r < 0) {
                tend_complain(run->tend, "%s is no timer", text);
                return err_pass(r);
        }
        if (is_path && !(directory = path_dir_name(text)))
                return err_new(-ENOMEM);
        if (is_path)
                r = strv_add_unique(&run->tend->unit_directories, directory);
        return err_pass(r < 0 ? r : strv_add(&run->names, name));
}

static bool take_outage(TimersRun *run, char ***rest) {
        if (run->n_outages == N_OUTAGES_MAX)
                return false;
        const char **down = run->down[run->n_outages++];
        return take(rest, &down[0]) && take(rest, &down[1]);
}

static int parse_arguments(TimersRun *run, char **arguments) {
        const char *directory;
        for (char **rest = arguments; *rest; rest++) {
                bool ok = true;
                if (streq(*rest, "--simulate"))
                        ok = take(&rest, &run->from) && take(&rest, &run->to);
                else if (streq(*rest, "--down"))
                        ok = take_outage(run, &rest);
                else if (streq(*rest, "--tz"))
                        ok = take(&rest, &run->zone_name);
                else if (streq(*rest, "--json"))
                        run->json = true;
                else if (streq(*rest, "--user"))
                        run->tend->scope = UNIT_SCOPE_USER;
                else if (streq(*rest, "--units"))
                        ok = take(&rest, &directory) &&
                             strv_add(&run->tend->unit_directories, directory) >= 0;
                else if ((*rest)[0] == '-')
                        ok = false;
                else if (add_timer(run, *rest) < 0)
                        return err_new(-ENOENT);
                if (!ok) {
                        tend_complain(run->tend, "Usage: " USAGE);
                        return err_new(-EINVAL);
                }
        }
        if (!run->from)
                tend_complain(run->tend, "Usage: " USAGE);
        return run->from ? 0 : err_new(-EINVAL);
}

static int parse_moment(const TimersRun *run, const char *text, uint64_t *ret) {
        if (!text)
                return 0;
        int r = time_stamp_parse(str_of(text), clock_realtime_usec(), run->zone, ret);
        if (r < 0)
                tend_complain(run->tend,
                              "%s is no time stamp; \"2026-03-01 10:00\" or \"+1week\" would be",
                              text);
        return err_pass(r);
}

/* --- output --------------------------------------------------------------------------------- */

static void
print_json(TimersRun *run, uint64_t usec, const char *timer, const char *unit, bool is_late) {
        JsonWriter writer = { .out = &run->line };
        strbuf_add(&run->line, run->n_runs > 0 ? ",\n" : "");
        json_begin_object(&writer, NULL);
        json_unsigned(&writer, "realtime_usec", usec);
        json_string(&writer, "timer", timer);
        json_string(&writer, "unit", unit);
        json_boolean(&writer, "catches_up", is_late);
        json_end_object(&writer);
}

static void
on_elapsed(void *userdata, uint64_t usec, const char *timer, const char *unit, bool is_late) {
        TimersRun *run = userdata;
        strbuf_clear(&run->line);
        if (run->json)
                print_json(run, usec, timer, unit, is_late);
        else {
                time_stamp_print(&run->line, usec, run->zone);
                strbuf_addf(&run->line,
                            "  %s  %s%s\n",
                            timer,
                            unit,
                            is_late ? "  (for what was missed)" : "");
        }
        (void)fputs(strbuf_text(&run->line), stdout); /* as all output: checked when it is closed */
        run->n_runs++;
}

static void on_refused(void *userdata, const char *text) {
        TimersRun *run = userdata;
        run->is_refused = true;
        tend_complain(run->tend, "%s", text);
}

/* --- work ----------------------------------------------------------------------------------- */

/* Those that are up in the manager, whatever brought them up. */
static int add_running(TimersRun *run) {
        AUTO(unit_list_done) UnitList list = { 0 };
        char pattern[] = "*.timer", *patterns[] = { pattern, NULL };
        int r = unit_list_get(run->tend, patterns, &list);
        for (unsigned i = 0; i < list.n_entries && r >= 0; i++)
                if (streq(list.entries[i].active_state, "active"))
                        r = strv_add_unique(&run->names, list.entries[i].id);
        return err_pass(r);
}

/* All that timers.target wants or that are up, when none is named. */
static int find_timers(TimersRun *run, const UnitOffline *offline) {
        AUTO(unit_spec_free) UnitSpec *target = NULL;
        if (run->names)
                return 0;
        int r = unit_load(&offline->loader, "timers.target", &target);
        if (r < 0)
                return err_pass(r);
        STRV_FOREACH(name, unit_spec_strv(target, DIRECTIVE_WANTS))
        if (r >= 0 && str_has_suffix(str_of(*name), ".timer"))
                r = strv_add(&run->names, *name);
        if (r >= 0 && offline->from_manager)
                r = add_running(run);
        if (r >= 0 && !run->names)
                tend_complain(run->tend,
                              "No timer is up or enabled; start or enable some, or name them");
        return r < 0 ? err_pass(r) : 0;
}

static int compare_outages(const void *a, const void *b) {
        const TimerOutage *one = a, *other = b;
        return one->from_usec < other->from_usec ? -1 : one->from_usec > other->from_usec;
}

/* The moments, with the outages in order. */
static int parse_moments(TimersRun *run, TimerRehearsalOptions *options) {
        int r = parse_moment(run, run->from, &options->from_usec);
        if (r >= 0)
                r = parse_moment(run, run->to, &options->to_usec);
        for (unsigned i = 0; i < run->n_outages && r >= 0; i++) {
                r = parse_moment(run, run->down[i][0], &run->outages[i].from_usec);
                if (r >= 0)
                        r = parse_moment(run, run->down[i][1], &run->outages[i].to_usec);
        }
        qsort(run->outages, run->n_outages, sizeof(*run->outages), compare_outages);
        options->outages = run->outages;
        options->n_outages = run->n_outages;
        return err_pass(r);
}

static int check_moments(const TimersRun *run, const TimerRehearsalOptions *options) {
        uint64_t since = options->from_usec;
        bool is_ordered = since <= options->to_usec;
        for (unsigned i = 0; i < options->n_outages && is_ordered; i++) {
                const TimerOutage *outage = &options->outages[i];
                is_ordered = since <= outage->from_usec && outage->from_usec <= outage->to_usec &&
                             outage->to_usec <= options->to_usec;
                since = outage->to_usec;
        }
        if (is_ordered)
                return 0;
        tend_complain(
                run->tend,
                "FROM must lie before TO, and each --down within them, apart from the others");
        return err_new(-EINVAL);
}

static int simulate(TimersRun *run) {
        AUTO(unit_offline_done) UnitOffline offline = { 0 };
        TimerRehearsalOptions options = {
                .local = run->zone, .elapsed = on_elapsed, .refused = on_refused, .userdata = run
        };
        int r = parse_moments(run, &options);
        if (r >= 0)
                r = check_moments(run, &options);
        if (r < 0)
                return err_pass(r);
        r = unit_offline_init(run->tend, &offline);
        if (r >= 0)
                r = find_timers(run, &offline);
        if (r < 0)
                return err_pass(r);
        options.loader = &offline.loader;
        options.timers = run->names;
        if (run->json)
                (void)putchar('['); /* as all output: checked when it is closed */
        r = timer_rehearsal_play(&options);
        if (run->json)
                (void)puts("]"); /* as all output: checked when it is closed */
        return err_pass(r);
}

static int load_zone(TimersRun *run) {
        if (!run->zone_name)
                return err_pass(time_zone_load_local(&run->zone));
        int r = time_zone_load(run->zone_name, &run->zone);
        if (r == -ENOENT)
                tend_complain(run->tend, "There is no time zone %s", run->zone_name);
        return err_pass(r);
}

int timers_main(Tend *tend, int argc, char **argv) {
        TimersRun run = { .tend = tend };
        (void)argc; /* argv ends with NULL */
        int r = parse_arguments(&run, argv + 2);
        int status = r == -EINVAL ? 2 : 1;
        if (r >= 0)
                r = load_zone(&run);
        if (r >= 0)
                r = simulate(&run);
        if (r >= 0)
                status = run.is_refused ? 1 : 0;
        run.names = strv_free(run.names);
        run.zone = time_zone_free(run.zone);
        strbuf_done(&run.line);
        return status;
}
