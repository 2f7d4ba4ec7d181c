/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/duration.h"
#include "base/enum_name.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "engine/socket_unit.h"
#include "engine/unit_history.h"
#include "fake_ports.h"
#include "timeline.h"
#include "unit/directive.h"

/* --- words -------------------------------------------------------------------------------------
 */

/* "main", "control", "forked", the name of a list like ExecStart, or a pid. 0 when there is none.
 */
static pid_t find_process(const Timeline *timeline, const char *unit_name, const char *which) {
        const Unit *unit = engine_find_unit(timeline->host->engine, unit_name);
        int32_t pid = 0;
        if (streq(which, "main"))
                return unit && unit->service ? unit->service->main_pid : 0;
        if (streq(which, "control"))
                return !unit           ? 0
                       : unit->service ? unit->service->control_pid
                       : unit->socket  ? unit->socket->control_pid
                                       : 0;
        if (streq(which, "forked"))
                return fake_host_pid(timeline->host, unit_name, DIRECTIVE_NONE);
        if (parse_i32(str_of(which), &pid) >= 0)
                return pid;
        const DirectiveRow *row = directive_find(SECTION_SERVICE, str_of(which));
        return row ? fake_host_pid(timeline->host, unit_name, row->id) : 0;
}

static int need_process(Timeline *timeline, char *const *words, pid_t *ret) {
        *ret = find_process(timeline, words[0], words[1]);
        if (*ret > 0)
                return 0;
        return timeline_fail(timeline, "%s has no process %s\n", words[0], words[1]);
}

static int need_unit(Timeline *timeline, const char *name, Unit **ret) {
        *ret = engine_find_unit(timeline->host->engine, name);
        return *ret ? 0 : timeline_fail(timeline, "%s is not loaded\n", name);
}

/* The text behind the first n words of the line, with "\n" made a line break. */
static char *text_after(const Timeline *timeline, unsigned n_words) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        Str rest = str_trim(timeline->line), word = STR_EMPTY;
        for (unsigned i = 0; i < n_words; i++)
                (void)str_next_word(&rest, &word);
        for (rest = str_trim(rest); rest.length > 0;) {
                if (str_skip_prefix(&rest, "\\n")) {
                        strbuf_add_char(&text, '\n');
                        continue;
                }
                strbuf_add_char(&text, rest.data[0]);
                rest = (Str){ rest.data + 1, rest.length - 1 };
        }
        char *copy = strbuf_steal(&text);
        MUST(copy);
        return copy;
}

/* --- files
 * ---------------------------------------------------------------------------------------- */

static int run_unit(Timeline *timeline, char *const *words) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        Str line = STR_EMPTY;
        while (timeline_next_indented(timeline, &line))
                strbuf_addf(&text, "%.*s\n", STR_ARG(line));
        fake_host_add_unit(timeline->host, words[0], strbuf_text(&text));
        MUST(strv_add_unique(&timeline->units, words[0]) >= 0);
        return 0;
}

static int run_mask(Timeline *timeline, char *const *words) {
        fake_host_add_unit(timeline->host, words[0], "masked");
        MUST(strv_add_unique(&timeline->units, words[0]) >= 0);
        return 0;
}

static int run_alias(Timeline *timeline, char *const *words) {
        fake_host_add_alias(timeline->host, words[0], words[1]);
        return 0;
}

static int run_remove(Timeline *timeline, char *const *words) {
        fake_host_remove_unit(timeline->host, words[0]);
        return 0;
}

static int run_reload_files(Timeline *timeline, char *const *words) {
        bool names_changed = words[0] && streq(words[0], "names");
        MUST(engine_reload(timeline->host->engine, names_changed) >= 0);
        fake_host_run(timeline->host);
        return 0;
}

static int run_show(Timeline *timeline, char *const *words) {
        timeline->shown = strv_free(timeline->shown);
        MUST(strv_extend(&timeline->shown, words) >= 0);
        return 0;
}

/* --- requests
 * ------------------------------------------------------------------------------------- */

static int request(Timeline *timeline, char *const *words) {
        JobType type = JOB_NOP;
        int mode = JOB_MODE_REPLACE;
        if (job_type_parse(timeline->arguments[0], &type) < 0)
                return timeline_fail(timeline, "no job type\n");
        if (words[1])
                mode = enum_parse(job_mode_names, JOB_MODE_COUNT, str_of(words[1]));
        if (mode < 0)
                return timeline_fail(timeline, "no job mode\n");
        (void)fake_host_request(timeline->host, words[0], type, (JobMode)mode, NULL); /* noted */
        return 0;
}

