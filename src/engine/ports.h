/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the engine asks of the outside: the only way out of it. The host implements these with
 * system calls, tests with fakes and a fake clock. All calls return at once. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/job.h"
#include "engine/unit_object.h"

struct TimeZone;
struct TimerRun;

typedef enum SpawnFlags {
        SPAWN_MAIN = 1 << 0,         /* the main process; else a control process */
        SPAWN_CONFIRM_EXEC = 1 << 1, /* EVENT_EXEC_CONFIRMED is wanted (Type=exec, dbus, notify) */
        SPAWN_PASS_DESCRIPTORS = 1 << 2, /* stored and listening descriptors are passed */
        SPAWN_CONTROL_GROUP = 1 << 3, /* runs in the ".control" sub-group where there are groups */
        SPAWN_WATCHDOG = 1 << 4,      /* WATCHDOG_USEC= from `watchdog_usec` */
} SpawnFlags;

typedef struct SpawnRequest {
        DirectiveId list; /* DIRECTIVE_EXEC_START, ... */
        unsigned index;   /* which command of the list */
        unsigned flags;   /* SpawnFlags */
        uint64_t watchdog_usec;
        char *const *environment; /* what the engine knows: MAINPID, SERVICE_RESULT, EXIT_CODE,
                                     EXIT_STATUS, MONITOR_* */
} SpawnRequest;

typedef enum SignalWhom {
        SIGNAL_MAIN = 1 << 0,      /* the main process */
        SIGNAL_CONTROL = 1 << 1,   /* the control process */
        SIGNAL_GROUP = 1 << 2,     /* everything else of the unit */
        SIGNAL_LOUD = 1 << 3,      /* each process is named in the log: "Killing process 7 (x) with
                                      signal SIGKILL." */
        SIGNAL_BY_CLIENT = 1 << 4, /* each is named as signalled on client request */
} SignalWhom;

typedef enum PidFileOutcome {
        PID_FILE_OK = 0,
        PID_FILE_MISSING = 1, /* not there or empty (yet) */
        PID_FILE_UNSAFE = 2,  /* refused by the safety rules; the finding was logged */
        PID_FILE_DEAD = 3,    /* names a process that does not exist */
} PidFileOutcome;

