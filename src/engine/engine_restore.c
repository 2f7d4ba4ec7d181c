/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "engine/engine_snapshot.h"
#include "engine/job_queue.h"
#include "engine/snapshot_keys.h"
#include "engine/unit_history.h"
#include "engine/unit_ops.h"
#include "engine/unit_registry.h"

/* A record may be cut or made up by anybody who got hold of the directory: what does not parse is
 * left out and reported; without a known version and a valid unit nothing of it is used. */

typedef struct Reading {
        Engine *engine;
        Unit *unit; /* NULL until its line came */
        Diag *diag;
        unsigned line;
} Reading;

/* --- values --------------------------------------------------------------------------------------
 */

static int next_u64(Str *rest, uint64_t *ret) {
        Str word = STR_EMPTY;
        return str_next_word(rest, &word) ? parse_u64(word, 10, ret) : err_new(-EINVAL);
}

static int find_state(UnitType type, Str name, int *ret) {
        for (int i = 0; i < unit_state_count(type); i++) {
                if (str_equal_c(name, unit_state_row(type, i)->name)) {
                        *ret = i;
                        return 0;
                }
        }
        return err_new(-EINVAL);
}

/* --- lines ---------------------------------------------------------------------------------------
 */

static int read_state(Unit *unit, Str value) {
        int state = 0;
        int r = find_state(unit->type, value, &state);
        if (r < 0)
                return err_pass(r);
        unit->engine->n_failed -= unit_active_state(unit) == ACTIVE_STATE_FAILED;
        unit->state = state;
        unit->engine->n_failed += unit_active_state(unit) == ACTIVE_STATE_FAILED;
        return 0;
}

static int read_invocation(Unit *unit, Str value) {
        return id128_parse(value, &unit->invocation_id);
}

static int read_activation(Unit *unit, Str value) {
        return strv_add_str(&unit->activation, value);
}

static int read_start_limit(Unit *unit, Str value) {
        uint64_t begin = 0, n = 0;
        if (next_u64(&value, &begin) < 0 || next_u64(&value, &n) < 0 || n > INT32_MAX)
                return err_new(-EINVAL);
        unit->start_limit = (StartLimit){ .window_begin_usec = begin, .n_starts = (unsigned)n };
        return 0;
}

/* A known type that jobs have once they are installed. */
static int parse_job_type(Str word, JobType *ret) {
        AUTO_FREE char *name = str_dup(word);
        if (!name)
                return err_new(-ENOMEM);
        int r = job_type_parse(name, ret);
        if (r < 0)
                return err_pass(r);
        return *ret <= JOB_TYPE_MAX_MERGED ? 0 : err_new(-EINVAL);
}

static int read_job(Unit *unit, Str value) {
        Engine *engine = unit->engine;
        Str type_word = STR_EMPTY, state_word = STR_EMPTY, because = STR_EMPTY;
        uint64_t created = 0, since = 0, flags = 0;
        JobType type = JOB_NOP;
        if (unit->job || !str_next_word(&value, &type_word) ||
            !str_next_word(&value, &state_word) || next_u64(&value, &created) < 0 ||
            next_u64(&value, &since) < 0 || next_u64(&value, &flags) < 0)
                return err_new(-EINVAL);
        int r = parse_job_type(type_word, &type);
        if (r < 0)
                return err_pass(r);
        Job *job = job_install(unit, type);
        if (!job)
                return err_new(-ENOMEM);
        if (str_next_word(&value, &because))
                job->because = str_dup(because); /* without memory the history says less */
        job->created_usec = MIN(created, engine_now_usec(engine));
        job->running_since_usec = MIN(since, engine_now_usec(engine));
        job->state =
                str_equal_c(state_word, job_state_name(JOB_RUNNING)) ? JOB_RUNNING : JOB_WAITING;
        job->irreversible = flags & SNAPSHOT_JOB_IRREVERSIBLE;
        job->ignore_order = flags & SNAPSHOT_JOB_IGNORE_ORDER;
        job->by_request = flags & SNAPSHOT_JOB_BY_REQUEST;
        job_queue_arm(engine, job);
        engine->ports.job_added(engine->ports.userdata, job);
        return 0;
}

