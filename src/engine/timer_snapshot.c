/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/timer_snapshot.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "engine/engine.h"

static const char *const result_names[] = {
        [TIMER_SUCCESS] = "success",
        [TIMER_FAILURE_RESOURCES] = "resources",
        [TIMER_FAILURE_START_LIMIT_HIT] = "start-limit-hit",
};
static_assert(ARRAY_LENGTH(result_names) == TIMER_RESULT_COUNT, "one name per result");

const char *timer_result_name(TimerResult result) {
        return enum_print(result_names, ARRAY_LENGTH(result_names), (int)result);
}

void timer_snapshot_save(const Unit *unit, StrBuf *out) {
        const TimerRuntime *t = unit->timer;
        if (t->result != TIMER_SUCCESS)
                strbuf_addf(out, "result=%s\n", timer_result_name(t->result));
        if (unit->state != TIMER_DEAD)
                strbuf_addf(out, "began=%" PRIu64 "\n", unit->engine->began_usec);
        if (t->run.started_usec > 0)
                strbuf_addf(out,
                            "run=%" PRIu64 " %" PRIu64 " %u %u %" PRIu64 "\n",
                            t->run.due_usec,
                            t->run.started_usec,
                            t->run.n_skipped,
                            t->run.n_missed,
                            t->run.began_usec);
        if (t->realtime_delay.usec > 0 || t->monotonic_delay.usec > 0)
                strbuf_addf(out,
                            "delays=%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
                            t->realtime_delay.from_usec,
                            t->realtime_delay.usec,
                            t->monotonic_delay.from_usec,
                            t->monotonic_delay.usec);
        if (t->last_trigger.realtime_usec > 0)
                strbuf_addf(out,
                            "last_trigger=%" PRIu64 " %" PRIu64 "\n",
                            t->last_trigger.realtime_usec,
                            t->last_trigger.monotonic_usec);
}

/* As many numbers, by spaces. */
static int next_numbers(Str value, uint64_t *ret, size_t n) {
        for (size_t i = 0; i < n; i++) {
                Str word;
                if (!str_next_word(&value, &word) || parse_u64(word, 10, &ret[i]) < 0)
                        return err_new(-EINVAL);
        }
        return 0;
}

static int restore_trigger(TimerRuntime *t, Str value) {
        uint64_t numbers[2];
        int r = next_numbers(value, numbers, ARRAY_LENGTH(numbers));
        if (r >= 0)
                t->last_trigger = (DualTimestamp){ .realtime_usec = numbers[0],
                                                   .monotonic_usec = numbers[1] };
        return err_pass(r);
}

static int restore_delays(TimerRuntime *t, Str value) {
        uint64_t numbers[4];
        int r = next_numbers(value, numbers, ARRAY_LENGTH(numbers));
        if (r < 0)
                return err_pass(r);
        t->realtime_delay = (TimerDelay){ numbers[0], numbers[1] };
        t->monotonic_delay = (TimerDelay){ numbers[2], numbers[3] };
        return 0;
}

static int restore_run(TimerRuntime *t, Str value) {
        uint64_t numbers[5] = { 0 };
        int r = next_numbers(value, numbers, ARRAY_LENGTH(numbers));
        if (r < 0) /* of a manager that did not write the last one */
                r = next_numbers(value, numbers, 4);
        if (r < 0)
                return err_pass(r);
        t->run = (TimerRun){ .due_usec = numbers[0],
                             .started_usec = numbers[1],
                             .n_skipped = (unsigned)MIN(numbers[2], UINT32_MAX),
                             .n_missed = (unsigned)MIN(numbers[3], UINT32_MAX),
                             .began_usec = numbers[4] };
        return 0;
}

/* OnStartupSec= counts from the first manager. */
static int restore_began(Engine *engine, Str value) {
        uint64_t usec;
        int r = parse_u64(value, 10, &usec);
        if (r < 0)
                return err_pass(r);
        engine->began_usec = MIN(engine->began_usec, usec);
        return 0;
}

int timer_snapshot_restore(Unit *unit, Str key, Str value) {
        TimerRuntime *t = unit->timer;
        if (str_equal_c(key, "run"))
                return err_pass(restore_run(t, value));
        if (str_equal_c(key, "began"))
                return err_pass(restore_began(unit->engine, value));
        if (str_equal_c(key, "delays"))
                return err_pass(restore_delays(t, value));
        if (str_equal_c(key, "last_trigger"))
                return err_pass(restore_trigger(t, value));
        if (!str_equal_c(key, "result"))
                return 1;
        int result = enum_parse(result_names, ARRAY_LENGTH(result_names), value);
        if (result < 0)
                return err_pass(result);
        t->result = (TimerResult)result;
        return 0;
}
