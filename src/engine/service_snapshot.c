/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "base/utf8.h"
#include "engine/service_phase.h"

/* Lines of a service in its record. Numbers are parted by spaces; times are absolute, so that what
 * was left of them goes on. A record may be cut or made up by anybody who got hold of the
 * directory: what does not parse is left out, and processes count only when the host finds that
 * they belong to the unit. */

/* --- words and numbers -------------------------------------------------------------------- */

/* Exactly `n` decimal numbers. */
static int parse_numbers(Str text, uint64_t *ret, unsigned n) {
        Str word;
        unsigned i = 0;
        for (; str_next_word(&text, &word); i++) {
                if (i == n)
                        return err_new(-EINVAL);
                int r = parse_u64(word, 10, &ret[i]);
                if (r < 0)
                        return err_pass(r);
        }
        return i == n ? 0 : err_new(-EINVAL);
}

static bool is_pid(uint64_t number) {
        return number > 1 && number <= INT32_MAX;
}

static int parse_result(Str text, ServiceResult *ret) {
        for (ServiceResult i = 0; i < SERVICE_RESULT_COUNT; i++)
                if (str_equal_c(text, service_result_name(i))) {
                        *ret = i;
                        return 0;
                }
        return err_new(-EINVAL);
}

static void save_status(StrBuf *out, const ExecStatus *status) {
        strbuf_addf(out,
                    "%i %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %i %i\n",
                    (int)status->pid,
                    status->start.realtime_usec,
                    status->start.monotonic_usec,
                    status->exit.realtime_usec,
                    status->exit.monotonic_usec,
                    status->code,
                    status->status);
}

static int parse_status(Str text, ExecStatus *ret) {
        uint64_t n[7];
        int r = parse_numbers(text, n, ARRAY_LENGTH(n));
        if (r < 0 || !is_pid(n[0]) || n[5] > INT32_MAX || n[6] > INT32_MAX)
                return err_new(-EINVAL);
        *ret = (ExecStatus){
                .pid = (pid_t)n[0],
                .start = { n[1], n[2] },
                .exit = { n[3], n[4] },
                .code = (int)n[5],
                .status = (int)n[6],
        };
        return 0;
}

/* --- processes ---------------------------------------------------------------------------- */

static void save_main(const ServiceRuntime *s, StrBuf *out) {
        if (s->main_pid > 0)
                strbuf_addf(out, "main=%i %" PRIu64 "\n", (int)s->main_pid, s->main_start_time);
        if (s->main_index > 0)
                strbuf_addf(out, "main_index=%u\n", s->main_index);
        if (s->main_status.pid > 0) {
                strbuf_add(out, "main_status=");
                save_status(out, &s->main_status);
        }
}

static int restore_main(ServiceRuntime *s, Str value) {
        uint64_t n[2];
        int r = parse_numbers(value, n, ARRAY_LENGTH(n));
        if (r < 0 || !is_pid(n[0]) || s->main_pid > 0 || (pid_t)n[0] == s->control_pid)
                return err_new(-EINVAL);
        r = engine_watch_pid(s->unit, (pid_t)n[0]);
        if (r < 0)
                return err_pass(r);
        s->main_pid = (pid_t)n[0];
        s->main_start_time = n[1];
        s->main_pid_known = true;
        return 0;
}

static int restore_main_index(ServiceRuntime *s, Str value) {
        uint64_t n;
        int r = parse_numbers(value, &n, 1);
        if (r < 0 || n > UINT16_MAX)
                return err_new(-EINVAL);
        s->main_index = (unsigned)n;
        return 0;
}

static int restore_main_status(ServiceRuntime *s, Str value) {
        return parse_status(value, &s->main_status);
}

static void save_control(const ServiceRuntime *s, StrBuf *out) {
        if (s->control_pid > 0 && s->control_list != DIRECTIVE_NONE)
                strbuf_addf(out,
                            "control=%i %" PRIu64 " %u %s\n",
                            (int)s->control_pid,
                            s->control_start_time,
                            s->control_index,
                            service_list_name(s->control_list));
}

