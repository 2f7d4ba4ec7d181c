/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#include "fake_ports.h"

#include <stdarg.h>
#include <string.h>

#include "base/duration.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "engine/engine_snapshot.h"
#include "engine/unit_registry.h"

/* An engine that wants to be woken that often at one moment turns in a circle. */
#define STEPS_WITHOUT_TIME_MAX 200

static void *must_calloc(size_t size) {
        void *p = calloc(1, size);
        MUST(p);
        return p;
}

char *fake_host_dup(const char *s) {
        char *copy = strdup(s);
        MUST(copy);
        return copy;
}

/* --- what is written down ------------------------------------------------------------------ */

void fake_host_effect(FakeHost *host, const char *format, ...) {
        if (host->silent)
                return;
        if (host->n_effects == host->capacity_effects) {
                host->capacity_effects = host->capacity_effects ? host->capacity_effects * 2 : 64;
                host->effects =
                        realloc(host->effects, host->capacity_effects * sizeof(*host->effects));
                MUST(host->effects);
        }
        va_list args;
        va_start(args, format);
        char *line = NULL;
        MUST(vasprintf(&line, format, args) >= 0);
        va_end(args);
        host->effects[host->n_effects++] = line;
}

void fake_host_clear(FakeHost *host) {
        for (unsigned i = 0; i < host->n_effects; i++)
                free(host->effects[i]);
        host->n_effects = 0;
}

bool fake_host_has(const FakeHost *host, const char *line) {
        for (unsigned i = 0; i < host->n_effects; i++)
                if (streq(host->effects[i], line))
                        return true;
        return false;
}

unsigned fake_host_count(const FakeHost *host, const char *prefix) {
        unsigned n = 0;
        for (unsigned i = 0; i < host->n_effects; i++)
                n += str_has_prefix(str_of(host->effects[i]), prefix);
        return n;
}

char *fake_host_text(const FakeHost *host) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        for (unsigned i = 0; i < host->n_effects; i++)
                strbuf_addf(&text, "%s\n", host->effects[i]);
        char *joined = strbuf_steal(&text);
        MUST(joined);
        return joined;
}

/* --- unit files ------------------------------------------------------------------------------ */

static FakeFile *file_free(FakeFile *file) {
        if (!file)
                return NULL;
        free(file->name);
        free(file->text);
        free(file->alias_of);
        free(file);
        return NULL;
}

static void put_file(FakeHost *host, const char *name, const char *text, const char *alias_of) {
        FakeFile *file = must_calloc(sizeof(*file));
        file->name = fake_host_dup(name);
        file->text = text ? fake_host_dup(text) : NULL;
        file->alias_of = alias_of ? fake_host_dup(alias_of) : NULL;
        file->stamp = ++host->next_stamp;
        (void)file_free(hashtable_remove(host->files, name));
        MUST(hashtable_put(host->files, file->name, file) == 0);
}

void fake_host_add_unit(FakeHost *host, const char *name, const char *text) {
        put_file(host, name, text, NULL);
}

void fake_host_add_alias(FakeHost *host, const char *alias, const char *name) {
        put_file(host, alias, NULL, name);
        host->n_aliases++;
        FakeFile *file = hashtable_find(host->files, name);
        if (file)
                file->stamp = ++host->next_stamp;
}

void fake_host_remove_unit(FakeHost *host, const char *name) {
        (void)file_free(hashtable_remove(host->files, name));
}

FakeFacts *fake_host_facts(FakeHost *host, const char *unit) {
        FakeFacts *facts = hashtable_find(host->facts, unit);
        if (facts)
                return facts;
        facts = must_calloc(sizeof(*facts));
        facts->unit = fake_host_dup(unit);
        facts->pid_file_outcome = PID_FILE_MISSING;
        MUST(hashtable_put(host->facts, facts->unit, facts) == 0);
        return facts;
}

/* --- processes -------------------------------------------------------------------------------- */

FakeProcess *fake_host_process(const FakeHost *host, pid_t pid) {
        return hashtable_find_number(host->by_pid, (uint64_t)pid);
}

FakeProcess *fake_host_add_process(FakeHost *host, const char *unit) {
        if (host->n_processes == host->capacity_processes) {
                host->capacity_processes =
                        host->capacity_processes ? host->capacity_processes * 2 : 16;
                host->processes = realloc(host->processes,
                                          host->capacity_processes * sizeof(*host->processes));
                MUST(host->processes);
        }
        FakeProcess *process = must_calloc(sizeof(*process));
        process->pid = host->next_pid++;
        process->unit = fake_host_dup(unit);
        process->start_time = (uint64_t)process->pid * 100;
        process->alive = true;
        host->processes[host->n_processes++] = process;
        MUST(hashtable_put_number(host->by_pid, (uint64_t)process->pid, process) == 0);
        return process;
}

