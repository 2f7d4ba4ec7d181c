/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_signal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/auto.h"
#include "base/error.h"
#include "engine/service_unit.h"
#include "host/host_unit.h"
#include "host/orphan_spawn.h"
#include "host/process_facts.h"
#include "host/unit_freeze.h"
#include "host/unit_group.h"

#define ROUNDS_MAX 100 /* a group that forks faster than we kill is killed at once instead */

/* Who has got the signal; small, so that no memory is needed for it. */
typedef struct Signalling {
        Host *host;
        Unit *unit;
        int signal_number;
        bool with_continue;
        unsigned whom; /* SIGNAL_LOUD, SIGNAL_BY_CLIENT: a person should know */
        int n_sent;
} Signalling;

static const char *signal_name(const Signalling *s) {
        const char *name = sigabbrev_np(s->signal_number);
        return name ? name : "?";
}

static void tell(const Signalling *s, pid_t pid) {
        AUTO_FREE char *name = process_name(pid);

        if ((s->whom & SIGNAL_LOUD) && !unit_group_is_passing(name))
                unit_log(s->unit,
                         LOG_NOTICE,
                         "%s: Killing process %d (%s) with signal SIG%s.",
                         s->unit->id,
                         (int)pid,
                         name ? name : "?",
                         signal_name(s));
        if (s->whom & SIGNAL_BY_CLIENT)
                unit_log(s->unit,
                         LOG_INFO,
                         "%s: Sending signal SIG%s to process %d (%s) on client request.",
                         s->unit->id,
                         signal_name(s),
                         (int)pid,
                         name ? name : "?");
}

static void send_one(Signalling *s, pid_t pid) {
        if (pid <= 1)
                return;
        if (s->whom & (SIGNAL_LOUD | SIGNAL_BY_CLIENT))
                tell(s, pid);
        if (kill(pid, s->signal_number) < 0)
                return; /* it ended meanwhile, or runs as somebody we may not signal */
        s->n_sent++;
        if (s->with_continue && s->signal_number != SIGKILL && s->signal_number != SIGCONT)
                (void)kill(pid, SIGCONT); /* it may have ended by the signal */
}

/* The main or control process; a client is told how it went. */
static void send_known(Signalling *s, pid_t pid, const char *role) {
        if (!(s->whom & SIGNAL_BY_CLIENT) || pid <= 1) {
                send_one(s, pid);
                return;
        }
        AUTO_FREE char *name = process_name(pid);
        int error = kill(pid, s->signal_number) < 0 ? errno : 0;
        unit_log(s->unit,
                 error ? LOG_WARNING : LOG_INFO,
                 "%s: %s signal SIG%s to %s process %d (%s) on client request%s%s",
                 s->unit->id,
                 error ? "Failed to send" : "Sent",
                 signal_name(s),
                 role,
                 (int)pid,
                 name ? name : "?",
                 error ? ": " : ".",
                 error ? strerror(error) : "");
        s->n_sent += error == 0;
}

static int compare_pids(const void *a, const void *b) {
        const pid_t *x = a, *y = b;
        return (*x > *y) - (*x < *y);
}

/* One pass over the group; how many processes were new since the last pass, which `seen` lists. */
static int signal_new(Signalling *s, pid_t **seen, size_t *n_seen) {
        pid_t *pids = NULL;
        size_t n = 0;
        int n_new = 0;

        int r = unit_group_list(s->host, s->unit, &pids, &n);
        if (r < 0)
                return err_pass(r);
        if (n > 0)
                qsort(pids, n, sizeof(*pids), compare_pids);
        for (size_t i = 0; i < n; i++) {
                bool is_old = *n_seen > 0 &&
                              bsearch(&pids[i], *seen, *n_seen, sizeof(pid_t), compare_pids);
                if (is_old || unit_knows_pid(s->unit, pids[i]))
                        continue;
                send_one(s, pids[i]);
                n_new++;
        }
        free(*seen);
        *seen = pids;
        *n_seen = n;
        return n_new;
}

static void signal_group(Signalling *s) {
        AUTO_FREE pid_t *seen = NULL;
        size_t n_seen = 0;
        unsigned rounds = s->signal_number == SIGKILL ? ROUNDS_MAX : 1;

        while (rounds > 0 && signal_new(s, &seen, &n_seen) > 0)
                rounds--;
        const HostUnit *hu = host_unit_peek(s->unit);
        if (rounds == 0 && s->signal_number == SIGKILL && hu && hu->group)
                (void)cgroup_tree_kill(s->host->groups,
                                       hu->group); /* the stop time-out tries again */
}

int unit_signal_send(Host *host, Unit *unit, unsigned whom, int signal_number, bool with_continue) {
        Signalling s = {
                .host = host,
                .unit = unit,
                .signal_number = signal_number,
                .with_continue = with_continue,
                .whom = whom,
        };
        const HostUnit *hu = host_unit_peek(unit);

        if (hu && hu->is_frozen && !(whom & SIGNAL_BY_CLIENT))
                (void)unit_freeze(host, unit, false); /* the stop time-out goes on */
        if (whom & SIGNAL_MAIN)
                send_known(&s, unit_main_pid(unit), "main");
        if (whom & SIGNAL_CONTROL)
                send_known(&s, unit_control_pid(unit), "control");
        bool may_have_group = host->groups->mode == CGROUP_NONE || (hu && hu->group);
        if ((whom & SIGNAL_GROUP) && may_have_group && !orphan_spawn_hides_group(host, unit))
                signal_group(&s);
        return s.n_sent;
}