static int restore_control(ServiceRuntime *s, Str value) {
        uint64_t n[3];
        const char *space = memrchr(value.data, ' ', value.length);
        if (!space || s->control_pid > 0)
                return err_new(-EINVAL);
        size_t length = (size_t)(space - value.data);
        int r = parse_numbers((Str){ value.data, length }, n, ARRAY_LENGTH(n));
        DirectiveId list = service_list_find((Str){ space + 1, value.length - length - 1 });
        if (r < 0 || !is_pid(n[0]) || n[2] > UINT16_MAX || list == DIRECTIVE_NONE ||
            (pid_t)n[0] == s->main_pid)
                return err_new(-EINVAL);
        r = engine_watch_pid(s->unit, (pid_t)n[0]);
        if (r < 0)
                return err_pass(r);
        s->control_pid = (pid_t)n[0];
        s->control_start_time = n[1];
        s->control_index = (unsigned)n[2];
        s->control_list = list;
        return 0;
}

/* Commands keep their records by place: when the files changed meanwhile, the rest is left out. */
static void save_commands(const ServiceRuntime *s, StrBuf *out) {
        for (unsigned i = 0; i < s->n_command_status; i++) {
                if (s->command_status[i].pid == 0)
                        continue;
                strbuf_addf(out, "command%u=", i);
                save_status(out, &s->command_status[i]);
        }
}

static int restore_command(ServiceRuntime *s, Str key, Str value) {
        uint32_t position;
        ExecStatus status;
        if (!str_skip_prefix(&key, "command") || parse_u32(key, &position) < 0)
                return 1;
        if (parse_status(value, &status) < 0)
                return 0;
        ExecStatus *record = service_status_at(s->unit, position);
        if (record)
                *record = status;
        return 0;
}

/* --- outcome and history ------------------------------------------------------------------ */

static void save_results(const ServiceRuntime *s, StrBuf *out) {
        if (s->result != SERVICE_SUCCESS)
                strbuf_addf(out, "result=%s\n", service_result_name(s->result));
        if (s->reload_result != SERVICE_SUCCESS)
                strbuf_addf(out, "reload_result=%s\n", service_result_name(s->reload_result));
}

static int restore_result(ServiceRuntime *s, Str value) {
        return parse_result(value, &s->result);
}

static int restore_reload_result(ServiceRuntime *s, Str value) {
        return parse_result(value, &s->reload_result);
}

static void save_counters(const ServiceRuntime *s, StrBuf *out) {
        if (s->n_restarts > 0 || s->n_backoff > 0)
                strbuf_addf(out, "restarts=%u %u\n", s->n_restarts, s->n_backoff);
        if (s->healthy_since_usec > 0)
                strbuf_addf(out, "healthy_since=%" PRIu64 "\n", s->healthy_since_usec);
        if (s->n_fd_store > 0)
                strbuf_addf(out, "fd_store=%u\n", s->n_fd_store);
}

static int restore_restarts(ServiceRuntime *s, Str value) {
        uint64_t n[2];
        int r = parse_numbers(value, n, ARRAY_LENGTH(n));
        if (r < 0 || n[0] > INT32_MAX || n[1] > INT32_MAX)
                return err_new(-EINVAL);
        s->n_restarts = (unsigned)n[0];
        s->n_backoff = (unsigned)n[1];
        return 0;
}

static int restore_healthy_since(ServiceRuntime *s, Str value) {
        return parse_u64(value, 10, &s->healthy_since_usec);
}

static int restore_fd_store(ServiceRuntime *s, Str value) {
        return parse_u32(value, &s->n_fd_store);
}

/* --- flags -------------------------------------------------------------------------------- */

/* One word each; the order does not matter. */
static const struct {
        const char *name;
        size_t offset; /* of a bool in ServiceRuntime */
} flags[] = {
        { "main-known", offsetof(ServiceRuntime, main_pid_known) },
        { "main-alien", offsetof(ServiceRuntime, main_pid_alien) },
        { "executed", offsetof(ServiceRuntime, main_exec_confirmed) },
        { "forbid-restart", offsetof(ServiceRuntime, forbid_restart) },
        { "restart-queued", offsetof(ServiceRuntime, restart_queued) },
        { "flush-restarts", offsetof(ServiceRuntime, flush_restarts) },
        { "leftovers", offsetof(ServiceRuntime, has_leftovers) },
        { "wants-pid-file", offsetof(ServiceRuntime, pid_file_watched) },
        { "has-bus-name", offsetof(ServiceRuntime, bus_name_owned) },
};

static void save_flags(const ServiceRuntime *s, StrBuf *out) {
        size_t begin = out->length;
        for (unsigned i = 0; i < ARRAY_LENGTH(flags); i++) {
                const bool *flag = (const bool *)((const char *)s + flags[i].offset);
                if (*flag)
                        strbuf_addf(
                                out, "%s%s", out->length > begin ? " " : "flags=", flags[i].name);
        }
        if (out->length > begin)
                strbuf_add_char(out, '\n');
}

