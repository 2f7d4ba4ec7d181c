/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The engine's outside for tests: a clock that stands still, unit files in memory, processes that
 * are only numbers. Everything the engine does is written down as one line of text:
 *
 *      spawn a.service ExecStart 0 pid=101      signal a.service main+group TERM
 *      state a.service running                  log a.service info Started a.service.
 *      job_added a.service start                job_removed a.service start done
 *      emergency a.service reboot unit a.service failed        release a.service
 *      fd_store a.service name                  startup_finished
 *      socket_open a.socket                     socket_watch a.socket on
 *      socket_give a@0-x.service                socket_close a.socket
 *
 * Events that follow from an effect (an empty group) are kept and handed in before a call returns.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/auto.h"
#include "base/hashtable.h"
#include "engine/engine.h"

#define FAKE_HOST_BEGIN_USEC (UINT64_C(1000) * 1000 * 1000) /* the monotonic clock at the start */

typedef struct FakeFile {
        char *name;     /* unit name, may be a template */
        char *text;     /* NULL for an alias */
        char *alias_of; /* NULL for a file */
        uint64_t stamp; /* changes with each fake_host_add_unit */
} FakeFile;

typedef struct FakeProcess {
        pid_t pid;
        char *unit;       /* name */
        DirectiveId list; /* DIRECTIVE_NONE for processes made by fake_host_fork */
        unsigned index;
        unsigned flags;      /* SpawnFlags */
        uint64_t start_time; /* ticks; never two the same */
        char **environment;
        int last_signal; /* sent by the engine; 0 = none */
        bool alive;
} FakeProcess;

/* What tests set per unit. */
typedef struct FakeFacts {
        char *unit;
        bool conditions_fail, assertions_fail, present, watches_group;
        int spawn_error;         /* 0, or -errno that spawning gives */
        unsigned n_spawn_errors; /* how often it does so; 0 = for ever */
        int pid_file_outcome;    /* PidFileOutcome; PID_FILE_MISSING at first */
        pid_t pid_file_pid;
        char *pid_file_watch; /* NULL while it is not watched */
        bool group_empty_due;
        unsigned paths;        /* bit i: what the i-th rule of the path unit names is there */
        unsigned path_changes; /* how often it has changed */
        int socket_error;      /* 0, or -errno that opening gives */
} FakeFacts;

typedef struct FakeHost {
        Engine *engine; /* owned */
        EngineConfig config;
        uint64_t now_usec; /* monotonic; real time is a year more */
        uint64_t armed_usec;
        uint64_t next_stamp;
        pid_t next_pid;
        unsigned n_aliases;
        HashTable *files; /* name to FakeFile */
        HashTable *facts; /* unit name to FakeFacts */
        FakeProcess **processes;
        unsigned n_processes, capacity_processes;
        HashTable *by_pid;
        char **effects; /* lines since the last clear */
        unsigned n_effects, capacity_effects;
        bool silent;      /* write nothing down */
        bool use_builtin; /* load unit_builtin texts, else empty targets and slices stand in */
        uint64_t random_state;
        unsigned n_loads; /* calls of ports->load */
        unsigned n_spawns;
        bool is_stuck; /* time could not pass: the engine wanted to be woken at once again and again
                        */
        void (*on_job)(
                void *userdata,
                const Job *job); /* called for each job that is added or changes; may be NULL */
        void (*on_step)(
                void *userdata); /* called after each time-out in fake_host_advance; may be NULL */
        void *on_step_userdata;
        void *on_job_userdata;
        int notify_fds; /* descriptors that came with the notification being handled */
} FakeHost;

/* A host with an engine without units. Aborts the test when out of memory, as all functions here
 * do. */
FakeHost *fake_host_new(const EngineConfig *config);
FakeHost *fake_host_free(FakeHost *host);
DEFINE_AUTO(FakeHost *, fake_host_free);

/* The ports over this host; for tests that make their own engine. */
EnginePorts fake_host_ports(FakeHost *host);

/* Adds or replaces a unit file; `name` may be a template. */
void fake_host_add_unit(FakeHost *host, const char *name, const char *text);
void fake_host_add_alias(FakeHost *host, const char *alias, const char *name);
void fake_host_remove_unit(FakeHost *host, const char *name);

/* The unit object, loaded if needed. */
Unit *fake_host_unit(FakeHost *host, const char *name);

/* A client's request, then engine_run. 0 and *ret_id (may be NULL), or -ECANCELED with `error` (may
 * be NULL). */
int fake_host_request(
        FakeHost *host, const char *name, JobType type, JobMode mode, EngineError *error);
int fake_host_start(FakeHost *host, const char *name); /* start, replace */
int fake_host_stop(FakeHost *host, const char *name);  /* stop, replace */

/* Lets time pass; the engine is woken at each deadline that it armed. */
void fake_host_advance(FakeHost *host, uint64_t usec);

/* A process ends: code CLD_EXITED, CLD_KILLED or CLD_DUMPED. */
void fake_host_exit(FakeHost *host, pid_t pid, int code, int status);
/* The executor of this process became the program. */
void fake_host_confirm_exec(FakeHost *host, pid_t pid);
/* A notification of `pid` (uid 0) for the unit it belongs to. */
void fake_host_notify(FakeHost *host, const char *unit, pid_t pid, const char *text);
/* The same with descriptors. */
void fake_host_notify_fds(
        FakeHost *host, const char *unit, pid_t pid, const char *text, unsigned n_fds);
/* One more process in the unit's group; returns its pid. */
pid_t fake_host_fork(FakeHost *host, const char *unit);
/* Any other event, then engine_run. */
void fake_host_event(FakeHost *host, const EngineEvent *event);
/* engine_run and what follows. */
void fake_host_run(FakeHost *host);

/* The facts of a unit, to be changed freely. */
FakeFacts *fake_host_facts(FakeHost *host, const char *unit);
/* The PID file appears with this outcome and pid, and the engine is told if it watches. */
void fake_host_set_pid_file(FakeHost *host, const char *unit, int outcome, pid_t pid);
/* The thing behind a mount, swap or device comes or goes. */
void fake_host_set_present(FakeHost *host, const char *unit, bool present);

/* The newest living process of a unit that runs a command of this list (DIRECTIVE_NONE: forked
 * ones); 0. */
pid_t fake_host_pid(const FakeHost *host, const char *unit, DirectiveId list);
FakeProcess *fake_host_process(const FakeHost *host, pid_t pid);

/* The manager dies and a new one takes over: records are saved, the engine is made anew, records
 * are restored. `gone_pids` (0-terminated, may be NULL) end in between without anybody seeing their
 * status. */
void fake_host_crash(FakeHost *host, const pid_t *gone_pids);

/* Records of all units that have one, each ended by an empty line, in fresh memory. */
char *fake_host_records(FakeHost *host);

/* The effects. */
void fake_host_clear(FakeHost *host);
bool fake_host_has(const FakeHost *host, const char *line);
/* How many lines begin so. */
unsigned fake_host_count(const FakeHost *host, const char *prefix);
/* All lines joined by newlines, in fresh memory. */
char *fake_host_text(const FakeHost *host);
