/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine_snapshot.h"

#include <inttypes.h>
#include <string.h>

#include "base/strv.h"
#include "engine/snapshot_keys.h"
#include "engine/unit_history.h"
#include "engine/unit_ops.h"

const SnapshotStamp snapshot_stamps[SNAPSHOT_STAMP_COUNT] = {
        { "state_change", offsetof(Unit, state_change) },
        { "inactive_exit", offsetof(Unit, inactive_exit) },
        { "active_enter", offsetof(Unit, active_enter) },
        { "active_exit", offsetof(Unit, active_exit) },
        { "inactive_enter", offsetof(Unit, inactive_enter) },
        { "condition_time", offsetof(Unit, condition_time) },
        { "assert_time", offsetof(Unit, assert_time) },
};

const SnapshotFlag snapshot_flags[SNAPSHOT_FLAG_COUNT] = {
        { "condition", UNIT_CONDITION_RESULT },      { "assertion", UNIT_ASSERT_RESULT },
        { "start_limit_hit", UNIT_START_LIMIT_HIT }, { "retry_waiting", UNIT_RETRY_WAITING },
        { "needs_restart", UNIT_NEEDS_RESTART },     { "needs_reload", UNIT_NEEDS_RELOAD },
};

bool engine_snapshot_is_due(const Unit *unit) {
        return unit->state != 0 || unit->job || unit->state_change.monotonic_usec != 0 ||
               unit->start_limit.n_starts > 0 || (unit->flags & UNIT_RETRY_WAITING);
}

static void save_stamps(const Unit *unit, StrBuf *out) {
        for (unsigned i = 0; i < SNAPSHOT_STAMP_COUNT; i++) {
                const DualTimestamp *stamp =
                        (const void *)((const char *)unit + snapshot_stamps[i].offset);
                if (stamp->monotonic_usec != 0)
                        strbuf_addf(out,
                                    "%s=%" PRIu64 " %" PRIu64 "\n",
                                    snapshot_stamps[i].key,
                                    stamp->realtime_usec,
                                    stamp->monotonic_usec);
        }
}

static void save_job(const Job *job, StrBuf *out) {
        strbuf_addf(out,
                    "job=%s %s %" PRIu64 " %" PRIu64 " %u %s\n",
                    job_type_name(job->type),
                    job_state_name(job->state),
                    job->created_usec,
                    job->running_since_usec,
                    (job->irreversible ? SNAPSHOT_JOB_IRREVERSIBLE : 0u) |
                            (job->ignore_order ? SNAPSHOT_JOB_IGNORE_ORDER : 0u) |
                            (job->by_request ? SNAPSHOT_JOB_BY_REQUEST : 0u),
                    job->because ? job->because : "");
}

/* Text stays on its line. */
static void add_flat(StrBuf *out, const char *text) {
        for (; *text; text++)
                strbuf_add_char(out, *text == '\n' || *text == '\r' ? ' ' : *text);
}

static void save_history(const Unit *unit, StrBuf *out) {
        for (unsigned i = UNIT_HISTORY_LENGTH; i > 0; i--) {
                const UnitTransition *transition = unit_history_get(unit, i - 1);
                if (!transition)
                        continue;
                strbuf_addf(out,
                            "transition=%" PRIu64 " %s %s %s %d ",
                            transition->realtime_usec,
                            unit_state_row(unit->type, transition->from)->name,
                            unit_state_row(unit->type, transition->to)->name,
                            history_cause_name(transition->cause),
                            transition->detail);
                add_flat(out, transition->other ? transition->other : "");
                strbuf_add_char(out, '\n');
        }
}

void engine_snapshot_save(const Unit *unit, StrBuf *out) {
        char id[ID128_TEXT_SIZE];
        strbuf_addf(out,
                    "version=%u\nunit=%s\nstate=%s\n",
                    SNAPSHOT_VERSION,
                    unit->id,
                    unit_sub_state_name(unit));
        if (!id128_is_null(unit->invocation_id))
                strbuf_addf(out, "invocation=%s\n", id128_print(unit->invocation_id, id));
        save_stamps(unit, out);
        for (unsigned i = 0; i < SNAPSHOT_FLAG_COUNT; i++)
                if (i < SNAPSHOT_FLAG_RARE || (unit->flags & snapshot_flags[i].flag))
                        strbuf_addf(out,
                                    "%s=%u\n",
                                    snapshot_flags[i].key,
                                    (unsigned)((unit->flags & snapshot_flags[i].flag) != 0));
        if (unit->start_limit.n_starts > 0)
                strbuf_addf(out,
                            "start_limit=%" PRIu64 " %u\n",
                            unit->start_limit.window_begin_usec,
                            unit->start_limit.n_starts);
        if (unit->job)
                save_job(unit->job, out);
        STRV_FOREACH(variable, unit->activation)
        if (!strchr(*variable, '\n'))
                strbuf_addf(out, "activation=%s\n", *variable);
        save_history(unit, out);
        if (unit_ops(unit->type)->save && (unit->flags & UNIT_INITIALISED))
                unit_ops(unit->type)->save(unit, out);
}