static int restore_flags(ServiceRuntime *s, Str value) {
        Str word;
        while (str_next_word(&value, &word))
                for (unsigned i = 0; i < ARRAY_LENGTH(flags); i++)
                        if (str_equal_c(word, flags[i].name))
                                *(bool *)((char *)s + flags[i].offset) = true;
        return 0;
}

/* --- what it said ------------------------------------------------------------------------- */

static const char *const notify_names[] = {
        [NOTIFY_UNKNOWN] = "unknown",
        [NOTIFY_READY] = "ready",
        [NOTIFY_RELOADING] = "reloading",
        [NOTIFY_STOPPING] = "stopping",
};

static void save_words(const ServiceRuntime *s, StrBuf *out) {
        if (s->notify_state != NOTIFY_UNKNOWN)
                strbuf_addf(out, "notify=%s\n", notify_names[s->notify_state]);
        if (s->status_text)
                strbuf_addf(out, "status_text=%s\n", s->status_text);
        if (s->status_errno != 0)
                strbuf_addf(out, "status_errno=%i\n", s->status_errno);
        STRV_FOREACH(report, s->unit->reports)
        if (!strchr(*report, '\n'))
                strbuf_addf(out, "report=%s\n", *report);
}

static int restore_notify(ServiceRuntime *s, Str value) {
        int state = enum_parse(notify_names, ARRAY_LENGTH(notify_names), value);
        if (state < 0)
                return err_pass(state);
        s->notify_state = (NotifyState)state;
        return 0;
}

static int restore_status_text(ServiceRuntime *s, Str value) {
        char *copy = utf8_is_valid(value) ? str_dup(value) : NULL;
        if (!copy)
                return err_new(-EINVAL);
        free(s->status_text);
        s->status_text = copy;
        return 0;
}

static int restore_status_errno(ServiceRuntime *s, Str value) {
        int32_t number;
        int r = parse_i32(value, &number);
        if (r >= 0)
                s->status_errno = number;
        return err_pass(r);
}

static int restore_report(ServiceRuntime *s, Str value) {
        return strv_add_str(&s->unit->reports, value);
}

/* Two words: the socket, and the address of the other side or "-". */
static void save_connection(const ServiceRuntime *s, StrBuf *out) {
        if (s->accepted_by)
                strbuf_addf(out,
                            "accepted=%s %s %u\n",
                            s->accepted_by,
                            s->peer_address ? s->peer_address : "-",
                            s->peer_port);
        if (s->title && !strchr(s->title, '\n'))
                strbuf_addf(out, "title=%s\n", s->title);
}

static int restore_title(ServiceRuntime *s, Str value) {
        free(s->title);
        s->title = utf8_is_valid(value) ? str_dup(value) : NULL;
        return 0; /* without memory it is shown as any other service */
}

static int restore_connection(ServiceRuntime *s, Str value) {
        Str name, address, port_word;
        uint32_t port;
        if (!str_next_word(&value, &name) || !str_next_word(&value, &address) ||
            !str_next_word(&value, &port_word) || parse_u32(port_word, &port) < 0)
                return err_new(-EINVAL);
        free(s->accepted_by);
        free(s->peer_address);
        s->accepted_by = str_dup(name);
        s->peer_address = str_equal_c(address, "-") ? NULL : str_dup(address);
        s->peer_port = port;
        return s->accepted_by ? 0 : err_new(-ENOMEM);
}

/* --- time --------------------------------------------------------------------------------- */

static void save_timers(const ServiceRuntime *s, StrBuf *out) {
        if (s->deadline_usec != USEC_INFINITY)
                strbuf_addf(out, "deadline=%" PRIu64 "\n", s->deadline_usec);
        if (s->watchdog_usec > 0 || s->watchdog_override_usec != USEC_INFINITY)
                strbuf_addf(out,
                            "watchdog=%" PRIu64 " %" PRIu64 "\n",
                            s->watchdog_usec,
                            s->watchdog_override_usec);
        if (s->watchdog_ping.monotonic_usec > 0)
                strbuf_addf(out,
                            "watchdog_ping=%" PRIu64 " %" PRIu64 "\n",
                            s->watchdog_ping.realtime_usec,
                            s->watchdog_ping.monotonic_usec);
        if (pqueue_is_queued(&s->watchdog_timer.item))
                strbuf_addf(out, "watchdog_deadline=%" PRIu64 "\n", s->watchdog_timer.item.key);
        if (s->reload_begin_usec > 0)
                strbuf_addf(out,
                            "reload=%" PRIu64 " %" PRIu64 "\n",
                            s->reload_begin_usec,
                            s->reload_stamp_usec);
}

