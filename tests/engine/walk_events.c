/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/duration.h"
#include "base/strv.h"
#include "fake_ports.h"
#include "walk.h"

/* --- the story
 * ------------------------------------------------------------------------------------ */

static void tell(Walk *walk, const char *format, ...) PRINTF_LIKE(2, 3);

static void tell(Walk *walk, const char *format, ...) {
        if (!walk->story)
                return;
        for (unsigned i = 0; i < walk->host->n_effects; i++)
                strbuf_addf(walk->story, "#           %s\n", walk->host->effects[i]);
        fake_host_clear(walk->host);
        va_list args;
        va_start(args, format);
        strbuf_addf_va(walk->story, format, args);
        va_end(args);
        strbuf_add_char(walk->story, '\n');
}

/* --- processes
 * -------------------------------------------------------------------------------------- */

/* The n-th living process of the unit, NULL when it has none. */
static FakeProcess *pick_process(const Walk *walk, const char *unit, uint32_t n) {
        unsigned n_alive = 0;
        for (unsigned i = 0; i < walk->host->n_processes; i++)
                n_alive += walk->host->processes[i]->alive &&
                           streq(walk->host->processes[i]->unit, unit);
        if (n_alive == 0)
                return NULL;
        n %= n_alive;
        for (unsigned i = 0; i < walk->host->n_processes; i++) {
                FakeProcess *process = walk->host->processes[i];
                if (process->alive && streq(process->unit, unit) && n-- == 0)
                        return process;
        }
        return NULL;
}

static void end_process(Walk *walk, FakeProcess *process, int code, int status) {
        static const char *const codes[] = {
                [CLD_EXITED] = "exited", [CLD_KILLED] = "killed", [CLD_DUMPED] = "dumped"
        };
        pid_t pid = process->pid;
        tell(walk, "exit %s %d %s %d", process->unit, (int)pid, codes[code], status);
        fake_host_exit(walk->host, pid, code, status);
        if (engine_unit_by_pid(walk->host->engine, pid))
                walk_fail(walk, "the exit of process %d was not taken", (int)pid);
}

static FakeProcess *find_killed(const Walk *walk) {
        for (unsigned i = 0; i < walk->host->n_processes; i++)
                if (walk->host->processes[i]->alive &&
                    walk->host->processes[i]->last_signal == SIGKILL)
                        return walk->host->processes[i];
        return NULL;
}

/* Nobody survives SIGKILL for long. */
static void let_killed_die(void *userdata) {
        Walk *walk = userdata;
        for (FakeProcess *process; (process = find_killed(walk)) && !walk_has_failed(walk);)
                end_process(walk, process, CLD_KILLED, SIGKILL);
}

/* --- kinds of events
 * ----------------------------------------------------------------------------------- */

static void request(Walk *walk, const char *unit, JobType type, JobMode mode) {
        tell(walk, "%s %s %s", job_type_name(type), unit, job_mode_names[mode]);
        EngineError error = { .code = ENGINE_ERROR_NONE };
        (void)fake_host_request(walk->host, unit, type, mode, &error); /* refusals are fine */
}

static void play_start(Walk *walk, const char *unit, uint32_t number) {
        (void)number; /* always in the usual mode */
        request(walk, unit, JOB_START, JOB_MODE_REPLACE);
}

static void play_stop(Walk *walk, const char *unit, uint32_t number) {
        (void)number; /* always in the usual mode */
        request(walk, unit, JOB_STOP, JOB_MODE_REPLACE);
}

static void play_other_request(Walk *walk, const char *unit, uint32_t number) {
        static const JobMode modes[] = { JOB_MODE_REPLACE,
                                         JOB_MODE_FAIL,
                                         JOB_MODE_ISOLATE,
                                         JOB_MODE_FLUSH,
                                         JOB_MODE_IGNORE_DEPENDENCIES,
                                         JOB_MODE_IGNORE_REQUIREMENTS,
                                         JOB_MODE_TRIGGERING };
        static const JobType types[] = { JOB_START,       JOB_STOP,         JOB_RESTART,
                                         JOB_TRY_RESTART, JOB_RELOAD,       JOB_TRY_RELOAD,
                                         JOB_RESTART,     JOB_RELOAD,       JOB_RELOAD_OR_START,
                                         JOB_NOP,         JOB_VERIFY_ACTIVE };
        JobMode mode =
                number % 3 == 0 ? modes[(number >> 8) % ARRAY_LENGTH(modes)] : JOB_MODE_REPLACE;
        request(walk, unit, types[(number >> 16) % ARRAY_LENGTH(types)], mode);
}