static int run_cancel(Timeline *timeline, char *const *words) {
        Unit *unit = NULL;
        EngineError error = { .code = ENGINE_ERROR_NONE };
        int r = need_unit(timeline, words[0], &unit);
        if (r < 0)
                return r;
        if (!unit->job)
                return timeline_fail(timeline, "there is no job\n");
        MUST(engine_cancel_job(timeline->host->engine, unit->job->id, &error) >= 0);
        fake_host_run(timeline->host);
        return 0;
}

static int run_reset_failed(Timeline *timeline, char *const *words) {
        Unit *unit = NULL;
        int r = need_unit(timeline, words[0], &unit);
        if (r < 0)
                return r;
        engine_reset_failed(timeline->host->engine, unit);
        fake_host_run(timeline->host);
        return 0;
}

static int run_kill(Timeline *timeline, char *const *words) {
        static const char *const names[] = { "main", "control", "group", "all" };
        Unit *unit = NULL;
        int signal_number = 0;
        EngineError error = { .code = ENGINE_ERROR_NONE };
        int whom = enum_parse(names, ARRAY_LENGTH(names), str_of(words[1]));
        int r = need_unit(timeline, words[0], &unit);
        if (r < 0 || whom < 0 || parse_signal(str_of(words[2]), &signal_number) < 0)
                return r < 0 ? r : timeline_fail(timeline, "no such signal or process\n");
        unsigned mask = whom == 3 ? 7u : 1u << whom;
        if (engine_kill_unit(timeline->host->engine, unit, mask, signal_number, &error) < 0)
                fake_host_effect(timeline->host, "refused %s kill: %s", words[0], error.text);
        fake_host_run(timeline->host);
        return 0;
}

static int run_ref(Timeline *timeline, char *const *words) {
        engine_ref_unit(fake_host_unit(timeline->host, words[0]));
        return 0;
}

static int run_unref(Timeline *timeline, char *const *words) {
        engine_unref_unit(fake_host_unit(timeline->host, words[0]));
        fake_host_run(timeline->host);
        return 0;
}

/* --- events
 * ---------------------------------------------------------------------------------------- */

static int run_advance(Timeline *timeline, char *const *words) {
        uint64_t usec = 0;
        AUTO_FREE char *text = text_after(timeline, 1);
        (void)words; /* a time span may have blanks */
        if (duration_parse(str_of(text), USEC_PER_SEC, &usec) < 0)
                return timeline_fail(timeline, "no time span\n");
        fake_host_advance(timeline->host, usec);
        return 0;
}

static int run_exit(Timeline *timeline, char *const *words) {
        static const char *const codes[] = { "exited", "killed", "dumped" };
        static const int values[] = { CLD_EXITED, CLD_KILLED, CLD_DUMPED };
        int status = 0;
        pid_t pid = 0;
        int code = enum_parse(codes, ARRAY_LENGTH(codes), str_of(words[2]));
        int r = need_process(timeline, words, &pid);
        if (r < 0)
                return r;
        if (code < 0)
                return timeline_fail(timeline, "no way to end\n");
        r = values[code] == CLD_EXITED ? parse_i32(str_of(words[3]), &status)
                                       : parse_signal(str_of(words[3]), &status);
        if (r < 0)
                return timeline_fail(timeline, "no exit status\n");
        FakeProcess *process = fake_host_process(timeline->host, pid);
        if (!process || !process->alive)
                return timeline_fail(timeline, "process %d is not there\n", (int)pid);
        fake_host_exit(timeline->host, pid, values[code], status);
        return 0;
}

static int run_confirm(Timeline *timeline, char *const *words) {
        pid_t pid = 0;
        int r = need_process(timeline, words, &pid);
        if (r < 0)
                return r;
        fake_host_confirm_exec(timeline->host, pid);
        return 0;
}

static int notify(Timeline *timeline, char *const *words, unsigned n_skip, unsigned n_fds) {
        pid_t pid = 0;
        int r = need_process(timeline, words, &pid);
        if (r < 0)
                return r;
        AUTO_FREE char *text = text_after(timeline, n_skip);
        fake_host_notify_fds(timeline->host, words[0], pid, text, n_fds);
        return 0;
}

static int run_notify(Timeline *timeline, char *const *words) {
        return notify(timeline, words, 3, 0);
}

