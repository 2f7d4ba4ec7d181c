/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_timer.h"

#include <string.h>

#include "base/duration.h"
#include "base/json.h"
#include "calendar/time_stamp.h"
#include "host/timer_ledger.h"
#include "tend/pager.h"
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
                json_unsigned(&writer,
                              "duration_usec",
                              usec_sub(entry->finished_usec, entry->run.started_usec));
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
        strbuf_add(out, "  took ");
        print_span(usec_sub(entry->finished_usec, run->started_usec), out);
        strbuf_addf(out, "  %s", entry->result);
        if (run->n_skipped > 0)
                strbuf_addf(out, "  (%u skipped: the unit was still running)", run->n_skipped);
        if (run->n_missed > 0)
                strbuf_addf(out, "  (%u missed: no manager ran)", run->n_missed);
        strbuf_add_char(out, '\n');
}

int cmd_timer(Tend *tend, char **arguments) {
        AUTO_FREE char *name = NULL, *path = NULL;
        AUTO_FREE TimerEntry *entries = NULL;
        AUTO(time_zone_free) TimeZone *zone = NULL;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        unsigned n = 0;

        if (tend_paths(tend) < 0)
                return 1;
        int r = unit_name_mangle(arguments[0], ".timer", false, &name);
        if (r >= 0 && (path = timer_ledger_path(tend->paths, name)))
                r = timer_ledger_read(path, &entries, &n);
        if (r >= 0)
                r = time_zone_load_local(&zone);
        if (r < 0) {
                tend_complain(tend, "Cannot read the runs of %s: %s", arguments[0], strerror(-r));
                return 1;
        }
        if (tend->flags & TEND_JSON)
                print_json(entries, n, &out);
        for (unsigned i = 0; i < n && !(tend->flags & TEND_JSON); i++)
                print_line(&entries[i], zone, &out);
        if (n == 0 && !(tend->flags & (TEND_JSON | TEND_QUIET)))
                strbuf_addf(&out, "%s: no run is on record.\n", name);
        return pager_print(tend, &out) < 0 ? 1 : 0;
}
