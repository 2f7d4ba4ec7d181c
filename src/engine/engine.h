/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The manager's mind: owns all units and jobs, takes events and requests, and acts through ports.
 * Makes no system call and reads no clock. After any call the owner runs engine_run before it
 * sleeps. */

#include <stdbool.h>
#include <stdint.h>

#include "base/hashtable.h"
#include "base/list.h"
#include "base/pqueue.h"
#include "engine/engine_event.h"
#include "engine/job.h"
#include "engine/ports.h"
#include "engine/service_unit.h"
#include "engine/sleep_log.h"
#include "engine/unit_object.h"
#include "unit/unit_scope.h"

/* Manager defaults (tend.conf, system.conf: Default*=). */
typedef struct EngineConfig {
        UnitScope scope;
        uint64_t default_timeout_start_usec;        /* 90 s */
        uint64_t default_timeout_stop_usec;         /* 90 s */
        uint64_t default_timeout_abort_usec;        /* = stop */
        uint64_t default_restart_usec;              /* 100 ms */
        uint64_t default_start_limit_interval_usec; /* 10 s */
        unsigned default_start_limit_burst;         /* 5 */
        OomPolicy default_oom_policy;
        bool in_container;          /* OnBootSec= counts from the start of the manager */
        uint64_t perturb_usec;      /* this machine's place in a minute, for AccuracySec= */
        uint8_t machine_id[16];     /* for FixedRandomDelay=, as the next */
        uint32_t uid;               /* of the manager */
        uint32_t pid;               /* of the manager; $MANAGERPID of a user's services */
        bool service_watchdogs;     /* ServiceWatchdogs property */
        const char *default_target; /* "default.target" */
} EngineConfig;

#define ENGINE_CONFIG_INIT                                                                         \
        ((EngineConfig){                                                                           \
                .default_timeout_start_usec = UINT64_C(90000000),                                  \
                .default_timeout_stop_usec = UINT64_C(90000000),                                   \
                .default_timeout_abort_usec = UINT64_C(90000000),                                  \
                .default_restart_usec = UINT64_C(100000),                                          \
                .default_start_limit_interval_usec = UINT64_C(10000000),                           \
                .default_start_limit_burst = 5,                                                    \
                .default_oom_policy = OOM_POLICY_STOP,                                             \
                .service_watchdogs = true,                                                         \
                .default_target = "default.target",                                                \
        })

/* Why a request was refused; the bus has a D-Bus error name for each. */
typedef enum EngineErrorCode {
        ENGINE_ERROR_NONE,
        ENGINE_ERROR_NO_SUCH_UNIT,
        ENGINE_ERROR_LOAD_FAILED,
        ENGINE_ERROR_BAD_SETTING,
        ENGINE_ERROR_UNIT_MASKED,
        ENGINE_ERROR_INVALID_NAME,
        ENGINE_ERROR_JOB_TYPE_NOT_APPLICABLE,
        ENGINE_ERROR_NO_ISOLATION,
        ENGINE_ERROR_ONLY_BY_DEPENDENCY,
        ENGINE_ERROR_TRANSACTION_IS_DESTRUCTIVE,
        ENGINE_ERROR_TRANSACTION_JOBS_CONFLICTING,
        ENGINE_ERROR_TRANSACTION_ORDER_IS_CYCLIC,
        ENGINE_ERROR_SHUTTING_DOWN,
        ENGINE_ERROR_NO_SUCH_PROCESS,
        ENGINE_ERROR_NO_SUCH_JOB,
        ENGINE_ERROR_UNIT_EXISTS,
        ENGINE_ERROR_INVALID_ARGUMENTS,
        ENGINE_ERROR_NOT_SUPPORTED,
        ENGINE_ERROR_FAILED,
        ENGINE_ERROR_CODE_COUNT
} EngineErrorCode;

typedef struct EngineError {
        EngineErrorCode code;
        char text[512]; /* in the words of systemd where it has any */
} EngineError;

typedef struct Engine {
        EngineConfig config;
        EnginePorts ports;
        const char *message_id;     /* of the line that goes to the port `log` now (sd-messages.h),
                                       NULL = none */
        const char *message_fields; /* its other fields, each "NAME=value\n"; NULL = none */
        HashTable *names;           /* every name and alias to its Unit */
        HashTable *processes;       /* pid to Unit, for main and control processes */
        ListLink units[UNIT_TYPE_COUNT]; /* Unit.by_type */
        unsigned n_units, n_failed;
        ListLink jobs, run_queue;
        HashTable *jobs_by_id;
        uint32_t next_job_id;
        uint32_t beginning;  /* the job that is being run and has not been announced; 0 = none */
        uint32_t last_begun; /* the last start job that was run */
        DualTimestamp announced; /* when the job that is being run was; 0 = it was not */
        unsigned n_jobs, n_jobs_ever, n_failed_jobs_ever;
        ListLink load_queue, collect_queue, changed_queue, needed_queue;
        ListLink idle_queue;       /* services of Type=idle that wait until there is no job */
        ListLink target_queue;     /* Unit.load_queue of units whose targets are to be ordered */
        HashTable *absent_mounts;  /* names of mount units that were looked for in vain; owns its
                                      keys */
        HashTable *pasts;          /* names of unloaded units to UnitPast, oldest first */
        Pqueue timers, job_timers; /* PqueueItem of services and jobs, keyed by monotonic usec */
        uint64_t armed_usec;
        uint64_t started_usec; /* monotonic */
        uint64_t began_usec;   /* the same of the first manager, before any crash; OnStartupSec= */
        SleepLog sleeps;
        uint32_t turn; /* counts engine_handle and engine_run calls; history drops stale causes */
        bool startup_begun, startup_done;
        bool reloading;
        bool stopping; /* an exit, poweroff or the like is under way */
} Engine;