static FakeProcess *process_free(FakeProcess *process) {
        free(process->unit);
        (void)strv_free(process->environment);
        free(process);
        return NULL;
}

/* The dead are buried when nobody can ask for them any more; keeps long walks fast. */
void fake_host_bury(FakeHost *host) {
        unsigned n = 0;
        for (unsigned i = 0; i < host->n_processes; i++) {
                FakeProcess *process = host->processes[i];
                if (process->alive) {
                        host->processes[n++] = process;
                        continue;
                }
                (void)hashtable_remove_number(host->by_pid, (uint64_t)process->pid);
                (void)process_free(process);
        }
        host->n_processes = n;
}

static bool unit_has_process(const FakeHost *host, const char *unit) {
        for (unsigned i = 0; i < host->n_processes; i++)
                if (host->processes[i]->alive && streq(host->processes[i]->unit, unit))
                        return true;
        return false;
}

/* The kernel reports a group that has become empty. */
void fake_host_check_group(FakeHost *host, const char *unit) {
        FakeFacts *facts = fake_host_facts(host, unit);
        if (facts->watches_group && !unit_has_process(host, unit))
                facts->group_empty_due = true;
}

/* --- the test's side
 * ------------------------------------------------------------------------------ */

FakeHost *fake_host_new(const EngineConfig *config) {
        FakeHost *host = must_calloc(sizeof(*host));
        host->config = config ? *config : ENGINE_CONFIG_INIT;
        host->now_usec = FAKE_HOST_BEGIN_USEC;
        host->armed_usec = USEC_INFINITY;
        host->next_pid = 101;
        host->files = hashtable_new_string();
        host->facts = hashtable_new_string();
        host->by_pid = hashtable_new_number();
        MUST(host->files && host->facts && host->by_pid);
        EnginePorts ports = fake_host_ports(host);
        MUST(engine_new(&host->config, &ports, &host->engine) >= 0);
        return host;
}

static FakeFacts *facts_free(FakeFacts *facts) {
        free(facts->unit);
        free(facts->pid_file_watch);
        free(facts);
        return NULL;
}

FakeHost *fake_host_free(FakeHost *host) {
        if (!host)
                return NULL;
        (void)engine_free(host->engine);
        fake_host_clear(host);
        free(host->effects);
        for (unsigned i = 0; i < host->n_processes; i++)
                (void)process_free(host->processes[i]);
        free(host->processes);
        (void)hashtable_free(host->by_pid);
        size_t cursor = 0;
        for (FakeFile *file; (file = hashtable_next(host->files, &cursor, NULL));)
                (void)file_free(file);
        cursor = 0;
        for (FakeFacts *facts; (facts = hashtable_next(host->facts, &cursor, NULL));)
                (void)facts_free(facts);
        (void)hashtable_free(host->files);
        (void)hashtable_free(host->facts);
        free(host);
        return NULL;
}

/* Hands in what the host itself has to tell: groups that are empty. */
static bool hand_in_due(FakeHost *host) {
        size_t cursor = 0;
        for (FakeFacts *facts; (facts = hashtable_next(host->facts, &cursor, NULL));) {
                if (!facts->group_empty_due)
                        continue;
                facts->group_empty_due = false;
                Unit *unit = engine_find_unit(host->engine, facts->unit);
                if (!unit)
                        continue;
                const EngineEvent event = { .type = EVENT_GROUP_EMPTY, .unit = unit };
                engine_handle(host->engine, &event);
                return true;
        }
        return false;
}

void fake_host_run(FakeHost *host) {
        do
                engine_run(host->engine);
        while (hand_in_due(host));
}

void fake_host_event(FakeHost *host, const EngineEvent *event) {
        engine_handle(host->engine, event);
        fake_host_run(host);
}

Unit *fake_host_unit(FakeHost *host, const char *name) {
        Unit *unit = NULL;
        EngineError error = { 0 };
        MUST(engine_load_unit(host->engine, name, &unit, &error) >= 0);
        MUST(unit_wake(unit) >= 0);
        return unit;
}

int fake_host_request(
        FakeHost *host, const char *name, JobType type, JobMode mode, EngineError *error) {
        EngineError own_error = { 0 };
        Unit *unit = NULL;
        int r = engine_load_unit(host->engine, name, &unit, &own_error);
        if (r >= 0)
                r = engine_request_job(unit, type, mode, &own_error, NULL);
        if (r < 0)
                fake_host_effect(
                        host, "refused %s %s: %s", name, job_type_name(type), own_error.text);
        if (error)
                *error = own_error;
        fake_host_run(host);
        return r;
}

int fake_host_start(FakeHost *host, const char *name) {
        return fake_host_request(host, name, JOB_START, JOB_MODE_REPLACE, NULL);
}

int fake_host_stop(FakeHost *host, const char *name) {
        return fake_host_request(host, name, JOB_STOP, JOB_MODE_REPLACE, NULL);
}

