/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/job.h"

#include <assert.h>
#include <errno.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "engine/unit_object.h"

#define NO_MERGE JOB_TYPE_COUNT

// clang-format off
static const char *const type_names[] = {
        [JOB_START]           = "start",
        [JOB_VERIFY_ACTIVE]   = "verify-active",
        [JOB_STOP]            = "stop",
        [JOB_RELOAD]          = "reload",
        [JOB_RESTART]         = "restart",
        [JOB_NOP]             = "nop",
        [JOB_TRY_RESTART]     = "try-restart",
        [JOB_TRY_RELOAD]      = "try-reload",
        [JOB_RELOAD_OR_START] = "reload-or-start",
};

static const char *const state_names[] = {
        [JOB_WAITING] = "waiting",
        [JOB_RUNNING] = "running",
};

static const char *const result_names[] = {
        [JOB_DONE]        = "done",
        [JOB_CANCELED]    = "canceled",
        [JOB_TIMEOUT]     = "timeout",
        [JOB_FAILED]      = "failed",
        [JOB_DEPENDENCY]  = "dependency",
        [JOB_SKIPPED]     = "skipped",
        [JOB_INVALID]     = "invalid",
        [JOB_ASSERT]      = "assert",
        [JOB_UNSUPPORTED] = "unsupported",
        [JOB_COLLECTED]   = "collected",
        [JOB_ONCE]        = "once",
};

/* What two jobs of one unit become; the lower half is the mirror of the upper one. */
static const JobType merge_table[JOB_NOP + 1][JOB_NOP + 1] = {
        /*                     START                VERIFY_ACTIVE      STOP      RELOAD               RESTART      NOP */
        [JOB_START]         = { JOB_START,           JOB_START,         NO_MERGE, JOB_RELOAD_OR_START, JOB_RESTART, JOB_START },
        [JOB_VERIFY_ACTIVE] = { JOB_START,           JOB_VERIFY_ACTIVE, NO_MERGE, JOB_RELOAD,          JOB_RESTART, JOB_VERIFY_ACTIVE },
        [JOB_STOP]          = { NO_MERGE,            NO_MERGE,          JOB_STOP, NO_MERGE,            NO_MERGE,    JOB_STOP },
        [JOB_RELOAD]        = { JOB_RELOAD_OR_START, JOB_RELOAD,        NO_MERGE, JOB_RELOAD,          JOB_RESTART, JOB_RELOAD },
        [JOB_RESTART]       = { JOB_RESTART,         JOB_RESTART,       NO_MERGE, JOB_RESTART,         JOB_RESTART, JOB_RESTART },
        [JOB_NOP]           = { JOB_START,           JOB_VERIFY_ACTIVE, JOB_STOP, JOB_RELOAD,          JOB_RESTART, JOB_NOP },
};
// clang-format on

static_assert(ARRAY_LENGTH(type_names) == JOB_TYPE_COUNT, "a name per type");
static_assert(ARRAY_LENGTH(state_names) == JOB_STATE_COUNT, "a name per state");
static_assert(ARRAY_LENGTH(result_names) == JOB_RESULT_COUNT, "a name per result");

const char *job_type_name(JobType type) {
        return enum_print(type_names, ARRAY_LENGTH(type_names), (int)type);
}

int job_type_parse(const char *name, JobType *ret) {
        int type = enum_parse(type_names, ARRAY_LENGTH(type_names), str_of(name));
        if (type < 0)
                return err_pass(type);
        *ret = (JobType)type;
        return 0;
}

const char *job_state_name(JobState state) {
        return enum_print(state_names, ARRAY_LENGTH(state_names), (int)state);
}

const char *job_result_name(JobResult result) {
        return enum_print(result_names, ARRAY_LENGTH(result_names), (int)result);
}

int job_type_merge(JobType a, JobType b, JobType *ret) {
        assert(a <= JOB_TYPE_MAX_MERGED && b <= JOB_TYPE_MAX_MERGED);
        JobType merged = merge_table[a][b];
        if (merged == NO_MERGE)
                return err_new(-EEXIST);
        *ret = merged;
        return 0;
}

JobType job_type_collapse(JobType type, const Unit *unit) {
        bool is_down = active_state_is_falling(unit_active_state(unit));
        switch (type) {
        case JOB_TRY_RESTART:
                return is_down ? JOB_NOP : JOB_RESTART;
        case JOB_TRY_RELOAD:
                return is_down ? JOB_NOP : JOB_RELOAD;
        case JOB_RELOAD_OR_START:
                return is_down ? JOB_START : JOB_RELOAD;
        case JOB_START:
        case JOB_VERIFY_ACTIVE:
        case JOB_STOP:
        case JOB_RELOAD:
        case JOB_RESTART:
        case JOB_NOP:
        case JOB_TYPE_COUNT:
                break;
        }
        return type;
}

bool job_type_is_redundant(JobType type, const Unit *unit) {
        ActiveState state = unit_active_state(unit);
        switch (type) {
        case JOB_START:
        case JOB_VERIFY_ACTIVE:
                return active_state_is_up(state);
        case JOB_STOP:
                return active_state_is_down(state);
        case JOB_RELOAD:
                return state == ACTIVE_STATE_RELOADING;
        case JOB_NOP:
                return true;
        case JOB_RESTART: /* also of a unit that is starting: it may have read old settings */
        case JOB_TRY_RESTART:
        case JOB_TRY_RELOAD:
        case JOB_RELOAD_OR_START:
        case JOB_TYPE_COUNT:
                break;
        }
        return false;
}
