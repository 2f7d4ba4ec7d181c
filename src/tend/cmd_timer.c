/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_timer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/json.h"
#include "calendar/time_stamp.h"
#include "host/timer_ledger.h"
#include "tend/pager.h"
#include "tend/unit_offline.h"
#include "unit/unit_name.h"

static void print_json(const TimerEntry *entries, unsigned n, StrBuf *out) {
        JsonWriter writer = { .out = out, .pretty = true };
        json_begin_array(&writer, NULL);
        for (unsigned i = 0; i < n; i++) {
                const TimerEntry *entry = &entries[i];
                json_begin_object(&writer, NULL);
                json_unsigned(&writer, "due_usec", entry->run.due_usec);
                json_unsigned(&writer, "started_usec", entry->run.started_usec);
                json_unsigned(&writer, "finished_usec", entry->finished_usec);
                json_unsigned(&writer, "duration_usec", entry->took_usec);
                json_unsigned(&writer,
                              "lateness_usec",
                              usec_sub(entry->run.started_usec, entry->run.due_usec));
                json_string(&writer, "result", entry->result);
                json_unsigned(&writer, "skipped", entry->run.n_skipped);
                json_unsigned(&writer, "missed", entry->run.n_missed);
                json_end_object(&writer);
        }
        json_end_array(&writer);
        strbuf_add_char(out, '\n');
}

static void print_span(uint64_t usec, StrBuf *out) {
        uint64_t accuracy = usec >= USEC_PER_MINUTE ? USEC_PER_SEC : USEC_PER_MSEC;
        if (usec < USEC_PER_MSEC)
                strbuf_add(out, "0");
        else
                duration_print(out, usec, accuracy);
}

/* "Fri 2026-11-23 00:00:00 CET  late 12ms  took 3s  success  (2 skipped, 1 missed)" */
static void print_line(const TimerEntry *entry, const TimeZone *zone, StrBuf *out) {
        const TimerRun *run = &entry->run;
        time_stamp_print(out, run->due_usec, zone);
        strbuf_add(out, "  late ");
        print_span(usec_sub(run->started_usec, run->due_usec), out);
        if (entry->finished_usec > 0) {
                strbuf_add(out, "  took ");
                print_span(entry->took_usec, out);
        }
        strbuf_addf(out, "  %s", entry->result);
        if (streq(entry->result, TIMER_LEDGER_LOST))
                strbuf_add(out, " (the manager or the machine ended before it did)");
        if (run->n_skipped > 0)
                strbuf_addf(out, "  (%u skipped: the unit was still running)", run->n_skipped);
        if (run->n_missed > 0)
                strbuf_addf(out, "  (%u missed: no manager ran)", run->n_missed);
        strbuf_add_char(out, '\n');
}

static int read_ledger(const Tend *tend, const char *name, TimerEntry **ret, unsigned *ret_n) {
        int r = 0;
        *ret_n = 0;
        for (unsigned is_transient = 0; is_transient < 2 && r >= 0 && *ret_n == 0; is_transient++) {
                AUTO_FREE char *path = timer_ledger_path(tend->paths, name, is_transient);
                free(STEAL(*ret));
                r = path ? timer_ledger_read(path, ret, ret_n) : err_new(-ENOENT);
        }
        return err_pass(r);
}

/* Whether there is a unit of this name, loaded or not; says so when there is none. */
static bool is_known(Tend *tend, const char *name) {
        AUTO(unit_offline_done) UnitOffline offline = { 0 };
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        if (unit_offline_init(tend, &offline) < 0 || unit_load(&offline.loader, name, &spec) < 0)
                return false;
        if (spec->load_state != UNIT_NOT_FOUND)
                return true;
        tend_complain(tend, "Unit %s not found, and no run of it is on record.", name);
        return false;
}

/* -errno after saying why. */
static int find_timer(Tend *tend, const char *argument, char **ret) {
        int r = unit_name_mangle(argument, ".timer", false, ret);
        if (r < 0)
                tend_complain(tend, "%s is no name of a unit", argument);
        else if (!str_has_suffix(str_of(*ret), ".timer")) {
                tend_complain(tend,
                              "%s is no timer; `tend list-timers --all` tells which there are",
                              *ret);
                return err_new(-EINVAL);
        }
        return err_pass(r);
}

static void print_runs(const Tend *tend, const TimerEntry *entries, unsigned n, StrBuf *out) {
        AUTO(time_zone_free) TimeZone *zone = NULL;
        (void)time_zone_load_local(&zone); /* else UTC, which is printed with it */
        if (tend->flags & TEND_JSON)
                print_json(entries, n, out);
        for (unsigned i = 0; i < n && !(tend->flags & TEND_JSON); i++)
                print_line(&entries[i], zone, out);
}

int cmd_timer(Tend *tend, char **arguments) {
        AUTO_FREE char *name = NULL;
        AUTO_FREE TimerEntry *entries = NULL;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        unsigned n = 0;

        if (tend_paths(tend) < 0 || find_timer(tend, arguments[0], &name) < 0)
                return 1;
        int r = read_ledger(tend, name, &entries, &n);
        if (r < 0) {
                tend_complain(tend, "Cannot read the runs of %s: %s", name, strerror(-r));
                return 1;
        }
        if (n == 0 && !is_known(tend, name))
                return 4;
        print_runs(tend, entries, n, &out);
        if (n == 0 && !(tend->flags & (TEND_JSON | TEND_QUIET)))
                strbuf_addf(&out, "%s: no run is on record.\n", name);
        return pager_print(tend, &out) < 0 ? 1 : 0;
}