static int run_notify_fds(Timeline *timeline, char *const *words) {
        uint32_t n_fds = 0;
        if (parse_u32(str_of(words[0]), &n_fds) < 0)
                return timeline_fail(timeline, "no number of descriptors\n");
        return notify(timeline, words + 1, 4, n_fds);
}

static int run_fork(Timeline *timeline, char *const *words) {
        (void)fake_host_fork(timeline->host, words[0]);
        return 0;
}

static int unit_event(Timeline *timeline, const char *name, EngineEvent event) {
        int r = need_unit(timeline, name, &event.unit);
        if (r < 0)
                return r;
        fake_host_event(timeline->host, &event);
        return 0;
}

static int run_oom(Timeline *timeline, char *const *words) {
        return unit_event(timeline, words[0], (EngineEvent){ .type = EVENT_OOM_KILL });
}

static int run_report(Timeline *timeline, char *const *words) {
        pid_t pid = 0;
        int r = need_process(timeline, words, &pid);
        if (r < 0)
                return r;
        AUTO_FREE char *text = text_after(timeline, 3);
        fake_host_event(timeline->host,
                        &(EngineEvent){ .type = EVENT_EXEC_REPORT, .pid = pid, .text = text });
        return 0;
}

static int run_bus_name(Timeline *timeline, char *const *words) {
        EngineEvent event = { .type = EVENT_BUS_NAME, .n_fds = streq(words[1], "yes") };
        char *const owner[] = { words[0], words[2] };
        int r = words[2] ? need_process(timeline, owner, &event.pid) : 0;
        return r < 0 ? r : unit_event(timeline, words[0], event);
}

/* --- facts
 * ------------------------------------------------------------------------------------------- */

static int run_condition(Timeline *timeline, char *const *words) {
        fake_host_facts(timeline->host, words[0])->conditions_fail = streq(words[1], "fails");
        return 0;
}

static int run_assertion(Timeline *timeline, char *const *words) {
        fake_host_facts(timeline->host, words[0])->assertions_fail = streq(words[1], "fails");
        return 0;
}

static int run_spawn_fails(Timeline *timeline, char *const *words) {
        int number = 0;
        if (words[1] && parse_errno(str_of(words[1]), &number) < 0)
                return timeline_fail(timeline, "no errno\n");
        fake_host_facts(timeline->host, words[0])->spawn_error = -number;
        return 0;
}

static int run_socket_fails(Timeline *timeline, char *const *words) {
        int number = 0;
        if (words[1] && parse_errno(str_of(words[1]), &number) < 0)
                return timeline_fail(timeline, "no errno\n");
        fake_host_facts(timeline->host, words[0])->socket_error = -number;
        return 0;
}

/* Traffic on a socket; with a name for the instance, and an address and port, a connection. */
static int run_incoming(Timeline *timeline, char *const *words) {
        SocketPeer peer = { .instance = words[1] };
        EngineEvent event = { .type = EVENT_SOCKET_INCOMING };
        int r = need_unit(timeline, words[0], &event.unit);
        if (r < 0)
                return r;
        if (words[1]) {
                event.peer = &peer;
                peer.address = peer.title = words[2];
                peer.port = 1000;
        }
        fake_host_event(timeline->host, &event);
        return 0;
}

/* path-is UNIT RULE there|gone; there once more: it has changed. */
static int run_path_is(Timeline *timeline, char *const *words) {
        uint32_t rule = 0;
        FakeFacts *facts = fake_host_facts(timeline->host, words[0]);
        if (parse_u32(str_of(words[1]), &rule) < 0 || rule > 31)
                return timeline_fail(timeline, "no rule\n");
        facts->paths = streq(words[2], "there") ? facts->paths | (1u << rule)
                                                : facts->paths & ~(1u << rule);
        facts->path_changes++;
        return 0;
}

/* path-event UNIT [RULE]: something moved; with a rule, its thing itself changed. */
static int run_path_event(Timeline *timeline, char *const *words) {
        EngineEvent event = { .type = EVENT_PATH_CHANGED, .code = words[1] != NULL };
        int32_t rule = 0;
        int r = need_unit(timeline, words[0], &event.unit);
        if (r < 0)
                return r;
        if (words[1] && parse_i32(str_of(words[1]), &rule) < 0)
                return timeline_fail(timeline, "no rule\n");
        event.status = rule;
        fake_host_event(timeline->host, &event);
        return 0;
}