static int restore_deadline(ServiceRuntime *s, Str value) {
        return parse_u64(value, 10, &s->deadline_usec);
}

static int restore_watchdog(ServiceRuntime *s, Str value) {
        uint64_t n[2];
        int r = parse_numbers(value, n, ARRAY_LENGTH(n));
        if (r < 0)
                return err_pass(r);
        s->watchdog_usec = n[0];
        s->watchdog_override_usec = n[1];
        return 0;
}

static int restore_watchdog_ping(ServiceRuntime *s, Str value) {
        uint64_t n[2];
        int r = parse_numbers(value, n, ARRAY_LENGTH(n));
        if (r >= 0)
                s->watchdog_ping = (DualTimestamp){ n[0], n[1] };
        return err_pass(r);
}

static int restore_watchdog_deadline(ServiceRuntime *s, Str value) {
        uint64_t deadline;
        int r = parse_u64(value, 10, &deadline);
        if (r >= 0)
                unit_timer_set(s->unit, &s->watchdog_timer, deadline);
        return err_pass(r);
}

static int restore_reload(ServiceRuntime *s, Str value) {
        uint64_t n[2];
        int r = parse_numbers(value, n, ARRAY_LENGTH(n));
        if (r < 0)
                return err_pass(r);
        s->reload_begin_usec = n[0];
        s->reload_stamp_usec = n[1];
        return 0;
}

/* --- the record --------------------------------------------------------------------------- */

void service_save(const Unit *unit, StrBuf *out) {
        const ServiceRuntime *s = unit->service;
        save_main(s, out);
        save_control(s, out);
        save_commands(s, out);
        save_results(s, out);
        save_counters(s, out);
        save_flags(s, out);
        save_words(s, out);
        save_connection(s, out);
        save_timers(s, out);
}

static const struct {
        const char *key;
        int (*restore)(ServiceRuntime *s, Str value);
} keys[] = {
        // clang-format off
        { "accepted",          restore_connection },
        { "control",           restore_control },
        { "deadline",          restore_deadline },
        { "fd_store",          restore_fd_store },
        { "flags",             restore_flags },
        { "healthy_since",     restore_healthy_since },
        { "main",              restore_main },
        { "main_index",        restore_main_index },
        { "main_status",       restore_main_status },
        { "notify",            restore_notify },
        { "reload",            restore_reload },
        { "reload_result",     restore_reload_result },
        { "report",            restore_report },
        { "restarts",          restore_restarts },
        { "result",            restore_result },
        { "status_errno",      restore_status_errno },
        { "status_text",       restore_status_text },
        { "title",             restore_title },
        { "watchdog",          restore_watchdog },
        { "watchdog_deadline", restore_watchdog_deadline },
        { "watchdog_ping",     restore_watchdog_ping },
        // clang-format on
};

int service_restore(Unit *unit, Str key, Str value) {
        for (unsigned i = 0; i < ARRAY_LENGTH(keys); i++) {
                if (!str_equal_c(key, keys[i].key))
                        continue;
                int r = keys[i].restore(unit->service, value);
                return r == -ENOMEM ? r : 0; /* a line that does not parse is as if not there */
        }
        return restore_command(unit->service, key, value);
}

/* --- taking over -------------------------------------------------------------------------- */

static bool is_still_there(Unit *unit, pid_t pid, uint64_t start_time) {
        const EnginePorts *ports = service_ports(unit);
        uint64_t found = 0;
        if (!ports->process_belongs(ports->userdata, unit, pid, &found))
                return false;
        return start_time == 0 || found == 0 || start_time == found;
}

/* Watches a process of the record, or lets it end when it is gone without anybody having seen how.
 */
static void take_over(Unit *unit, pid_t pid, uint64_t start_time) {
        const EnginePorts *ports = service_ports(unit);
        ServiceRuntime *s = unit->service;
        if (is_still_there(unit, pid, start_time)) {
                bool is_child = ports->watch_process(ports->userdata, unit, pid);
                if (pid == s->main_pid)
                        s->main_pid_alien = !is_child;
                return;
        }
        engine_unwatch_pid(unit, pid);
        service_on_exit(unit, &(EngineEvent){ .type = EVENT_PROCESS_EXIT, .pid = pid });
}