/* Makes an engine without units. `ports` is copied. */
int engine_new(const EngineConfig *config, const EnginePorts *ports, Engine **ret);
Engine *engine_free(Engine *engine);
DEFINE_AUTO(Engine *, engine_free);

/* Takes one event. Never fails on odd events (late, unknown pid): those are dropped. */
void engine_handle(Engine *engine, const EngineEvent *event);

/* Works off all queues: loads, runs jobs, collects, announces changes, arms the timer. */
void engine_run(Engine *engine);

/* The loaded unit of this name or alias; NULL when nobody asked for it yet. */
Unit *engine_find_unit(const Engine *engine, const char *name);

/* Finds or loads. A unit without files is still an object (not-found). Fails on invalid names. */
int engine_load_unit(Engine *engine, const char *name, Unit **ret, EngineError *error);

/* Makes a unit from a specification that no file holds (StartTransientUnit). Takes the spec on
 * success. */
int engine_add_transient(Engine *engine, UnitSpec *spec, Unit **ret, EngineError *error);

/* Whether engine_add_transient would take a unit of this name; loads what is there. */
int engine_check_transient(Engine *engine, const char *name, EngineError *error);

/* Asks for a job in systemd's way: builds the transaction, checks it, installs it. -ECANCELED with
 * `error` filled when it is refused. `ret` (may be NULL) gets the anchor job, NULL when there was
 * nothing to do and the answer is "done" at once is never given: like systemd a job is always made
 * and removed by engine_run. */
int engine_enqueue_job(Unit *unit, JobType type, JobMode mode, EngineError *error, Job **ret);

/* CancelJob; -ENOENT with error. */
int engine_cancel_job(Engine *engine, uint32_t id, EngineError *error);
Job *engine_find_job(const Engine *engine, uint32_t id);

/* KillUnit: whom as SignalWhom mask. */
int engine_kill_unit(
        Engine *engine, Unit *unit, unsigned whom, int signal_number, EngineError *error);

/* ResetFailedUnit: failed units to inactive, counters to zero. */
void engine_reset_failed(Engine *engine, Unit *unit);

/* CleanUnit: a process that the host has started removes what an inactive service keeps; the unit
 * is "cleaning" until it ends. */
int engine_begin_cleaning(Unit *unit, pid_t pid);

/* RefUnit and UnrefUnit. */
void engine_ref_unit(Unit *unit);
void engine_unref_unit(Unit *unit);

/* Reload of unit files: units whose files changed are loaded again, states and jobs stay. Calls
 * `ports->load` only for units that ports->files_changed names, and for stubs and not-found units
 * when `names_changed` (directories changed). */
int engine_reload(Engine *engine, bool names_changed);

/* Loads the files of one unit again; its state and jobs stay. */
int engine_reload_unit(Unit *unit);

/* The time now, from ports. */
uint64_t engine_now_usec(const Engine *engine);

/* Registers a main or control process, so that its exit reaches ops->on_exit, and forgets it. The
 * engine forgets it by itself before on_exit is called. */
int engine_watch_pid(Unit *unit, pid_t pid);
void engine_unwatch_pid(Unit *unit, pid_t pid);

/* FailureAction= and the like: tells ports unless the action is none. */
void engine_emergency(Unit *unit, EmergencyAction action, const char *why, int exit_status);

/* What a client's request must pass before engine_enqueue_job: RefuseManualStart=,
 * RefuseManualStop=, stopping what is not loaded. 0, or -ECANCELED with `error`. */
int engine_check_request(const Unit *unit, JobType type, EngineError *error);

/* engine_check_request and engine_enqueue_job; the job is marked as asked for (Job.by_request). */
int engine_request_job(Unit *unit, JobType type, JobMode mode, EngineError *error, Job **ret);

/* The unit that owns a process by its main or control pid; NULL. */
Unit *engine_unit_by_pid(const Engine *engine, pid_t pid);

/* Nothing more will be asked for by the start itself: it is over when no job is left, at once where
 * there never was one. */
void engine_begin_startup(Engine *engine);

/* "initializing", "starting", "running", "degraded", "maintenance", "stopping" (systemctl
 * is-system-running). */
const char *engine_system_state(const Engine *engine);

/* A service whose process is likely to be asked for next: the first job in the queue starts it, or
 * it waits for nothing but the start that was begun last. NULL when there is none, or when it is
 * not worth a guess. Costs little. */
Unit *engine_expected_start(Engine *engine);

/* Walks all units of all types: *cursor_type and *cursor from 0 and NULL; NULL at the end. */
Unit *engine_next_unit(const Engine *engine, const Unit *previous);

/* Fills an error; returns -ECANCELED. */
int engine_refuse(EngineError *error, EngineErrorCode code, const char *format, ...)
        PRINTF_LIKE(3, 4);
