/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The outside of the engine: everything that ports.h asks for, done with system calls on one
 * sd-event loop. Inputs (exits, notifications, exits that the keeper remembers) are taken off their
 * queue only after what they caused is on the state log, so that a manager killed at any moment
 * finds them again. */

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/list.h"
#include "base/log.h"
#include "engine/engine.h"
#include "host/cgroup_controllers.h"
#include "host/cgroup_tree.h"
#include "host/connection.h"
#include "host/file_system_filter.h"
#include "host/manager_config.h"
#include "host/runtime_paths.h"
#include "host/spawn.h"
#include "host/state_log.h"
#include "unit/unit_install_state.h"
#include "unit/unit_load.h"

/* Priorities on the loop: what a process said before it ended is read before its end. */
enum {
        HOST_PRIORITY_NOTIFY = -40,
        HOST_PRIORITY_REPORT = -30,
        HOST_PRIORITY_KEEPER = -20,
        HOST_PRIORITY_SIGNAL = -10,
        HOST_PRIORITY_OTHER = 0,
        HOST_PRIORITY_BUS = 10, /* and the one behind it (bus_turn.h) */
};

/* The facts of a plan besides the specification (sandbox/exec_plan.h). */
typedef struct HostPlanFacts {
        const char *unit;
        UnitScope scope;
        char *const *control_groups; /* directories to join */
        const char *log_file;
        const char *log_socket; /* NULL = there is no recorder */
        const char *runtime_root, *state_root, *cache_root, *logs_root, *configuration_root;
        const char *received_credentials;
        const char *inaccessible, *private_tmp, *private_var_tmp, *network, *ipc;
        uid_t dynamic_uid; /* 0 = none */
        bool strict;
} HostPlanFacts;

typedef int
HostPlanFunction(void *userdata, const HostPlanFacts *facts, const UnitSpec *spec, StrBuf *out);

/* Who is told what the engine announces, after the host has done its part. Any member may be NULL.
 */
typedef struct HostObserver {
        void *userdata;
        void (*unit_added)(void *userdata, Unit *unit);
        void (*unit_changed)(void *userdata, Unit *unit);
        void (*unit_gone)(void *userdata, Unit *unit);
        void (*job_added)(void *userdata, Job *job);
        void (*job_changed)(void *userdata, Job *job);
        void (*job_removed)(void *userdata, const Job *job, JobResult result);
        void (*startup_finished)(void *userdata);
        bool (*ask_controller)(void *userdata, Unit *unit); /* as in ports.h */
        void (*emergency)(void *userdata, EmergencyAction action, int exit_status);
        void (*keeper_signal)(void *userdata, int signal_number);
} HostObserver;

typedef struct HostOptions {
        const RuntimePaths *paths;   /* outlive the host */
        const ManagerConfig *config; /* outlives the host */
        sd_event *event;             /* referenced */
        const char *executor;        /* path of tend-exec */
        int keeper_fd;               /* -1 = no keeper; owned by the host once it is made */
        CgroupWish cgroups;
        bool strict;                   /* Policy=strict in plans */
        char *const *unit_directories; /* in front of the search path */
        HostPlanFunction *print_plan;
        void *print_userdata; /* of print_plan */
        const Log *log;       /* outlives the host */
} HostOptions;

typedef struct KeeperLink KeeperLink;
typedef struct NotifySocket NotifySocket;
typedef struct MountWatch MountWatch;
typedef struct JournalMessages JournalMessages;
typedef struct UnitLogs UnitLogs;
typedef struct OrphanSpawn OrphanSpawn;

