/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <syslog.h>

#include "engine/job_queue.h"

/* Lines in the words of systemd; one %s each, for "name - description". NULL: the general one, "":
 * none. */
typedef struct TypeWords {
        const char *starting, *stopping;
        const char *started, *stopped;
        const char *start_failed, *start_timeout;
} TypeWords;

// clang-format off
static const TypeWords type_words[UNIT_TYPE_COUNT] = {
        [UNIT_SERVICE]   = { .starting = "Starting %s...", .stopping = "Stopping %s..." },
        [UNIT_SOCKET]    = { .started = "Listening on %s.", .stopped = "Closed %s.",
                             .start_failed = "Failed to listen on %s.", .start_timeout = "Timed out starting %s." },
        [UNIT_TARGET]    = { .started = "Reached target %s.", .stopped = "Stopped target %s." },
        [UNIT_DEVICE]    = { .started = "Found device %s.", .start_timeout = "Timed out waiting for device %s." },
        [UNIT_MOUNT]     = { .starting = "Mounting %s...", .stopping = "Unmounting %s...",
                             .started = "Mounted %s.", .stopped = "Unmounted %s.",
                             .start_failed = "Failed to mount %s.", .start_timeout = "Timed out mounting %s." },
        [UNIT_AUTOMOUNT] = { .started = "Set up automount %s.", .stopped = "Unset automount %s." },
        [UNIT_SWAP]      = { .starting = "Activating swap %s...", .stopping = "Deactivating swap %s...",
                             .started = "Activated swap %s.", .stopped = "Deactivated swap %s.",
                             .start_failed = "Failed to activate swap %s.", .start_timeout = "Timed out activating swap %s." },
        [UNIT_SLICE]     = { .started = "Created slice %s.", .stopped = "Removed slice %s." },
};

static const char *const start_words[JOB_RESULT_COUNT] = {
        [JOB_DONE]        = "Started %s.",
        [JOB_TIMEOUT]     = "Timed out starting %s.",
        [JOB_FAILED]      = "Failed to start %s.",
        [JOB_DEPENDENCY]  = "Dependency failed for %s.",
        [JOB_SKIPPED]     = "Condition check resulted in %s being skipped.",
        [JOB_ASSERT]      = "Assertion failed for %s.",
        [JOB_UNSUPPORTED] = "Starting of %s not supported.",
        [JOB_COLLECTED]   = "Unnecessary job was removed for %s.",
        [JOB_ONCE]        = "Unit %s has been started before and cannot be started again.",
};

static const char *const stop_words[JOB_RESULT_COUNT] = {
        [JOB_DONE]    = "Stopped %s.",
        [JOB_FAILED]  = "Stopped (with error) %s.",
        [JOB_TIMEOUT] = "Timed out stopping %s.",
};

static const char *const reload_words[JOB_RESULT_COUNT] = {
        [JOB_DONE]    = "Reloaded %s.",
        [JOB_FAILED]  = "Reload failed for %s.",
        [JOB_TIMEOUT] = "Timed out reloading %s.",
};

static const char *const verify_words[JOB_RESULT_COUNT] = {
        [JOB_SKIPPED]    = "%s is inactive.",
        [JOB_DEPENDENCY] = "Dependency failed for %s.",
};

static const int result_levels[] = {
        [JOB_DONE]        = LOG_INFO,
        [JOB_CANCELED]    = LOG_INFO,
        [JOB_TIMEOUT]     = LOG_ERR,
        [JOB_FAILED]      = LOG_ERR,
        [JOB_DEPENDENCY]  = LOG_WARNING,
        [JOB_SKIPPED]     = LOG_NOTICE,
        [JOB_INVALID]     = LOG_INFO,
        [JOB_ASSERT]      = LOG_WARNING,
        [JOB_UNSUPPORTED] = LOG_WARNING,
        [JOB_COLLECTED]   = LOG_INFO,
        [JOB_ONCE]        = LOG_ERR,
};
// clang-format on

static_assert(ARRAY_LENGTH(result_levels) == JOB_RESULT_COUNT, "a level per result");

/* The tables above are the only formats; each has one %s. */
static void say(const Unit *unit, int level, const char *words) {
        AUTO(strbuf_done) StrBuf who = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf line = STRBUF_INIT;
        const char *description = unit_description(unit);
        if (!unit->engine->ports.log)
                return;
        strbuf_add(&who, unit->id);
        if (!streq(description, unit->id))
                strbuf_addf(&who, " - %s", description);
        Str rest = str_of(words);
        ssize_t place = str_find_char(rest, '%');
        strbuf_addf(&line, "%.*s%s%s", (int)place, words, strbuf_text(&who), words + place + 2);
        unit_log(unit, level, "%s", strbuf_text(&line));
}