static void play_exit(Walk *walk, const char *unit, uint32_t number) {
        static const int codes[] = { CLD_EXITED, CLD_EXITED, CLD_EXITED, CLD_KILLED, CLD_DUMPED };
        static const int exits[] = { 0, 0, 0, 1, 2, 3, 255 };
        static const int signals[] = { SIGTERM, SIGHUP, SIGSEGV, SIGUSR1 };
        FakeProcess *process = pick_process(walk, unit, number);
        if (!process)
                return;
        int code = codes[(number >> 8) % ARRAY_LENGTH(codes)];
        int status = code == CLD_EXITED ? exits[(number >> 16) % ARRAY_LENGTH(exits)]
                                        : signals[(number >> 16) % ARRAY_LENGTH(signals)];
        end_process(walk, process, code, status);
}

/* Well-behaved: processes that got a signal end by it, control processes end well. */
static void play_obey(Walk *walk, const char *unit, uint32_t number) {
        FakeProcess *process = pick_process(walk, unit, number);
        if (!process)
                return;
        if (process->last_signal != 0 && process->last_signal != SIGCONT)
                end_process(walk, process, CLD_KILLED, process->last_signal);
        else if (process->list != DIRECTIVE_EXEC_START && process->list != DIRECTIVE_NONE)
                end_process(walk, process, CLD_EXITED, 0);
}

static void play_confirm(Walk *walk, const char *unit, uint32_t number) {
        const FakeProcess *process = pick_process(walk, unit, number);
        if (!process)
                return;
        tell(walk, "confirm %s %d", unit, (int)process->pid);
        fake_host_confirm_exec(walk->host, process->pid);
}

static void play_notify(Walk *walk, const char *unit, uint32_t number) {
        static const char *const texts[] = {
                "READY=1",
                "READY=1",
                "WATCHDOG=1",
                "STOPPING=1",
                "RELOADING=1\nMONOTONIC_USEC=999999999999",
                "WATCHDOG=trigger",
                "STATUS=x",
                "EXTEND_TIMEOUT_USEC=5000000",
                "WATCHDOG_USEC=2000000",
                "ERRNO=5",
        };
        const FakeProcess *process = pick_process(walk, unit, number);
        if (!process)
                return;
        const char *text = texts[(number >> 8) % ARRAY_LENGTH(texts)];
        tell(walk,
             "notify %s %d %s",
             unit,
             (int)process->pid,
             str_has_prefix(str_of(text), "RELOADING") ? "RELOADING=1\\nMONOTONIC_USEC=999999999999"
                                                       : text);
        fake_host_notify(walk->host, unit, process->pid, text);
}

static void play_main_pid(Walk *walk, const char *unit, uint32_t number) {
        const FakeProcess *process = pick_process(walk, unit, number);
        const FakeProcess *other = pick_process(walk, unit, number >> 8);
        if (!process || !other)
                return;
        char text[32];
        (void)snprintf(text, sizeof(text), "MAINPID=%d", (int)other->pid); /* always fits */
        tell(walk, "notify %s %d %s", unit, (int)process->pid, text);
        /* What was the main process before is any process of the group now. */
        for (unsigned i = 0; i < walk->n_units; i++)
                walk->leaves_processes[i] |= streq(walk->names[i], unit);
        fake_host_notify(walk->host, unit, process->pid, text);
}

static void play_fork(Walk *walk, const char *unit, uint32_t number) {
        (void)number; /* one like the other */
        if (!pick_process(walk, unit, 0))
                return;
        tell(walk, "fork %s", unit);
        (void)fake_host_fork(walk->host, unit);
}

static void play_advance(Walk *walk, const char *unit, uint32_t number) {
        static const uint64_t spans_msec[] = { 1, 50, 100, 500, 1000, 3000, 5000, 11000, 95000 };
        (void)unit; /* it is late for all */
        let_killed_die(walk);
        uint64_t msec = spans_msec[number % ARRAY_LENGTH(spans_msec)];
        tell(walk, "advance %ums", (unsigned)msec);
        walk->host->on_step = let_killed_die;
        walk->host->on_step_userdata = walk;
        fake_host_advance(walk->host, msec * USEC_PER_MSEC);
        walk->host->on_step = NULL;
}

/* Records in an order of their own, so that they can be compared. */
static char **sorted_records(const Walk *walk) {
        AUTO_FREE char *text = fake_host_records(walk->host);
        char **records = NULL;
        const char *rest = text;
        for (const char *end; (end = strstr(rest, "\n\n")); rest = end + 2)
                MUST(strv_add_str(&records, (Str){ rest, (size_t)(end - rest) }) >= 0);
        if (records)
                strv_sort(records);
        return records;
}

/* A service whose restart job was canceled waits for nothing; a new manager tries again, and that
 * moves others. */