static int read_transition(Unit *unit, Str value) {
        Str from = STR_EMPTY, to = STR_EMPTY, cause_word = STR_EMPTY, detail_word = STR_EMPTY;
        UnitTransition transition = { 0 };
        HistoryCause cause = CAUSE_NONE;
        int from_state = 0, to_state = 0;
        if (next_u64(&value, &transition.realtime_usec) < 0 || !str_next_word(&value, &from) ||
            !str_next_word(&value, &to) || !str_next_word(&value, &cause_word) ||
            !str_next_word(&value, &detail_word) ||
            parse_i32(detail_word, &transition.detail) < 0 ||
            find_state(unit->type, from, &from_state) < 0 ||
            find_state(unit->type, to, &to_state) < 0 ||
            history_cause_parse(cause_word, &cause) < 0)
                return err_new(-EINVAL);
        transition.from = (int8_t)from_state;
        transition.to = (int8_t)to_state;
        transition.cause = (uint8_t)cause;
        Str other = str_trim(value);
        AUTO_FREE char *text = other.length > 0 ? str_dup(other) : NULL;
        transition.other = text;
        return unit_history_restore(unit, &transition);
}

static int read_stamp(Unit *unit, const SnapshotStamp *stamp, Str value) {
        DualTimestamp *place = (void *)((char *)unit + stamp->offset);
        DualTimestamp read = { 0 };
        if (next_u64(&value, &read.realtime_usec) < 0 || next_u64(&value, &read.monotonic_usec) < 0)
                return err_new(-EINVAL);
        *place = read;
        return 0;
}

static int read_flag(Unit *unit, const SnapshotFlag *flag, Str value) {
        bool on = false;
        int r = parse_boolean(value, &on);
        if (r < 0)
                return err_pass(r);
        unit->flags = on ? unit->flags | flag->flag : unit->flags & ~flag->flag;
        return 0;
}

static const struct {
        const char *key;
        int (*read)(Unit *unit, Str value);
} line_rows[] = {
        { "activation", read_activation },
        { "invocation", read_invocation },
        { "job", read_job },
        { "start_limit", read_start_limit },
        { "state", read_state },
        { "transition", read_transition },
};

/* 0, positive for a key that nobody knows, -errno for a bad value. */
static int read_line(Unit *unit, Str key, Str value) {
        for (size_t i = 0; i < ARRAY_LENGTH(line_rows); i++)
                if (str_equal_c(key, line_rows[i].key))
                        return line_rows[i].read(unit, value);
        for (size_t i = 0; i < SNAPSHOT_STAMP_COUNT; i++)
                if (str_equal_c(key, snapshot_stamps[i].key))
                        return read_stamp(unit, &snapshot_stamps[i], value);
        for (size_t i = 0; i < SNAPSHOT_FLAG_COUNT; i++)
                if (str_equal_c(key, snapshot_flags[i].key))
                        return read_flag(unit, &snapshot_flags[i], value);
        return unit_ops(unit->type)->restore ? unit_ops(unit->type)->restore(unit, key, value) : 1;
}

/* --- the record
 * ------------------------------------------------------------------------------------ */

static int skip(const Reading *reading, const char *why) {
        const DiagPlace place = { .unit = reading->unit ? reading->unit->id : NULL,
                                  .line = reading->line };
        diag_add(reading->diag, &place, DIAG_WARNING, "State record skipped: %s", why);
        return 1;
}

static int read_version(const Reading *reading, Str key, Str value) {
        uint64_t version = 0;
        if (!str_equal_c(key, "version") || parse_u64(value, 10, &version) < 0)
                return skip(reading, "it has no version");
        return version <= SNAPSHOT_VERSION ? 0 : skip(reading, "it is of a newer version");
}

static int read_unit(Reading *reading, Str key, Str value) {
        EngineError error = { .code = ENGINE_ERROR_NONE };
        Unit *unit = NULL;
        if (!str_equal_c(key, "unit") || value.length > UNIT_NAME_MAX ||
            memchr(value.data, '\0', value.length))
                return skip(reading, "it names no unit");
        AUTO_FREE char *name = str_dup(value);
        if (!name)
                return err_new(-ENOMEM);
        int r = engine_load_unit(reading->engine, name, &unit, &error);
        if (r == -ECANCELED)
                return skip(reading, error.text);
        if (r < 0)
                return err_pass(r);
        if (unit->flags & UNIT_RESTORED)
                return skip(reading, "its unit has one already");
        r = unit_wake(unit);
        if (r < 0)
                return err_pass(r);
        unit->flags |= UNIT_RESTORED | UNIT_DEAD_ADOPTED;
        unit->history = unit_history_free(unit->history); /* the record tells it */
        reading->unit = unit;
        unit_mark_changed(unit);
        return 0;
}

