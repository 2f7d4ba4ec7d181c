/* SPDX-License-Identifier: Apache-2.0 */
#include "host/timer_receipt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "host/timer_ledger.h"
#include "unit/unit_spec.h"

static bool is_transient(const Unit *unit) {
        return unit->spec && unit->spec->transient;
}

static char *path_of(const Host *host, const Unit *unit) {
        return timer_ledger_path(host->options.paths, unit->id, is_transient(unit));
}

static void write_down(const Host *host, const Unit *unit, TimerEntry *entry, const char *result) {
        AUTO_FREE char *path = path_of(host, unit);
        bool is_new = path && is_transient(unit) && access(path, F_OK) < 0;
        (void)snprintf(entry->result, sizeof(entry->result), "%s", result); /* names are short */
        int r = path ? timer_ledger_add(path, entry) : -ENOMEM;
        if (r < 0)
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Cannot write down its run in %s: %s",
                         unit->id,
                         path ? path : "memory",
                         strerror(-r));
        else if (is_new)
                timer_ledger_prune(path);
}

void timer_receipt_begin(const Host *host, const Unit *unit, const TimerRun *run) {
        TimerEntry entry = { .run = *run };
        write_down(host, unit, &entry, TIMER_LEDGER_OPEN);
}

void timer_receipt_end(const Host *host,
                       const Unit *unit,
                       const TimerRun *run,
                       const char *result) {
        TimerEntry entry = { .run = *run, .finished_usec = clock_realtime_usec() };
        entry.took_usec = run->began_usec > 0 ? usec_sub(clock_monotonic_usec(), run->began_usec)
                                              : usec_sub(entry.finished_usec, run->started_usec);
        write_down(host, unit, &entry, result);
}

bool timer_receipt_lost(const Host *host, const Unit *unit, TimerRun *ret) {
        AUTO_FREE char *path = path_of(host, unit);
        TimerEntry entry;
        if (!path || !timer_ledger_find_open(path, &entry))
                return false;
        *ret = entry.run;
        write_down(host, unit, &entry, TIMER_LEDGER_LOST);
        return true;
}

int timer_receipt_remove(const Host *host, const Unit *unit) {
        AUTO_FREE char *path = path_of(host, unit);
        return path && unlink(path) == 0 ? 0 : err_new(path ? -errno : -ENOMEM);
}