/* Whether the phase waits for a process that there is not. Only of a damaged record. */
static bool waits_for_nobody(const Unit *unit) {
        const ServiceRuntime *s = unit->service;
        if (s->control_pid > 0 || s->pid_file_watched || list_is_linked(&s->idle_queue))
                return false;
        if (unit->state == SERVICE_RELOAD)
                return s->notify_state != NOTIFY_RELOADING && s->notify_state != NOTIFY_STOPPING;
        if (unit->state == SERVICE_START) /* READY=1 and the bus name may come from anybody */
                return s->main_pid == 0 && s->service_type != SERVICE_TYPE_NOTIFY &&
                       s->service_type != SERVICE_TYPE_NOTIFY_RELOAD &&
                       s->service_type != SERVICE_TYPE_DBUS &&
                       service_number(unit, DIRECTIVE_EXIT_TYPE) != EXIT_TYPE_CGROUP;
        return unit->state == SERVICE_CONDITION || unit->state == SERVICE_START_PRE ||
               unit->state == SERVICE_START_POST || unit->state == SERVICE_STOP ||
               unit->state == SERVICE_STOP_POST || unit->state == SERVICE_CLEANING;
}

/* Fails such a phase; what follows is what would follow from its process failing. */
static void end_empty_phase(Unit *unit) {
        if (!waits_for_nobody(unit))
                return;
        ServiceEvent event =
                unit->state == SERVICE_START ? SERVICE_ON_MAIN_EXIT : SERVICE_ON_CONTROL_EXIT;
        service_note_result(unit, SERVICE_FAILURE_RESOURCES);
        service_dispatch(unit, event, SERVICE_FAILURE_RESOURCES);
}

static void resume_timers(Unit *unit) {
        ServiceRuntime *s = unit->service;
        StateTimer timer = unit_state_row(UNIT_SERVICE, unit->state)->timer;
        if (s->deadline_usec == USEC_INFINITY && timer != STATE_TIMER_NONE &&
            timer != STATE_TIMER_RESTART)
                s->deadline_usec = service_state_deadline(unit, unit->state);
        if (s->deadline_usec != USEC_INFINITY && !pqueue_is_queued(&s->timer.item))
                unit_timer_set(unit, &s->timer, s->deadline_usec);
        /* Its job is made anew, or is in the record of jobs. */
        if (unit->state == SERVICE_AUTO_RESTART && !pqueue_is_queued(&s->timer.item))
                service_arm_timer(unit, service_now(unit));
}

/* What cannot be in this state is not taken over, whatever the record says. */
static void drop_impossible(Unit *unit) {
        const StateRow *row = unit_state_row(UNIT_SERVICE, unit->state);
        if (!row->main_may_live)
                service_forget_main(unit);
        if (!row->control_may_live)
                service_forget_control(unit);
        if (row->timer == STATE_TIMER_NONE)
                service_arm_timer(unit, USEC_INFINITY);
        if (!service_watchdog_may_run(unit->state))
                service_stop_watchdog(unit);
}

/* A service of Type=idle that waited for jobs waits again. */
static void wait_again(Unit *unit) {
        ServiceRuntime *s = unit->service;
        if (unit->state == SERVICE_START && s->service_type == SERVICE_TYPE_IDLE &&
            s->main_pid == 0)
                list_append(&unit->engine->idle_queue, &s->idle_queue);
}

void service_restored(Unit *unit) {
        ServiceRuntime *s = unit->service;
        drop_impossible(unit);
        wait_again(unit);
        pid_t main_pid = s->main_pid, control_pid = s->control_pid;
        bool wants_pid_file = s->pid_file_watched;
        uint64_t control_start_time = s->control_start_time;
        s->pid_file_watched = false;
        if (main_pid > 0)
                take_over(unit, main_pid, s->main_start_time);
        /* What follows from the first end may have started another one. */
        if (control_pid > 0 && s->control_pid == control_pid)
                take_over(unit, control_pid, control_start_time);
        if (wants_pid_file && (unit->state == SERVICE_START || unit->state == SERVICE_START_POST))
                service_demand_pid_file(unit);
        end_empty_phase(unit);
        service_update_group_watch(unit, unit->state);
        resume_timers(unit);
}
