/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_timers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/strv.h"
#include "calendar/time_stamp.h"
#include "tend/timer_rehearsal.h"
#include "tend/unit_offline.h"

#define USAGE                                                                                      \
        "tend timers --simulate FROM TO [--tz ZONE] [--down FROM TO] [--units DIR] [--json] "      \
        "[TIMER...]"

typedef struct TimersRun {
        Tend *tend;
        const char *from, *to, *down_from, *down_to, *zone_name;
        bool json;
        char **names;   /* owned */
        TimeZone *zone; /* owned */
        unsigned n_runs;
} TimersRun;

/* Takes one argument of an option; false when there is none. */
static bool take(char ***rest, const char **ret) {
        if (!(*rest)[1])
                return false;
        *ret = *++*rest;
        return true;
}

static int parse_arguments(TimersRun *run, char **arguments) {
        const char *directory;
        for (char **rest = arguments; *rest; rest++) {
                bool ok = true;
                if (streq(*rest, "--simulate"))
                        ok = take(&rest, &run->from) && take(&rest, &run->to);
                else if (streq(*rest, "--down"))
                        ok = take(&rest, &run->down_from) && take(&rest, &run->down_to);
                else if (streq(*rest, "--tz"))
                        ok = take(&rest, &run->zone_name);
                else if (streq(*rest, "--json"))
                        run->json = true;
                else if (streq(*rest, "--user"))
                        run->tend->scope = UNIT_SCOPE_USER;
                else if (streq(*rest, "--units"))
                        ok = take(&rest, &directory) &&
                             strv_add(&run->tend->unit_directories, directory) >= 0;
                else
                        ok = (*rest)[0] != '-' && strv_add(&run->names, *rest) >= 0;
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
print_json(const TimersRun *run, uint64_t usec, const char *timer, const char *unit, bool is_late) {
        printf("%s{\"realtime_usec\":%llu,\"timer\":\"%s\",\"unit\":\"%s\",\"catches_up\":%s}",
               run->n_runs > 0 ? ",\n" : "",
               (unsigned long long)usec,
               timer,
               unit,
               is_late ? "true" : "false");
}

static void
on_elapsed(void *userdata, uint64_t usec, const char *timer, const char *unit, bool is_late) {
        TimersRun *run = userdata;
        AUTO(strbuf_done) StrBuf moment = STRBUF_INIT;
        if (run->json)
                print_json(run, usec, timer, unit, is_late);
        else {
                time_stamp_print(&moment, usec, run->zone);
                printf("%s  %s  %s%s\n",
                       strbuf_text(&moment),
                       timer,
                       unit,
                       is_late ? "  (for what was missed)" : "");
        }
        run->n_runs++;
}

static void on_refused(void *userdata, const char *text) {
        const TimersRun *run = userdata;
        tend_complain(run->tend, "%s", text);
}

/* --- work ----------------------------------------------------------------------------------- */

/* All that timers.target wants, when none is named. */
static int find_timers(TimersRun *run, const UnitLoader *loader) {
        AUTO(unit_spec_free) UnitSpec *target = NULL;
        if (run->names)
                return 0;
        int r = unit_load(loader, "timers.target", &target);
        if (r < 0)
                return err_pass(r);
        STRV_FOREACH(name, unit_spec_strv(target, DIRECTIVE_WANTS))
        if (r >= 0 && str_has_suffix(str_of(*name), ".timer"))
                r = strv_add(&run->names, *name);
        if (r >= 0 && !run->names)
                tend_complain(run->tend, "timers.target wants no timer; enable some, or name them");
        return r < 0 ? err_pass(r) : 0;
}

static int simulate(TimersRun *run) {
        AUTO(unit_offline_done) UnitOffline offline = { 0 };
        TimerRehearsalOptions options = {
                .local = run->zone, .elapsed = on_elapsed, .refused = on_refused, .userdata = run
        };
        int r = parse_moment(run, run->from, &options.from_usec);
        if (r >= 0)
                r = parse_moment(run, run->to, &options.to_usec);
        if (r >= 0)
                r = parse_moment(run, run->down_from, &options.down_from_usec);
        if (r >= 0)
                r = parse_moment(run, run->down_to, &options.down_to_usec);
        if (r < 0)
                return err_pass(r);
        if (options.to_usec < options.from_usec ||
            (run->down_from && (options.down_from_usec < options.from_usec ||
                                options.down_to_usec < options.down_from_usec ||
                                options.to_usec < options.down_to_usec))) {
                tend_complain(run->tend, "The end must not lie before the beginning");
                return err_new(-EINVAL);
        }
        r = unit_offline_init(run->tend, &offline);
        if (r >= 0)
                r = find_timers(run, &offline.loader);
        options.loader = &offline.loader;
        options.timers = run->names;
        return r < 0 ? err_pass(r) : err_pass(timer_rehearsal_play(&options));
}

int timers_main(Tend *tend, int argc, char **argv) {
        TimersRun run = { .tend = tend };
        (void)argc; /* argv ends with NULL */
        int r = parse_arguments(&run, argv + 2);
        if (r >= 0)
                r = run.zone_name ? time_zone_load(run.zone_name, &run.zone)
                                  : time_zone_load_local(&run.zone);
        if (r == -ENOENT)
                tend_complain(tend, "There is no time zone %s", run.zone_name);
        if (r >= 0 && run.json)
                (void)putchar('['); /* as all output: checked when it is closed */
        if (r >= 0)
                r = simulate(&run);
        if (r >= 0 && run.json)
                (void)puts("]"); /* as all output: checked when it is closed */
        run.names = strv_free(run.names);
        run.zone = time_zone_free(run.zone);
        return r < 0 ? 1 : 0;
}
