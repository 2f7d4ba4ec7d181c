/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdlib.h>

#include "base/str.h"
#include "fake_ports.h"
#include "walk.h"

uint64_t walk_random(uint64_t *state, uint64_t limit) {
        /* splitmix64 (Steele, Lea, Flood 2014) */
        uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
        return z % limit;
}

static bool chance(uint64_t *state, unsigned percent) {
        return walk_random(state, 100) < percent;
}

static const char *one_of(uint64_t *state, const char *const *list, size_t n) {
        return list[walk_random(state, n)];
}

static void add_dependencies(Walk *walk, uint64_t *state, unsigned self, StrBuf *text) {
        static const char *const kinds[] = {
                "Requires",  "Wants",     "BindsTo",          "PartOf",
                "Requisite", "Conflicts", "Upholds",          "OnFailure",
                "OnSuccess", "Requires",  "PropagatesStopTo", "PropagatesReloadTo",
        };
        for (unsigned other = 0; other < walk->n_units; other++) {
                if (other == self)
                        continue;
                if (chance(state, 18))
                        strbuf_addf(text,
                                    "%s=%s\n",
                                    one_of(state, kinds, ARRAY_LENGTH(kinds)),
                                    walk->names[other]);
                if (chance(state, 25))
                        strbuf_addf(text,
                                    "%s=%s\n",
                                    other < self || chance(state, 10) ? "After" : "Before",
                                    walk->names[other]);
        }
}

/* A line of a section and how many of a hundred units have it. */
typedef struct Chance {
        unsigned percent;
        const char *line;
} Chance;

static const Chance unit_lines[] = {
        { 15, "StopWhenUnneeded=yes" },
        { 15, "ConditionPathExists=/x" },
        { 8, "AssertPathExists=/x" },
        { 10, "JobTimeoutSec=20" },
        { 10, "JobRunningTimeoutSec=10" },
        { 30, "StartLimitIntervalSec=0" },
        { 10, "CollectMode=inactive-or-failed" },
        { 10, "OnFailureJobMode=fail" },
        { 10, "AllowIsolate=yes" },
        { 10, "IgnoreOnIsolate=yes" },
        { 5, "FailureAction=reboot" },
        { 50, "DefaultDependencies=no" },
};

static const Chance service_lines[] = {
        { 20, "ExecCondition=/bin/c" },
        { 25, "ExecStartPre=/bin/p1\nExecStartPre=-/bin/p2" },
        { 25, "ExecStartPost=/bin/o" },
        { 35, "ExecReload=/bin/r" },
        { 30, "ExecStop=/bin/s1\nExecStop=/bin/s2" },
        { 25, "ExecStopPost=/bin/q" },
        { 30, "RemainAfterExit=yes" },
        { 25, "TimeoutStartSec=5" },
        { 25, "TimeoutStopSec=4" },
        { 10, "TimeoutAbortSec=3" },
        { 10, "TimeoutStartFailureMode=abort" },
        { 10, "TimeoutStopFailureMode=kill" },
        { 15, "WatchdogSec=6" },
        { 15, "RuntimeMaxSec=8" },
        { 20, "RestartSec=0" },
        { 20, "RestartSec=3" },
        { 10, "RestartSteps=3\nRestartMaxDelaySec=20" },
        { 15, "SuccessExitStatus=3" },
        { 10, "RestartPreventExitStatus=2" },
        { 10, "RestartForceExitStatus=0" },
        { 15, "SendSIGHUP=yes" },
        { 30, "NotifyAccess=all" },
        { 10, "GuessMainPID=no" },
        { 10, "RestartMode=direct" },
        { 10, "ExitType=cgroup" },
        { 10, "FileDescriptorStoreMax=2" },
};

static void add_lines(uint64_t *state, const Chance *lines, size_t n, StrBuf *text) {
        for (size_t i = 0; i < n; i++)
                if (chance(state, lines[i].percent))
                        strbuf_addf(text, "%s\n", lines[i].line);
}

static void add_service(Walk *walk, uint64_t *state, unsigned self, StrBuf *text) {
        static const char *const types[] = { "simple",  "simple",        "exec",
                                             "forking", "oneshot",       "notify",
                                             "dbus",    "notify-reload", "idle" };
        static const char *const restarts[] = { "no",         "no",         "always",
                                                "on-failure", "on-success", "on-abnormal",
                                                "on-abort",   "on-watchdog" };
        static const char *const kill_modes[] = {
                "control-group", "control-group", "mixed", "process"
        };
        static const char *const oom[] = { "stop", "continue", "kill" };
        const char *type = one_of(state, types, ARRAY_LENGTH(types));
        const char *restart = one_of(state, restarts, ARRAY_LENGTH(restarts));
        const char *kill_mode = one_of(state, kill_modes, ARRAY_LENGTH(kill_modes));
        bool oneshot = streq(type, "oneshot");
        if (oneshot && (streq(restart, "always") || streq(restart, "on-success")))
                restart = "on-failure";
        strbuf_addf(text, "[Service]\nType=%s\nRestart=%s\nExecStart=/bin/x\n", type, restart);
        strbuf_addf(text,
                    "KillMode=%s\nOOMPolicy=%s\n",
                    kill_mode,
                    one_of(state, oom, ARRAY_LENGTH(oom)));
        if (oneshot && chance(state, 50))
                strbuf_add(text, "ExecStart=/bin/y\n");
        if (streq(type, "dbus"))
                strbuf_add(text, "BusName=org.example\n");
        if (streq(type, "forking") && chance(state, 60))
                strbuf_add(text, "PIDFile=/run/x.pid\n");
        /* What was the main process may become another one of the group by MAINPID=, and is left
         * alone then. */
        walk->leaves_processes[self] = streq(kill_mode, "process");
        if (chance(state, 5)) {
                strbuf_add(text, "SendSIGKILL=no\n");
                walk->leaves_processes[self] = true;
        }
        add_lines(state, service_lines, ARRAY_LENGTH(service_lines), text);
        if (chance(state, 20))
                strbuf_add(text, "[X-Tend]\nRetryDependents=yes\n");
        if (chance(state, 10))
                strbuf_add(text, "[X-Tend]\nRestartResetSec=7\n");
}