static bool has_lost_restart(char *const *records) {
        STRV_FOREACH(record, records) {
                if (strstr(*record, "\nstate=auto-restart\n") && !strstr(*record, "\ndeadline="))
                        return true;
        }
        return false;
}

static void compare_records(Walk *walk, char *const *before, char *const *after) {
        for (size_t i = 0; before && before[i]; i++)
                if (i >= strv_length(after) || !streq(before[i], after[i])) {
                        walk_fail(walk,
                                  "a record differs after a crash:\n%s\n----\n%s",
                                  before[i],
                                  i < strv_length(after) ? after[i] : "none");
                        return;
                }
        if (strv_length(before) != strv_length(after))
                walk_fail(walk, "there is one record more after a crash");
}

static void play_crash(Walk *walk, const char *unit, uint32_t number) {
        FakeProcess *process = number % 3 == 0 ? pick_process(walk, unit, number >> 8) : NULL;
        pid_t gone[2] = { process ? process->pid : 0, 0 };
        if (number % 4 != 0)
                return; /* seldom, it is slow */
        if (process)
                tell(walk, "crash %s %d", unit, (int)process->pid);
        else
                tell(walk, "crash");
        walk->host->on_job = NULL; /* jobs that run on did not begin now */
        AUTO_STRV char **before = sorted_records(walk);
        fake_host_crash(walk->host, gone);
        AUTO_STRV char **after = sorted_records(walk);
        if (!process && !has_lost_restart(before))
                compare_records(walk, before, after);
}

static void play_condition(Walk *walk, const char *unit, uint32_t number) {
        FakeFacts *facts = fake_host_facts(walk->host, unit);
        tell(walk, "condition %s %s", unit, number % 2 ? "fails" : "holds");
        tell(walk, "assertion %s %s", unit, number % 3 == 1 ? "fails" : "holds");
        facts->conditions_fail = number % 2;
        facts->assertions_fail = number % 3 == 1;
}

static void play_spawn_fails(Walk *walk, const char *unit, uint32_t number) {
        bool fails = number % 3 == 0;
        tell(walk, fails ? "spawn-fails %s EAGAIN" : "spawn-fails %s", unit);
        FakeFacts *facts = fake_host_facts(walk->host, unit);
        facts->spawn_error = fails ? -EAGAIN : 0;
        facts->n_spawn_errors =
                fails ? 1 + number % 10 : 0; /* for ever could be without any pause */
}

static void play_pid_file(Walk *walk, const char *unit, uint32_t number) {
        const FakeProcess *process = pick_process(walk, unit, number);
        if (process) {
                tell(walk, "pid-file %s ok %d", unit, (int)process->pid);
                fake_host_set_pid_file(walk->host, unit, PID_FILE_OK, process->pid);
        } else {
                tell(walk, "pid-file %s missing", unit);
                fake_host_set_pid_file(walk->host, unit, PID_FILE_MISSING, 0);
        }
}

static void play_unit_event(Walk *walk, const char *name, uint32_t number) {
        Unit *unit = engine_find_unit(walk->host->engine, name);
        if (!unit)
                return;
        EngineEvent event = { .type = EVENT_BUS_NAME, .unit = unit, .n_fds = number % 3 != 0 };
        if (number % 5 == 0)
                event = (EngineEvent){ .type = EVENT_OOM_KILL, .unit = unit };
        if (number % 5 == 0)
                tell(walk, "oom %s", name);
        else
                tell(walk, "bus-name %s %s", name, event.n_fds ? "yes" : "no");
        fake_host_event(walk->host, &event);
}

static void play_presence(Walk *walk, const char *unit, uint32_t number) {
        if (!str_has_suffix(str_of(unit), ".device"))
                return;
        tell(walk, "present %s %s", unit, number % 2 ? "yes" : "no");
        fake_host_set_present(walk->host, unit, number % 2);
}

static void play_traffic(Walk *walk, const char *name, uint32_t number) {
        Unit *unit = engine_find_unit(walk->host->engine, name);
        (void)number; /* one like the other */
        if (!unit || unit->type != UNIT_SOCKET)
                return;
        tell(walk, "incoming %s", name);
        fake_host_event(walk->host, &(EngineEvent){ .type = EVENT_SOCKET_INCOMING, .unit = unit });
}