typedef struct Host {
        HostOptions options;
        HostObserver observer;
        Engine *engine;            /* owned */
        sd_event *event;           /* referenced */
        SpecifierMachine machine;  /* owned strings */
        UnitSearch *search;        /* owned, as the rest */
        bool names_changed;        /* since the last reload, as far as was seen */
        bool reloading;            /* daemon-reload is at work */
        uint64_t names_looked_at;  /* the turn of the loop */
        char *transient_directory; /* owned */
        UnitLoader loader;
        TemplateCache templates;            /* of `loader` */
        char **search_extra;                /* of search_options; owned */
        char *generator_directory;          /* of search_options; owned */
        UnitSearchOptions search_options;   /* where unit files are */
        UnitInstallOptions install_options; /* the same for operations on them */
        UnitInstallView *file_view; /* what was found out about enablement; NULL = not yet */
        HashTable *file_states;     /* the answers of unit_file_state.c, by unit name; owned */
        CgroupTree *groups;
        CgroupControllers *controllers;
        Spawner *spawner;
        FileSystemHook file_system_hook;
        int report_fd; /* our end of the executors' socket */
        StateLog state;
        size_t live_bytes;  /* of the newest records of all units */
        bool state_failed;  /* the state log could not be written; said once */
        char *inaccessible; /* path of a file without permissions, owned; NULL when there is none */
        ListLink dirty;     /* HostUnit.dirty: their records are due */
        ListLink ahead;     /* HostUnit.ahead_link */
        unsigned n_ahead;
        ListLink queued;   /* events found while the engine was at work */
        ListLink kept_fds; /* descriptors that came from the keeper and nobody took yet */
        bool settling;
        KeeperLink *keeper; /* NULL without one */
        NotifySocket *notify;
        struct ClockWatch *clocks; /* NULL until a timer unit asks */
        struct PathWatcher *paths; /* NULL until a path unit asks */
        MountWatch *mounts;        /* NULL until a unit asks */
        UnitLogs *logs;
        JournalMessages *messages; /* owned */
        char **stale_facts;        /* units that are gone and still have facts, oldest first */
        char **environment;        /* what services get, "NAME=value" */
        char **own_environment;    /* what PassEnvironment= takes from */
        OrphanSpawn *orphans;      /* processes whose start no record knows of */
        unsigned n_orphans;
        bool restoring;
        unsigned n_restored; /* units taken over from the manager before us */
        pid_t *presumed;     /* processes whose exit the keeper will tell (exit_presumed.h) */
        unsigned n_presumed;
        sd_event_source *timer, *child_signal, *report, *notify_source;
        Connection connection; /* accepted and being announced */
        int *notify_fds;       /* of the notification being handled; -1 where taken */
        unsigned n_notify_fds;
} Host;

/* Makes the host with an engine without units: directories, log, groups, notification socket. */
int host_new(const HostOptions *options, Diag *diag, Host **ret);

/* Releases everything. Processes of services go on. */
Host *host_free(Host *host);
DEFINE_AUTO(Host *, host_free);

/* Who is told; before the first unit is loaded. */
void host_set_observer(Host *host, const HostObserver *observer);

/* Reads the records of the last manager and takes its processes over; greets the keeper. */
int host_restore(Host *host);

/* A descriptor that the last manager stored under this name (now owned by the caller), or -1. */
int host_take_kept_fd(Host *host, const char *name);

/* The next of those whose names begin so, with its name in fresh memory; -1 when there is none. */
int host_take_kept_prefix(Host *host, const char *prefix, char **ret_name);

/* Stores a descriptor of the manager's own with the keeper, for the next manager. Nothing happens
 * without a keeper. */
void host_keep_fd(Host *host, const char *name, int fd);

/* Lets the engine work off what events and requests have caused and brings the records up to date.
 * Before sleeping, and before an input is taken off its queue. */
void host_settle(Host *host);

/* Hands an event to the engine as soon as it is idle again. */
void host_queue_event(Host *host, const EngineEvent *event);

/* Drops queued events for a unit that goes away. */
void host_forget_events(Host *host, const Unit *unit);

/* The directory of marks of dynamic users in fresh memory; NULL when out of memory. */
char *host_dynamic_user_directory(const Host *host);

/* Removes the control groups; at the end, when no unit is left. */
void host_remove_groups(Host *host);