typedef struct EnginePorts {
        void *userdata;

        uint64_t (*now_monotonic_usec)(void *userdata);
        uint64_t (*now_realtime_usec)(void *userdata);
        /* How long the machine has slept since its boot. NULL: it never does. */
        uint64_t (*slept_usec)(void *userdata);
        uint64_t (*random_below)(void *userdata, uint64_t limit);
        void (*new_invocation_id)(void *userdata, Id128 *ret);

        /* Files to specification; always gives one unless -ENOMEM (unit_load). */
        int (*load)(void *userdata, const char *name, UnitSpec **ret);
        /* Whether the files of a loaded unit differ from what was loaded. */
        bool (*files_changed)(void *userdata, const Unit *unit);

        /* 1 hold, 0 do not hold, 2 + i do not hold because of the i-th of the list (for the log),
         * negative error. `assertions` chooses the list. */
        int (*check_conditions)(void *userdata, const Unit *unit, bool assertions);
        /* Whether the thing behind a mount, swap, device or automount unit is there now. */
        bool (*is_present)(void *userdata, const Unit *unit);

        /* Starts the executor for one command; the child is ours and its exit comes as an event.
         * -errno when not even that worked (counts as a resources failure). */
        int (*spawn)(void *userdata, Unit *unit, const SpawnRequest *request, pid_t *ret_pid);
        /* Sends a signal to the processes in `whom` (SignalWhom); SIGCONT follows when it is not
         * SIGKILL or SIGCONT and with_continue. Returns how many processes got it. SIGKILL to
         * SIGNAL_GROUP repeats until none is new. */
        int (*signal_unit)(
                void *userdata, Unit *unit, unsigned whom, int signal_number, bool with_continue);
        /* Moves processes of others into the unit's group; those that have ended are passed over.
         * How many were moved; -ESRCH when none was, -EOPNOTSUPP where there are no groups. */
        int (*attach)(void *userdata, Unit *unit, const pid_t *pids, unsigned n_pids);
        /* Asks the controller of a scope over the message bus to end it; whether there is one to
         * ask. May be NULL. */
        bool (*ask_controller)(void *userdata, Unit *unit);
        /* Whether any process of the unit is left besides main and control (true: none). */
        bool (*group_is_empty)(void *userdata, Unit *unit);
        /* EVENT_GROUP_EMPTY is wanted from now on (or no longer); it comes also when the group is
         * empty already. */
        void (*watch_group)(void *userdata, Unit *unit, bool watch);
        /* The unit has gone down: removes its groups, its runtime directories as
         * RuntimeDirectoryPreserve= says, its PIDFile=, closes its plan. */
        void (*release_unit)(void *userdata, Unit *unit, bool will_restart);

        /* PIDFileOutcome or -errno; checks owner, links and membership as systemd.service(5) says.
         */
        int (*read_pid_file)(void *userdata, Unit *unit, const char *path, pid_t *ret_pid);
        /* EVENT_PID_FILE is wanted when this path or a directory above changes. NULL ends it. */
        void (*watch_pid_file)(void *userdata, Unit *unit, const char *path);
        /* The only process of the unit's group, or 0 when that cannot be said (GuessMainPID=). */
        pid_t (*guess_main_pid)(void *userdata, Unit *unit);
        /* Whether a process exists and belongs to the unit; its start time in ticks. The start time
         * is also given for a living process of somebody else, and left alone when there is none.
         */
        bool (*process_belongs)(void *userdata, Unit *unit, pid_t pid, uint64_t *ret_start_time);
        /* Whether the process is our child, so that its exit will be an event anyway; else the host
         * watches it by pidfd from now on. */
        bool (*watch_process)(void *userdata, Unit *unit, pid_t pid);

        /* Descriptors that came with the present EVENT_NOTIFY: keep the i-th under this name / drop
         * names. */
        int (*fd_store_add)(void *userdata, Unit *unit, unsigned i, const char *name, bool poll);
        unsigned (*fd_store_remove)(void *userdata,
                                    Unit *unit,
                                    const char *name); /* how many went */

        /* Opens what a socket unit listens on, or takes what the last manager had open; -errno once
         * the reason was logged, with nothing open. */
        int (*socket_open)(void *userdata, Unit *unit);
        /* Closes it all; RemoveOnStop= and Symlinks= are seen to. */
        void (*socket_close)(void *userdata, Unit *unit);
        /* EVENT_SOCKET_INCOMING is wanted from now on, or no longer. -errno once it was logged that
         * one of the descriptors cannot be waited for. */
        int (*socket_watch)(void *userdata, Unit *unit, bool watch);
        /* Drops what waits on the sockets (FlushPending=). */
        void (*socket_flush)(void *userdata, Unit *unit);
        /* Gives the connection of the present EVENT_SOCKET_INCOMING to a service, whose main
         * process gets it. */
        int (*socket_give)(void *userdata, Unit *service);

        /* Whether what the i-th rule of a path unit names is there (of the kind the rule wants: a
         * path, a match of a pattern, a directory with entries). */
        bool (*path_holds)(void *userdata, const Unit *unit, unsigned rule);
        /* The first match of the pattern of the i-th rule, for the caller to free; NULL when there
         * is none (any more). */
        char *(*path_match)(void *userdata, const Unit *unit, unsigned rule);
        /* Tells the present state of what the i-th rule names from any other; 0 when it is not
         * there. */
        uint64_t (*path_mark)(void *userdata, const Unit *unit, unsigned rule);
        /* EVENT_PATH_CHANGED is wanted from now on, or no longer. */
        void (*path_watch)(void *userdata, Unit *unit, bool watch);
        /* MakeDirectory=. */
        void (*path_make)(void *userdata, const Unit *unit);

        /* The zone of this name, NULL the local one; valid until the call returns to the host. NULL
         * is UTC. May be NULL. */
        const struct TimeZone *(*time_zone)(void *userdata, const char *name);
        /* Persistent=: when the timer elapsed last (realtime), 0 when that is not known and a
         * stamp is made; and the new moment. May be NULL: nothing is kept. */
        uint64_t (*timer_stamp_read)(void *userdata, const Unit *unit);
        void (*timer_stamp_write)(void *userdata, const Unit *unit, uint64_t realtime_usec);

        /* For the ledger; each may be NULL. A timer began a run, or lets one that is under way go
         * on. It is over, with the result of its unit. The timer starts and knows of no run: gives
         * the one, if any, that the ledger has no end of, and writes down that it is lost. */
        void (*timer_runs)(void *userdata, const Unit *unit, const struct TimerRun *run);
        void (*timer_ran)(void *userdata,
                          const Unit *unit,
                          const struct TimerRun *run,
                          const char *result);
        bool (*timer_lost)(void *userdata, const Unit *unit, struct TimerRun *ret);

        /* WakeSystem=: when so much time has passed, be the machine asleep or not, it is woken and
         * the unit gets EVENT_TIMER; USEC_INFINITY ends that. -EPERM without the privilege,
         * -EOPNOTSUPP where there is no such clock. NULL: nothing is woken, and all is well. */
        int (*wake_machine)(void *userdata, Unit *unit, uint64_t in_usec);

        /* Arms the one timer for the next deadline (monotonic); USEC_INFINITY disarms. */
        void (*arm_timer)(void *userdata, uint64_t deadline_usec);

        /* For clients, records and logs. Called at most once a turn and unit from engine_run; the
         * unit is complete. */
        void (*unit_changed)(void *userdata, Unit *unit);
        /* Every change of state at once, for tests; may be NULL. */
        void (*state_changed)(void *userdata, const Unit *unit, int from, int to);
        void (*unit_added)(void *userdata, Unit *unit);
        void (*unit_gone)(void *userdata, Unit *unit); /* last call; releases unit->host */
        void (*job_added)(void *userdata, Job *job);
        void (*job_changed)(void *userdata, Job *job);
        void (*job_removed)(void *userdata, const Job *job, JobResult result);
        void (*startup_finished)(void *userdata);

        /* One line about a unit (NULL: the manager) in the words of systemd ("Started %s.", ...).
         * May be NULL: nobody reads it. */
        void (*log)(void *userdata, int level, const Unit *unit, const char *text);
        /* A FailureAction=, StartLimitAction= or the like fires. */
        void (*emergency)(void *userdata,
                          EmergencyAction action,
                          const Unit *unit,
                          const char *why,
                          int exit_status);
} EnginePorts;