static int take_line(Reading *reading, Str line) {
        ssize_t place = str_find_char(line, '=');
        if (place < 0)
                return reading->unit ? 0 : skip(reading, "it is not a record");
        Str key = { line.data, (size_t)place };
        Str value = { line.data + place + 1, line.length - (size_t)place - 1 };
        if (reading->line == 1)
                return read_version(reading, key, value);
        if (reading->line == 2)
                return read_unit(reading, key, value);
        int r = read_line(reading->unit, key, value);
        if (r == -ENOMEM)
                return r;
        if (r < 0) {
                const DiagPlace where = { .unit = reading->unit->id, .line = reading->line };
                diag_add(reading->diag,
                         &where,
                         DIAG_WARNING,
                         "Bad value in state record, ignoring: %.*s",
                         STR_ARG(key));
        }
        return 0;
}

int engine_snapshot_restore(Engine *engine, Str record, Diag *diag) {
        Reading reading = { .engine = engine, .diag = diag };
        Str line = STR_EMPTY;
        if (record.length > SNAPSHOT_MAX)
                return skip(&reading, "it is too long");
        if (record.length == 0)
                return skip(&reading, "it is empty");
        while (str_next_part(&record, '\n', &line)) {
                reading.line++;
                if (line.length == 0)
                        continue;
                int r = take_line(&reading, line);
                if (r != 0)
                        return err_pass(r);
        }
        return reading.unit ? 0 : skip(&reading, "it names no unit");
}

/* --- the end
 * ------------------------------------------------------------------------------------------- */

/* Whether what a running job asked for is still under way. */
static bool is_under_way(const Job *job) {
        ActiveState state = unit_active_state(job->unit);
        if (job->unit->type == UNIT_DEVICE)
                return job->type == JOB_START
                               ? state == ACTIVE_STATE_INACTIVE
                               : job->type == JOB_STOP && state == ACTIVE_STATE_ACTIVE;
        switch (job->type) {
        case JOB_START:
                /* A start that failed ends when the unit is down. */
                return state == ACTIVE_STATE_ACTIVATING || state == ACTIVE_STATE_DEACTIVATING;
        case JOB_STOP:
        case JOB_RESTART:
                return state == ACTIVE_STATE_DEACTIVATING;
        case JOB_RELOAD:
                return state == ACTIVE_STATE_RELOADING || state == ACTIVE_STATE_DEACTIVATING;
        case JOB_VERIFY_ACTIVE:
        case JOB_NOP:
        case JOB_TRY_RESTART:
        case JOB_TRY_RELOAD:
        case JOB_RELOAD_OR_START:
        case JOB_TYPE_COUNT:
                break;
        }
        return false;
}

static void resume_jobs(Engine *engine) {
        LIST_FOREACH(job, &engine->jobs, Job, all) {
                if (job->state == JOB_RUNNING && is_under_way(job)) {
                        list_remove(&job->run_queue);
                        continue;
                }
                job->state = JOB_WAITING;
                job_queue_arm(engine, job);
                job_queue_add(engine, job);
        }
}

void engine_restore_finish(Engine *engine) {
        bool any = false;
        engine->turn++;
        for (Unit *unit = engine_next_unit(engine, NULL); unit;
             unit = engine_next_unit(engine, unit)) {
                if (!(unit->flags & UNIT_RESTORED))
                        continue;
                any = true;
                if (unit_ops(unit->type)->restored)
                        unit_ops(unit->type)->restored(unit);
                unit->flags &= ~(unsigned)(UNIT_RESTORED | UNIT_DEAD_ADOPTED);
                unit_collect_later(unit);
        }
        resume_jobs(engine);
        if (any && engine->n_jobs == 0)
                engine->startup_done = true; /* clients were told by the manager before */
}
