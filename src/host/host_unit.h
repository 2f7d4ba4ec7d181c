/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the host keeps per unit (Unit.host): made when it is first needed, released when the engine
 * drops the unit. */

#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "base/list.h"
#include "engine/unit_object.h"
#include "host/host.h"
#include "host/spawn.h"

/* A process that is no child of ours and is watched by pidfd, or one whose end makes us look
 * whether a group is empty. */
typedef struct ProcessWatch ProcessWatch;

typedef struct ListenSockets ListenSockets;

#define HOST_NAME_SPACES 2 /* network, IPC (unit_name_space.c) */

typedef struct StoredFd {
        ListLink link;   /* in HostUnit.stored */
        char *name;      /* FDNAME=, owned */
        unsigned number; /* tells those of one name apart */
        bool polled;     /* a hang-up drops it */
        int fd;
        sd_event_source *hangup; /* NULL with FDPOLL=0 */
        Unit *unit;
} StoredFd;

typedef struct HostUnit {
        Host *host;
        Unit *unit;
        ListLink dirty;        /* in host->dirty */
        uint32_t record_bytes; /* of the newest record in the log, 0 = none */
        uint32_t next_stored;
        int plan_fd;                  /* sealed, -1 = to be made */
        uint32_t plan_number;         /* counts the plans that were made */
        const UnitSpec *plan_spec;    /* what it was made from; compared only */
        SpawnedExecutor ahead;        /* one that was started before it is needed */
        ListLink ahead_link;          /* in host->ahead */
        char *group;                  /* control group, NULL = none was made */
        unsigned controllers;         /* bits of those whose groups the unit has */
        Id128 controlled;             /* the start its settings were written for */
        bool is_filtered;             /* programs are attached to its group */
        struct UnitFigures *consumed; /* in the last run (unit_consumed.h), owned; NULL = nothing */
        int address_counters;         /* map of IPAccounting=, -1 = none */
        int file_system_switch;       /* map that turns RestrictFileSystems= on, -1 = none */
        bool control_is_current;      /* they are what the files say */
        bool is_judged;       /* a start is prepared: what the policy insists on must hold */
        bool is_refused;      /* ... and does not */
        uint64_t n_oom_kills; /* that were told */
        struct OomWatch *oom; /* NULL without a memory group; owned */
        char *private_tmp, *private_var_tmp; /* of PrivateTmp=; NULL = none were made */
        int name_spaces[HOST_NAME_SPACES];   /* of PrivateNetwork= and PrivateIPC=; -1 = none */
        uid_t dynamic_uid;                   /* 0 = none */
        ListLink stored;                     /* StoredFd */
        ListLink watches;                    /* ProcessWatch */
        bool is_frozen;                      /* by request */
        bool group_watched;                  /* EVENT_GROUP_EMPTY is wanted */
        sd_event_source *group_events;       /* inotify on cgroup.events */
        ListenSockets *listen;               /* of a socket unit while it is open; owned */
        Connection connection;               /* Accept=yes: for the main process */
        sd_event_source *pid_file;           /* inotify on the way to PIDFile= */
        sd_event_source *wake;               /* WakeSystem=; NULL = never asked for */
} HostUnit;

/* The host's part of a unit, made when it is not there; NULL when out of memory. */
HostUnit *host_unit_get(Host *host, Unit *unit);

/* The same if it is there. */
static inline HostUnit *host_unit_peek(const Unit *unit) {
        return unit->host;
}

/* The unit's record is due. */
void host_unit_mark(Host *host, Unit *unit);

/* Forgets the plan, so that the next start prints it anew. */
void host_unit_drop_plan(HostUnit *hu);

/* Releases everything; the unit forgets it. */
void host_unit_free(Unit *unit);

/* The group of a unit in one hierarchy, in fresh memory; NULL when out of memory. */
char *host_unit_group_in(const CgroupTree *tree, const Unit *unit);

/* The control group of a unit in fresh memory, whether it was made or not; NULL without groups. */
char *host_unit_group_name(const Host *host, const Unit *unit);
