/* SPDX-License-Identifier: Apache-2.0 */
#include "host/reap.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/login_record.h"
#include "host/executor_ahead.h"
#include "host/executor_report.h"
#include "host/notify_socket.h"
#include "host/oom_watch.h"
#include "host/orphan_spawn.h"
#include "host/unit_group.h"

/* Only exits that led the last manager to a start are due already: nothing else may come first. */
static void handle_early(Host *host, const EngineEvent *event) {
        const Unit *unit = engine_unit_by_pid(host->engine, event->pid);

        if (!orphan_spawn_exited(host, event->pid, event->code, event->status) && unit &&
            orphan_spawn_hides_group(host, unit))
                engine_handle(host->engine, event);
}

/* What the executor opened for UtmpIdentifier=. */
static void end_login(const Unit *unit, const EngineEvent *event) {
        const char *id =
                unit && unit->spec ? unit_spec_text(unit->spec, DIRECTIVE_UTMP_IDENTIFIER) : NULL;
        if (id)
                login_record_end(id, event->pid, event->code, event->status);
}

void reap_handle(Host *host, pid_t pid, int code, int status) {
        const EngineEvent event = {
                .type = EVENT_PROCESS_EXIT,
                .pid = pid,
                .code = code,
                .status = status,
        };
        if (host->restoring) {
                handle_early(host, &event);
                return;
        }
        executor_ahead_ended(host, pid);
        executor_report_drain(host);
        notify_socket_drain(host->notify);
        if (orphan_spawn_exited(host, pid, code, status))
                return;
        const Unit *unit = engine_unit_by_pid(host->engine, pid);
        if (unit && code != CLD_EXITED)
                oom_watch_look(host_unit_peek(unit)); /* the reason comes before its effect */
        end_login(unit, &event);
        engine_handle(host->engine, &event);
        if (unit)
                unit_group_look_again(unit);
        host_settle(host);
}

void reap_all(Host *host) {
        for (;;) {
                siginfo_t info = { 0 };
                if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0)
                        return;
                reap_handle(host, info.si_pid, info.si_code, info.si_status);
                (void)waitid(P_PID, (id_t)info.si_pid, NULL, WEXITED | WNOHANG); /* it is there */
        }
}

static int on_child(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata) {
        (void)source;
        (void)info;
        reap_all(userdata);
        return 0;
}

int reap_start(Host *host) {
        sigset_t mask;

        (void)sigemptyset(&mask); /* cannot fail with valid arguments, as the next */
        (void)sigaddset(&mask, SIGCHLD);
        if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0 ||
            prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
                return err_new(-errno);
        int r = sd_event_add_signal(host->event, &host->child_signal, SIGCHLD, on_child, host);
        if (r >= 0)
                r = sd_event_source_set_priority(host->child_signal, HOST_PRIORITY_SIGNAL);
        return r < 0 ? err_new(r) : 0;
}