/* The same with the job for machines; JOB_RESULT_COUNT: it begins. */
static void say_of_job(const Unit *unit,
                       JobType type,
                       JobResult result,
                       const char *message_id,
                       const char *words) {
        AUTO(strbuf_done) StrBuf fields = STRBUF_INIT;
        bool has_result = result != JOB_RESULT_COUNT;
        if (!unit->engine->ports.log)
                return;
        if (unit->job)
                strbuf_addf(&fields, "JOB_ID=%u\n", unit->job->id);
        strbuf_addf(&fields, "JOB_TYPE=%s\n", job_type_name(type));
        if (has_result)
                strbuf_addf(&fields, "JOB_RESULT=%s\n", job_result_name(result));
        unit_log_about(unit, message_id, strbuf_text(&fields));
        say(unit, has_result ? result_levels[result] : LOG_INFO, words);
        unit_log_about(unit, NULL, NULL);
}

/* What the line is about, for machines: the ids of sd-messages.h. */
static const char *begin_id(JobType type) {
        return type == JOB_START    ? "7d4958e842da4a758f6c1cdc7b36dcc5"
               : type == JOB_RELOAD ? "d34d037fff1847e6ae669a370e694725"
                                    : "de5b426a63be47a7b6ac3eaac82e2f6f";
}

static const char *end_id(JobType type, JobResult result) {
        if (type == JOB_RELOAD)
                return "7b05ebc668384222baa8881179cfda54";
        if (type == JOB_STOP || type == JOB_RESTART)
                return "9d1aaa27d60140bd96365438aad20286";
        if (type != JOB_START)
                return NULL;
        return result == JOB_DONE ? "39f53479d3a045ac8e11786248231fbf"
                                  : "be02cf6855d2428ba40df7e9d022f03d";
}

void job_message_begin(const Unit *unit, JobType type) {
        const TypeWords *words = &type_words[unit->type];
        const char *line = NULL;
        if (type == JOB_START)
                line = words->starting;
        else if (type == JOB_STOP || type == JOB_RESTART)
                line = words->stopping;
        else if (type == JOB_RELOAD)
                line = "Reloading %s...";
        if (line)
                say_of_job(unit, type, JOB_RESULT_COUNT, begin_id(type), line);
}

static const char *own_start_words(const Unit *unit, JobResult result) {
        const TypeWords *words = &type_words[unit->type];
        if (result == JOB_DONE && unit->type == UNIT_SERVICE && unit->service &&
            unit->service->service_type == SERVICE_TYPE_ONESHOT)
                return "Finished %s.";
        if (result == JOB_DONE)
                return words->started;
        if (result == JOB_FAILED)
                return words->start_failed;
        return result == JOB_TIMEOUT ? words->start_timeout : NULL;
}

static const char *end_words(const Unit *unit, JobType type, JobResult result) {
        const char *own = NULL;
        switch (type) {
        case JOB_START:
                own = own_start_words(unit, result);
                return own ? own : start_words[result];
        case JOB_STOP:
        case JOB_RESTART:
                own = result == JOB_DONE ? type_words[unit->type].stopped : NULL;
                return own ? own : stop_words[result];
        case JOB_RELOAD:
                return reload_words[result];
        case JOB_VERIFY_ACTIVE:
                return verify_words[result];
        case JOB_NOP:
        case JOB_TRY_RESTART:
        case JOB_TRY_RELOAD:
        case JOB_RELOAD_OR_START:
        case JOB_TYPE_COUNT:
                break;
        }
        return NULL;
}

/* It counts as one that is done. */
static void say_not_begun(const Unit *unit, const char *words) {
        say_of_job(unit, JOB_START, JOB_DONE, end_id(JOB_START, JOB_DONE), words);
}

/* The start did nothing because of a condition. */
static void say_skipped(const Unit *unit) {
        const ConditionList *list = unit_spec_conditions(unit->spec, DIRECTIVE_CONDITION);
        int place = unit->failed_condition;
        if (!list || place < 0 || (unsigned)place >= list->n_conditions) {
                say_not_begun(unit, "%s was skipped because of an unmet condition check.");
                return;
        }
        const Condition *condition = &list->conditions[place];
        if (condition->trigger) {
                say_not_begun(unit, "%s was skipped because no trigger condition checks were met.");
                return;
        }
        AUTO(strbuf_done) StrBuf words = STRBUF_INIT;
        strbuf_addf(&words,
                    "%%s was skipped because of an unmet condition check (%s=%s%s).",
                    condition_directive_name(condition->type, false),
                    condition->negate ? "!" : "",
                    condition->parameter);
        say_not_begun(unit, strbuf_text(&words));
}

void job_message_end(const Unit *unit, JobType type, JobResult result) {
        if (type == JOB_START && result == JOB_DONE && !(unit->flags & UNIT_CONDITION_RESULT)) {
                say_skipped(unit);
                return;
        }
        if (type == JOB_START && result == JOB_SKIPPED) {
                say_not_begun(unit, start_words[JOB_SKIPPED]);
                return;
        }
        const char *words = end_words(unit, type, result);
        if (words)
                say_of_job(unit, type, result, end_id(type, result), words);
}