static int run_present(Timeline *timeline, char *const *words) {
        fake_host_set_present(timeline->host, words[0], streq(words[1], "yes"));
        return 0;
}

static int run_pid_file(Timeline *timeline, char *const *words) {
        static const char *const outcomes[] = {
                [PID_FILE_OK] = "ok",
                [PID_FILE_MISSING] = "missing",
                [PID_FILE_UNSAFE] = "unsafe",
                [PID_FILE_DEAD] = "dead",
        };
        int outcome = enum_parse(outcomes, ARRAY_LENGTH(outcomes), str_of(words[1]));
        pid_t pid = words[2] ? find_process(timeline, words[0], words[2]) : 0;
        if (outcome < 0 || (words[2] && pid == 0))
                return timeline_fail(timeline, "no such outcome or process\n");
        fake_host_set_pid_file(timeline->host, words[0], outcome, pid);
        return 0;
}

/* The manager dies; processes named by pairs of words end unseen. */
static int run_crash(Timeline *timeline, char *const *words) {
        pid_t gone[9] = { 0 };
        for (unsigned i = 0; i < 8 && words[0] && words[1]; i++, words += 2) {
                int r = need_process(timeline, words, &gone[i]);
                if (r < 0)
                        return r;
        }
        fake_host_crash(timeline->host, gone);
        return 0;
}

/* --- expectations
 * --------------------------------------------------------------------------------------- */

/* Whether the line is of a kind and about a unit that this timeline looks at. */
static bool is_compared(const Timeline *timeline, const char *effect) {
        Str rest = str_of(effect), kind = STR_EMPTY, unit = STR_EMPTY;
        (void)str_next_word(&rest, &kind);
        AUTO_FREE char *kind_text = str_dup(kind);
        if (!strv_contains(timeline->shown, kind_text))
                return false;
        if (!str_next_word(&rest, &unit) || str_equal_c(unit, "-"))
                return true;
        AUTO_FREE char *unit_text = str_dup(unit);
        AUTO_FREE char *template_name = NULL;
        if (strv_contains(timeline->units, unit_text) || str_equal_c(kind, "refused"))
                return true;
        return unit_name_template(unit_text, &template_name) >= 0 &&
               strv_contains(timeline->units, template_name);
}

static Str without_pid(const char *effect) {
        Str line = str_of(effect);
        const char *pid = strstr(effect, " pid=");
        return str_has_prefix(line, "spawn ") && pid ? (Str){ effect, (size_t)(pid - effect) }
                                                     : line;
}

static int run_expect(Timeline *timeline, char *const *words) {
        AUTO(strbuf_done) StrBuf wanted = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf came = STRBUF_INIT;
        Str line = STR_EMPTY;
        (void)words; /* has none */
        while (timeline_next_indented(timeline, &line))
                if (line.length > 0 && line.data[0] != '#')
                        strbuf_addf(&wanted, "        %.*s\n", STR_ARG(line));
        for (unsigned i = 0; i < timeline->host->n_effects; i++)
                if (is_compared(timeline, timeline->host->effects[i]))
                        strbuf_addf(&came,
                                    "        %.*s\n",
                                    STR_ARG(without_pid(timeline->host->effects[i])));
        fake_host_clear(timeline->host);
        if (streq(strbuf_text(&wanted), strbuf_text(&came)))
                return 0;
        return timeline_fail(timeline,
                             "    expected:\n%s    but came:\n%s",
                             strbuf_text(&wanted),
                             strbuf_text(&came));
}

static int run_clear(Timeline *timeline, char *const *words) {
        (void)words; /* has none */
        fake_host_clear(timeline->host);
        return 0;
}

/* What `check` can ask of a unit. */
static char *property_of(const Unit *unit, const char *key) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        const ServiceRuntime *service = unit->service;
        if (streq(key, "active"))
                strbuf_add(&out, active_state_name(unit_active_state(unit)));
        else if (streq(key, "sub"))
                strbuf_add(&out, unit_sub_state_name(unit));
        else if (streq(key, "load"))
                strbuf_add(&out, unit_load_state_name(unit->load_state));
        else if (streq(key, "result"))
                strbuf_add(&out, unit_result_name(unit));
        else if (streq(key, "job"))
                strbuf_add(&out, unit->job ? job_type_name(unit->job->type) : "none");
        else if (streq(key, "job-state"))
                strbuf_add(&out, unit->job ? job_state_name(unit->job->state) : "none");
        else if (streq(key, "restarts") && service)
                strbuf_addf(&out, "%u", service->n_restarts);
        else if (streq(key, "status") && service)
                strbuf_add(&out, service->status_text ? service->status_text : "");
        else if (streq(key, "main") && service)
                strbuf_addf(&out, "%d", (int)service->main_pid);
        else if (streq(key, "control") && service)
                strbuf_addf(&out, "%d", (int)service->control_pid);
        else if (streq(key, "connections") && unit->socket)
                strbuf_addf(&out,
                            "%u %u %u",
                            unit->socket->n_accepted,
                            unit->socket->n_connections,
                            unit->socket->n_refused);
        else if (streq(key, "report"))
                strbuf_add(&out, unit->reports ? unit->reports[0] : "none");
        else if (streq(key, "why"))
                unit_history_describe(unit, unit_history_get(unit, 0), &out);
        else
                return NULL;
        return strbuf_steal(&out);
}

