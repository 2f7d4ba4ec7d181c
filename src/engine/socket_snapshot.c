/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/parse_value.h"
#include "engine/socket_phase.h"

/* Lines of a socket in its record. */

void socket_save(const Unit *unit, StrBuf *out) {
        const SocketRuntime *s = unit->socket;
        if (s->result != SOCKET_SUCCESS)
                strbuf_addf(out, "result=%s\n", socket_result_name(s->result));
        if (s->n_accepted > 0 || s->n_connections > 0 || s->n_refused > 0)
                strbuf_addf(out,
                            "connections=%u %u %u\n",
                            s->n_accepted,
                            s->n_connections,
                            s->n_refused);
        if (s->triggers.n_starts > 0)
                strbuf_addf(out,
                            "triggers=%" PRIu64 " %u\n",
                            s->triggers.window_begin_usec,
                            s->triggers.n_starts);
        if (s->control_pid > 0)
                strbuf_addf(out,
                            "control=%d %u %s\n",
                            (int)s->control_pid,
                            s->control_index,
                            socket_list_name(s->control_list));
        if (s->deadline_usec != USEC_INFINITY)
                strbuf_addf(out, "deadline=%" PRIu64 "\n", s->deadline_usec);
}

/* `n` decimal numbers off the front. */
static int take_numbers(Str *text, uint64_t *ret, unsigned n) {
        Str word;
        for (unsigned i = 0; i < n; i++)
                if (!str_next_word(text, &word) || parse_u64(word, 10, &ret[i]) < 0)
                        return err_new(-EINVAL);
        return 0;
}

static int restore_result(SocketRuntime *s, Str value) {
        for (unsigned i = 0; i < SOCKET_RESULT_COUNT; i++)
                if (str_equal_c(value, socket_result_name((SocketResult)i))) {
                        s->result = (SocketResult)i;
                        return 0;
                }
        return err_new(-EINVAL);
}

static int restore_connections(SocketRuntime *s, Str value) {
        uint64_t n[3];
        int r = take_numbers(&value, n, ARRAY_LENGTH(n));
        if (r < 0 || n[0] > UINT32_MAX || n[1] > UINT32_MAX || n[2] > UINT32_MAX)
                return err_new(-EINVAL);
        s->n_accepted = (unsigned)n[0];
        s->n_connections = (unsigned)n[1];
        s->n_refused = (unsigned)n[2];
        return 0;
}

static int restore_triggers(SocketRuntime *s, Str value) {
        uint64_t n[2];
        int r = take_numbers(&value, n, ARRAY_LENGTH(n));
        if (r < 0 || n[1] > UINT32_MAX)
                return err_new(-EINVAL);
        s->triggers = (StartLimit){ .window_begin_usec = n[0], .n_starts = (unsigned)n[1] };
        return 0;
}

static int restore_control(SocketRuntime *s, Str value) {
        uint64_t n[2];
        int r = take_numbers(&value, n, ARRAY_LENGTH(n));
        DirectiveId list = socket_list_find(str_trim(value));
        if (r < 0 || n[0] <= 1 || n[0] > INT32_MAX || n[1] > UINT16_MAX || list == DIRECTIVE_NONE ||
            s->control_pid > 0)
                return err_new(-EINVAL);
        r = engine_watch_pid(s->unit, (pid_t)n[0]);
        if (r < 0)
                return err_pass(r);
        s->control_pid = (pid_t)n[0];
        s->control_index = (unsigned)n[1];
        s->control_list = list;
        return 0;
}

static int restore_deadline(SocketRuntime *s, Str value) {
        return take_numbers(&value, &s->deadline_usec, 1);
}

static const struct {
        const char *key;
        int (*read)(SocketRuntime *s, Str value);
} line_rows[] = {
        { "connections", restore_connections }, { "control", restore_control },
        { "deadline", restore_deadline },       { "result", restore_result },
        { "triggers", restore_triggers },
};

int socket_restore(Unit *unit, Str key, Str value) {
        for (unsigned i = 0; i < ARRAY_LENGTH(line_rows); i++)
                if (str_equal_c(key, line_rows[i].key))
                        return err_pass(line_rows[i].read(unit->socket, value));
        return 1;
}

/* A control process that is gone without a word counts as ended well: its phase goes on. */
static void check_control(Unit *unit) {
        const EnginePorts *ports = socket_ports(unit);
        SocketRuntime *s = unit->socket;
        uint64_t start_time = 0;
        if (s->control_pid == 0)
                return;
        if (ports->process_belongs(ports->userdata, unit, s->control_pid, &start_time)) {
                (void)ports->watch_process(ports->userdata, unit, s->control_pid);
                return;
        }
        const EngineEvent event = { .type = EVENT_PROCESS_EXIT, .pid = s->control_pid };
        engine_handle(unit->engine, &event);
}

/* The keeper has the descriptors; a socket that cannot be opened again is no longer up. */
static void take_descriptors(Unit *unit) {
        if (active_state_is_down(unit_active_state(unit)) || unit->state >= SOCKET_STOP_POST ||
            unit->state == SOCKET_START_PRE)
                return;
        if (socket_open_descriptors(unit) < 0)
                socket_enter_stop_pre(unit, SOCKET_FAILURE_RESOURCES);
        else if (unit->state == SOCKET_LISTENING && socket_watch(unit, true) < 0)
                socket_enter_stop_pre(unit, SOCKET_FAILURE_RESOURCES);
}

void socket_restored(Unit *unit) {
        socket_count_connections(unit);
        take_descriptors(unit);
        if (unit->socket->deadline_usec != USEC_INFINITY)
                unit_timer_set(unit, &unit->socket->timer, unit->socket->deadline_usec);
        check_control(unit);
}
