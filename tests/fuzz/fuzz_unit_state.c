/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdlib.h>

#include "../engine/fake_host.h"

#include "base/duration.h"
#include "base/strbuf.h"
#include "engine/engine_snapshot.h"
#include "engine/service_unit.h"
#include "engine/unit_ops.h"
#include "fuzz_input.h"

/* What cannot be true whatever the record says. */
static void require(bool truth) {
        if (!truth)
                abort();
}

static void add_units(FakeHost *host) {
        fake_host_add_unit(host,
                           "a.service",
                           "[Service]\nType=notify\nWatchdogSec=10\nRestart=always\nRestartSec=5\n"
                           "ExecCondition=/bin/c\nExecStartPre=/bin/p\nExecStart=/bin/x\n"
                           "ExecStartPost=/bin/o\nExecReload=/bin/r\nExecStop=/bin/s\n"
                           "ExecStopPost=/bin/e\n");
        fake_host_add_unit(host,
                           "b.service",
                           "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/x\n"
                           "ExecStart=/bin/y\n");
        fake_host_add_unit(host,
                           "c.service",
                           "[Service]\nType=forking\nPIDFile=/run/c.pid\nExecStart=/bin/x\n");
        fake_host_add_unit(host, "d.target", "[Unit]\nWants=a.service b.service\n");
}

static void check_unit(const Unit *unit) {
        const StateRow *row = unit_state_row(unit->type, unit->state);
        if (!unit->service)
                return;
        require(row->main_may_live || unit->service->main_pid == 0);
        require(row->control_may_live || unit->service->control_pid == 0);
        require(unit->service->main_pid == 0 ||
                engine_unit_by_pid(unit->engine, unit->service->main_pid) == unit);
        require(unit->service->control_pid == 0 ||
                engine_unit_by_pid(unit->engine, unit->service->control_pid) == unit);
        require(row->timer != STATE_TIMER_NONE || !pqueue_is_queued(&unit->service->timer.item));
}

static void check_all(FakeHost *host) {
        for (Unit *unit = engine_next_unit(host->engine, NULL); unit;
             unit = engine_next_unit(host->engine, unit))
                check_unit(unit);
}

/* Whatever it was made to believe, it must be able to stop. */
static void stop_all(FakeHost *host) {
        static const char *const names[] = { "a.service", "b.service", "c.service" };
        EngineError error = { 0 };
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
                const Unit *unit = engine_find_unit(host->engine, names[i]);
                if (unit && unit->job) /* it may be irreversible */
                        require(engine_cancel_job(host->engine, unit->job->id, &error) >= 0);
                (void)fake_host_stop(host, names[i]); /* what cannot be stopped is down */
        }
        fake_host_advance(host, USEC_PER_HOUR);
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
                const Unit *unit = engine_find_unit(host->engine, names[i]);
                require(!unit || active_state_is_down(unit_active_state(unit)));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        host->silent = true;
        add_units(host);
        Str text = { (const char *)data, size };
        while (text.length > 0) {
                const char *end = memmem(text.data, text.length, "\n\n", 2);
                size_t length = end ? (size_t)(end - text.data) + 1 : text.length;
                require(engine_snapshot_restore(host->engine, (Str){ text.data, length }, &diag) >=
                        0);
                length += end ? 1 : 0;
                text = (Str){ text.data + length, text.length - length };
        }
        engine_restore_finish(host->engine);
        fake_host_run(host);
        check_all(host);
        fake_host_crash(host, NULL);
        check_all(host);
        stop_all(host);
        return 0;
}