static int run_check(Timeline *timeline, char *const *words) {
        AUTO_FREE char *wanted = text_after(timeline, 3);
        const Unit *unit = engine_find_unit(timeline->host->engine, words[0]);
        if (streq(words[1], "known")) {
                if (streq(wanted, unit ? "yes" : "no"))
                        return 0;
                return timeline_fail(timeline, "    but it is %s\n", unit ? "known" : "not known");
        }
        if (!unit)
                return timeline_fail(timeline, "%s is not loaded\n", words[0]);
        AUTO_FREE char *value = property_of(unit, words[1]);
        if (!value)
                return timeline_fail(timeline, "no such property\n");
        if (streq(value, wanted))
                return 0;
        return timeline_fail(timeline, "    but it is: %s\n", value);
}

/* The environment that the engine gave to a process holds this assignment. */
static int run_check_environment(Timeline *timeline, char *const *words) {
        pid_t pid = 0;
        int r = need_process(timeline, words, &pid);
        if (r < 0)
                return r;
        const FakeProcess *process = fake_host_process(timeline->host, pid);
        if (strv_contains(process->environment, words[2]))
                return 0;
        AUTO_FREE char *all = strv_join(process->environment, " ");
        return timeline_fail(timeline, "    but it has: %s\n", all ? all : "nothing");
}

#define ANY 1000

// clang-format off
const TimelineCommand timeline_commands[] = {
        { "advance",           1, ANY, run_advance },
        { "alias",             2, 2,   run_alias },
        { "assertion",         2, 2,   run_assertion },
        { "bus-name",          2, 3,   run_bus_name },
        { "cancel",            1, 1,   run_cancel },
        { "check",             2, ANY, run_check },
        { "check-environment", 3, 3,   run_check_environment },
        { "clear",             0, 0,   run_clear },
        { "condition",         2, 2,   run_condition },
        { "confirm",           2, 2,   run_confirm },
        { "crash",             0, 16,  run_crash },
        { "exit",              4, 4,   run_exit },
        { "expect",            0, 0,   run_expect },
        { "fork",              1, 1,   run_fork },
        { "incoming",          1, 3,   run_incoming },
        { "kill",              3, 3,   run_kill },
        { "mask",              1, 1,   run_mask },
        { "notify",            3, ANY, run_notify },
        { "notify-fds",        4, ANY, run_notify_fds },
        { "oom",               1, 1,   run_oom },
        { "path-event",        1, 2,   run_path_event },
        { "path-is",           3, 3,   run_path_is },
        { "pid-file",          2, 3,   run_pid_file },
        { "present",           2, 2,   run_present },
        { "ref",               1, 1,   run_ref },
        { "reload",            1, 2,   request },
        { "reload-files",      0, 1,   run_reload_files },
        { "reload-or-start",   1, 2,   request },
        { "remove",            1, 1,   run_remove },
        { "report",            3, ANY, run_report },
        { "reset-failed",      1, 1,   run_reset_failed },
        { "restart",           1, 2,   request },
        { "show",              1, ANY, run_show },
        { "socket-fails",      1, 2,   run_socket_fails },
        { "spawn-fails",       1, 2,   run_spawn_fails },
        { "start",             1, 2,   request },
        { "stop",              1, 2,   request },
        { "try-reload",        1, 2,   request },
        { "try-restart",       1, 2,   request },
        { "unit",              1, 1,   run_unit },
        { "unref",             1, 1,   run_unref },
        { "verify-active",     1, 2,   request },
};
// clang-format on

const unsigned n_timeline_commands = ARRAY_LENGTH(timeline_commands);
