/* SPDX-License-Identifier: Apache-2.0 */
#include "host/executor_report.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <syslog.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "engine/service_unit.h"
#include "host/host_unit.h"
#include "unit/unit_policy.h"

#define REPORT_MAX 4096
#define SPAWN_FAILED_ID "641257651c1b4ec9a8624d7a40a9e1e7" /* sd-messages.h: spawn failed */

/* The next report as an event; `text` has room for REPORT_MAX + 1 bytes. False when there is none.
 */
static bool receive(int fd, char *text, EngineEvent *ret) {
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(struct ucred))];
        } control;
        struct iovec part = { .iov_base = text, .iov_len = REPORT_MAX };
        struct msghdr head = {
                .msg_iov = &part,
                .msg_iovlen = 1,
                .msg_control = &control,
                .msg_controllen = sizeof(control),
        };
        ssize_t n = recvmsg(fd, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (n < 0)
                return false;
        text[n] = '\0';
        *ret = (EngineEvent){ .type = EVENT_EXEC_REPORT, .text = text };
        const struct cmsghdr *extra = CMSG_FIRSTHDR(&head);
        if (extra && extra->cmsg_level == SOL_SOCKET && extra->cmsg_type == SCM_CREDENTIALS &&
            extra->cmsg_len == CMSG_LEN(sizeof(struct ucred))) {
                struct ucred sender;
                memcpy(&sender, CMSG_DATA(extra), sizeof(sender));
                ret->pid = sender.pid;
                ret->uid = sender.uid;
        }
        return true;
}

/* How loud the levels of sandbox/exec_report.h are; the others are for `tend status` only. */
static const struct {
        const char *name;
        int level;
} report_levels[] = {
        { "failed", LOG_ERR },
        { "refused", LOG_INFO },
        { "weakened", LOG_INFO },
};

static int log_level_of(Str name) {
        for (size_t i = 0; i < ARRAY_LENGTH(report_levels); i++)
                if (str_equal_c(name, report_levels[i].name))
                        return report_levels[i].level;
        return LOG_DEBUG;
}

/* The program that could not be executed, which the message begins with. */
static void add_executable(StrBuf *out, Str step, Str message) {
        Str path;

        if (str_equal_c(step, "EXEC") && str_has_prefix(message, "/") &&
            str_next_part(&message, ':', &path) && str_find_char(path, '\n') < 0)
                strbuf_addf(out, "EXECUTABLE=%.*s\n", STR_ARG(path));
}

/* STEP, LEVEL, DIRECTIVE and message with tabs between, as one sentence. */
static void log_report(const Unit *unit, const char *text) {
        Str rest = str_of(text), step, level, directive;

        if (!unit || !str_next_part(&rest, '\t', &step) || !str_next_part(&rest, '\t', &level) ||
            !str_next_part(&rest, '\t', &directive))
                return;
        if (str_equal_c(level, "failed")) {
                AUTO(strbuf_done) StrBuf field = STRBUF_INIT;
                add_executable(&field, step, rest);
                unit_log_about(unit,
                               field.length > 0 ? SPAWN_FAILED_ID : NULL,
                               field.length > 0 ? strbuf_text(&field) : NULL);
                unit_log(unit,
                         LOG_ERR,
                         "%s: Failed at step %.*s%s%.*s: %.*s",
                         unit->id,
                         STR_ARG(step),
                         directive.length > 0 ? ", " : "",
                         STR_ARG(directive),
                         STR_ARG(rest));
        } else
                unit_log(unit,
                         log_level_of(level),
                         "%s: %.*s= is %.*s: %.*s",
                         unit->id,
                         STR_ARG(directive),
                         STR_ARG(level),
                         STR_ARG(rest));
}

/* Whether the start that is prepared must not happen without this. */
static bool is_refused(const Unit *unit, const char *directive) {
        HostUnit *hu = host_unit_peek(unit);
        const DirectiveRow *row = directive_find(section_of_type(unit->type), str_of(directive));

        if (!hu || !hu->is_judged || !row || !unit->spec ||
            !unit_policy_insists(unit->spec, row->id, hu->host->options.strict))
                return false;
        hu->is_refused = true;
        return true;
}

void executor_report_add(Unit *unit,
                         const char *step,
                         const char *level,
                         const char *directive,
                         const char *message) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        if (is_refused(unit, directive))
                level = "failed";
        strbuf_addf(&text, "%s\t%s\t%s\t%s", step, level, directive, message);
        if (strbuf_result(&text) < 0) /* without memory the report is lost, not the service */
                return;
        log_report(unit, strbuf_text(&text));
        if (unit->service)
                service_add_report(unit, strbuf_text(&text));
}

void executor_report_drain(Host *host) {
        char text[REPORT_MAX + 1];
        EngineEvent event;

        while (receive(host->report_fd, text, &event)) {
                if (event.pid <= 0)
                        continue;
                log_report(engine_unit_by_pid(host->engine, event.pid), text);
                engine_handle(host->engine, &event);
        }
}

static int on_report(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        (void)source;
        (void)fd;
        (void)events;
        executor_report_drain(userdata);
        return 0;
}

int executor_report_open(Host *host, int *ret_theirs) {
        static const int yes = 1;
        int pair[2];

        if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
                return err_new(-errno);
        AUTO_FD int ours = pair[0];
        AUTO_FD int theirs = pair[1];
        if (setsockopt(ours, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) < 0)
                return err_new(-errno);
        /* Executors wait for room rather than lose a report. */
        int r = fd_set_nonblock(theirs, false);
        if (r < 0)
                return err_pass(r);
        r = sd_event_add_io(host->event, &host->report, ours, EPOLLIN, on_report, host);
        if (r >= 0)
                r = sd_event_source_set_priority(host->report, HOST_PRIORITY_REPORT);
        if (r < 0)
                return err_new(r);
        host->report_fd = steal_fd(&ours);
        *ret_theirs = steal_fd(&theirs);
        return 0;
}