static const Chance timer_lines[] = {
        { 50, "OnUnitActiveSec=2s" },     { 30, "OnUnitInactiveSec=300ms" },
        { 30, "OnCalendar=*:*:0/7 UTC" }, { 20, "OnCalendar=*:0/2 UTC" },
        { 20, "OnBootSec=3s" },           { 70, "AccuracySec=1us" },
        { 30, "RandomizedDelaySec=3s" },  { 20, "RemainAfterElapse=no" },
};

/* It starts the first unit, which is a service, or another service. */
static void add_timer(Walk *walk, uint64_t *state, StrBuf *text) {
        const char *triggered = walk->names[walk_random(state, walk->n_units)];
        if (!str_has_suffix(str_of(triggered), ".service"))
                triggered = walk->names[0];
        strbuf_addf(text, "[Timer]\nUnit=%s\nOnActiveSec=1s\n", triggered);
        add_lines(state, timer_lines, ARRAY_LENGTH(timer_lines), text);
}

static const Chance trigger_lines[] = {
        { 30, "TriggerLimitIntervalSec=0" },
        { 20, "TriggerLimitBurst=2\nTriggerLimitIntervalSec=5" },
};

static const Chance socket_lines[] = {
        { 15, "ExecStartPre=/bin/p1\nExecStartPre=-/bin/p2" },
        { 15, "ExecStartPost=/bin/o" },
        { 15, "ExecStopPre=/bin/s" },
        { 15, "ExecStopPost=/bin/q" },
        { 20, "TimeoutSec=4" },
        { 20, "FlushPending=yes" },
};

/* Starts the first unit, which is always a service, or the one in front of it. */
static void add_trigger(Walk *walk, uint64_t *state, unsigned self, StrBuf *text) {
        bool is_socket = str_has_suffix(str_of(walk->names[self]), ".socket");
        const char *before = walk->names[self - 1];
        bool is_service = str_has_suffix(str_of(before), ".service");
        const char *service = is_service && chance(state, 50) ? before : walk->names[0];
        strbuf_addf(text,
                    is_socket ? "[Socket]\nListenStream=/s\nService=%s\n"
                              : "[Path]\nPathExists=/a\nPathChanged=/b\nUnit=%s\n",
                    service);
        if (is_socket)
                add_lines(state, socket_lines, ARRAY_LENGTH(socket_lines), text);
        add_lines(state, trigger_lines, ARRAY_LENGTH(trigger_lines), text);
}

static void add_unit(Walk *walk, uint64_t *state, unsigned self) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        strbuf_add(&text, "[Unit]\n");
        add_lines(state, unit_lines, ARRAY_LENGTH(unit_lines), &text);
        add_dependencies(walk, state, self, &text);
        if (str_has_suffix(str_of(walk->names[self]), ".service"))
                add_service(walk, state, self, &text);
        if (str_has_suffix(str_of(walk->names[self]), ".timer"))
                add_timer(walk, state, &text);
        if (str_has_suffix(str_of(walk->names[self]), ".socket") ||
            str_has_suffix(str_of(walk->names[self]), ".path"))
                add_trigger(walk, state, self, &text);
        MUST(strbuf_result(&text) >= 0);
        fake_host_add_unit(walk->host, walk->names[self], strbuf_text(&text));
        if (!walk->story)
                return;
        strbuf_addf(walk->story, "unit %s\n", walk->names[self]);
        Str rest = str_of(strbuf_text(&text)), line = STR_EMPTY;
        while (rest.length > 0 && str_next_part(&rest, '\n', &line))
                strbuf_addf(walk->story, "    %.*s\n", STR_ARG(line));
}

void walk_init(Walk *walk, uint64_t seed) {
        uint64_t state = seed;
        walk->seed = seed;
        walk->host = fake_host_new(NULL);
        walk->host->silent = !walk->story;
        walk->n_units = 2 + (unsigned)walk_random(&state, WALK_UNITS_MAX - 1);
        for (unsigned i = 0; i < walk->n_units; i++) {
                bool is_service = i == 0 || chance(&state, 75);
                const char *suffix = is_service           ? "service"
                                     : chance(&state, 35) ? "target"
                                     : chance(&state, 40) ? "socket"
                                     : chance(&state, 40) ? "path"
                                     : chance(&state, 60) ? "timer"
                                                          : "device";
                MUST(asprintf(&walk->names[i], "u%u.%s", i, suffix) > 0);
        }
        for (unsigned i = 0; i < walk->n_units; i++)
                add_unit(walk, &state, i);
}

void walk_done(Walk *walk) {
        (void)fake_host_free(walk->host);
        for (unsigned i = 0; i < walk->n_units; i++)
                free(walk->names[i]);
        strbuf_done(&walk->failure);
}