static void play_path(Walk *walk, const char *name, uint32_t number) {
        Unit *unit = engine_find_unit(walk->host->engine, name);
        FakeFacts *facts = fake_host_facts(walk->host, name);
        EngineEvent event = { .type = EVENT_PATH_CHANGED, .unit = unit };
        uint32_t bit = 1U << (number >> 8) % 2;
        if (!str_has_suffix(str_of(name), ".path"))
                return;
        facts->paths = number % 3 == 0 ? facts->paths | bit : facts->paths & ~bit;
        facts->path_changes++;
        tell(walk, "path-is %s %u %s", name, bit - 1, facts->paths & bit ? "there" : "gone");
        event.status = 1; /* the one about changes */
        event.code = number % 5 == 0;
        if (!unit)
                return;
        tell(walk, event.code ? "path-event %s 1" : "path-event %s", name);
        fake_host_event(walk->host, &event);
}

static void play_cancel(Walk *walk, const char *name, uint32_t number) {
        const Unit *unit = engine_find_unit(walk->host->engine, name);
        EngineError error = { .code = ENGINE_ERROR_NONE };
        (void)number; /* a unit has one job at most */
        if (!unit || !unit->job)
                return;
        tell(walk, "cancel %s", name);
        (void)engine_cancel_job(walk->host->engine, unit->job->id, &error); /* it is there */
        fake_host_run(walk->host);
}

static void play_reset_failed(Walk *walk, const char *name, uint32_t number) {
        Unit *unit = engine_find_unit(walk->host->engine, name);
        (void)number; /* nothing to choose */
        if (!unit)
                return;
        tell(walk, "reset-failed %s", name);
        engine_reset_failed(walk->host->engine, unit);
        fake_host_run(walk->host);
}

static void play_reload_files(Walk *walk, const char *unit, uint32_t number) {
        FakeFile *file = hashtable_find(walk->host->files, unit);
        file->stamp = ++walk->host->next_stamp;
        tell(walk, "reload-files %s", number % 2 ? "names" : "");
        MUST(engine_reload(walk->host->engine, number % 2) >= 0);
        fake_host_run(walk->host);
}

static const struct {
        unsigned weight;
        void (*play)(Walk *walk, const char *unit, uint32_t number);
} kinds[] = {
        { 18, play_start },       { 9, play_stop },     { 10, play_other_request },
        { 16, play_exit },        { 30, play_obey },    { 10, play_confirm },
        { 14, play_notify },      { 2, play_main_pid }, { 4, play_fork },
        { 14, play_advance },     { 3, play_crash },    { 3, play_condition },
        { 3, play_spawn_fails },  { 5, play_pid_file }, { 4, play_unit_event },
        { 4, play_presence },     { 2, play_cancel },   { 2, play_reset_failed },
        { 2, play_reload_files }, { 8, play_traffic },  { 8, play_path },
};

/* --- drawing and playing
 * ---------------------------------------------------------------------------------- */

WalkEvent walk_draw(uint64_t *state) {
        unsigned sum = 0;
        for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
                sum += kinds[i].weight;
        unsigned draw = (unsigned)walk_random(state, sum);
        uint8_t kind = 0;
        while (draw >= kinds[kind].weight)
                draw -= kinds[kind++].weight;
        return (WalkEvent){
                .kind = kind,
                .unit = (uint8_t)walk_random(state, 256),
                .number = (uint32_t)walk_random(state, UINT32_MAX),
        };
}

void walk_play(Walk *walk, const WalkEvent *event) {
        const char *unit = walk->names[event->unit % walk->n_units];
        kinds[event->kind].play(walk, unit, event->number);
        if (walk->story && walk->host->n_effects > 0)
                tell(walk, "# --");
}

/* Processes end as they are told, commands other than ExecStart= by themselves; in the end all do.
 */
static void let_all_obey(Walk *walk, bool all) {
        for (unsigned turn = 0; turn < 20 && !walk_has_failed(walk); turn++) {
                for (unsigned i = 0; i < walk->n_units; i++) {
                        FakeProcess *process =
                                all ? pick_process(walk, walk->names[i], turn) : NULL;
                        if (process)
                                end_process(walk, process, CLD_EXITED, 0);
                        for (unsigned n = 0; n < 3; n++)
                                play_obey(walk, walk->names[i], n);
                }
        }
}

void walk_drain(Walk *walk) {
        for (unsigned i = 0; i < walk->n_units; i++)
                play_presence(walk, walk->names[i], 0);
        for (unsigned i = 0; i < walk->n_units; i++)
                fake_host_facts(walk->host, walk->names[i])->paths = 0;
        for (unsigned round = 0; round < 16 && !walk_has_failed(walk); round++) {
                for (unsigned i = 0; i < walk->n_units; i++)
                        if (round % 4 == 0)
                                request(walk, walk->names[i], JOB_STOP, JOB_MODE_REPLACE);
                let_all_obey(walk, round > 3);
                play_advance(walk, NULL, 8);
                walk_check(walk);
        }
}