void fake_host_advance(FakeHost *host, uint64_t usec) {
        uint64_t end_usec = usec_add(host->now_usec, usec);
        const EngineEvent event = { .type = EVENT_TIMER };
        unsigned n_idle = 0;
        while (host->armed_usec <= end_usec) {
                bool moves = host->armed_usec > host->now_usec;
                n_idle = moves ? 0 : n_idle + 1;
                if (n_idle > STEPS_WITHOUT_TIME_MAX) {
                        host->is_stuck = true;
                        break;
                }
                if (moves)
                        host->now_usec = host->armed_usec;
                host->armed_usec = USEC_INFINITY; /* it fires once */
                fake_host_event(host, &event);
                if (host->on_step)
                        host->on_step(host->on_step_userdata);
        }
        host->now_usec = end_usec;
}

void fake_host_exit(FakeHost *host, pid_t pid, int code, int status) {
        FakeProcess *process = fake_host_process(host, pid);
        MUST(process && process->alive);
        process->alive = false;
        Unit *unit = engine_find_unit(host->engine, process->unit);
        const EngineEvent event = {
                .type = EVENT_PROCESS_EXIT, .pid = pid, .code = code, .status = status
        };
        if (unit)
                fake_host_check_group(host, process->unit);
        fake_host_event(host, &event);
}

void fake_host_confirm_exec(FakeHost *host, pid_t pid) {
        fake_host_event(host, &(EngineEvent){ .type = EVENT_EXEC_CONFIRMED, .pid = pid });
}

void fake_host_notify_fds(
        FakeHost *host, const char *unit, pid_t pid, const char *text, unsigned n_fds) {
        host->notify_fds = (int)n_fds;
        fake_host_event(host,
                        &(EngineEvent){ .type = EVENT_NOTIFY,
                                        .unit = fake_host_unit(host, unit),
                                        .pid = pid,
                                        .text = text,
                                        .n_fds = n_fds });
        host->notify_fds = 0;
}

void fake_host_notify(FakeHost *host, const char *unit, pid_t pid, const char *text) {
        fake_host_notify_fds(host, unit, pid, text, 0);
}

pid_t fake_host_fork(FakeHost *host, const char *unit) {
        return fake_host_add_process(host, unit)->pid;
}

void fake_host_set_pid_file(FakeHost *host, const char *unit, int outcome, pid_t pid) {
        FakeFacts *facts = fake_host_facts(host, unit);
        facts->pid_file_outcome = outcome;
        facts->pid_file_pid = pid;
        if (facts->pid_file_watch)
                fake_host_event(host,
                                &(EngineEvent){ .type = EVENT_PID_FILE,
                                                .unit = fake_host_unit(host, unit) });
}

void fake_host_set_present(FakeHost *host, const char *unit, bool present) {
        fake_host_facts(host, unit)->present = present;
        Unit *object = engine_find_unit(host->engine, unit);
        if (object)
                fake_host_event(host, &(EngineEvent){ .type = EVENT_PRESENCE, .unit = object });
}

pid_t fake_host_pid(const FakeHost *host, const char *unit, DirectiveId list) {
        for (unsigned i = host->n_processes; i > 0; i--) {
                const FakeProcess *process = host->processes[i - 1];
                if (process->alive && process->list == list && streq(process->unit, unit))
                        return process->pid;
        }
        return 0;
}

char *fake_host_records(FakeHost *host) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        for (Unit *unit = engine_next_unit(host->engine, NULL); unit;
             unit = engine_next_unit(host->engine, unit)) {
                if (!engine_snapshot_is_due(unit))
                        continue;
                engine_snapshot_save(unit, &out);
                strbuf_add_char(&out, '\n');
        }
        char *text = strbuf_steal(&out);
        MUST(text);
        return text;
}

static void restore_records(FakeHost *host, Str text) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        while (text.length > 0) {
                const char *end = memmem(text.data, text.length, "\n\n", 2);
                size_t length = end ? (size_t)(end - text.data) + 1 : text.length;
                MUST(engine_snapshot_restore(host->engine, (Str){ text.data, length }, &diag) == 0);
                length += end ? 1 : 0;
                text = (Str){ text.data + length, text.length - length };
        }
}

void fake_host_crash(FakeHost *host, const pid_t *gone_pids) {
        AUTO_FREE char *records = fake_host_records(host);
        (void)engine_free(host->engine);
        host->armed_usec = USEC_INFINITY;
        for (; gone_pids && *gone_pids; gone_pids++) {
                FakeProcess *process = fake_host_process(host, *gone_pids);
                MUST(process);
                process->alive = false;
        }
        EnginePorts ports = fake_host_ports(host);
        MUST(engine_new(&host->config, &ports, &host->engine) >= 0);
        restore_records(host, str_of(records));
        engine_restore_finish(host->engine);
        fake_host_run(host);
}
