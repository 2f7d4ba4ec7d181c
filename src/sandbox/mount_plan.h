/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a service sees of the file system, as one list of mounts worked out from its settings
 * (systemd.exec(5), "Sandboxing"). Pure: nothing is looked up; mount_apply.c carries the list out.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "unit/unit_spec.h"

/* In order of precedence: where two entries are about one path, the first wins. */
typedef enum MountKind {
        MOUNT_INACCESSIBLE,
        MOUNT_QUEUES, /* the message queues of the IPC name space */
        MOUNT_BIND,   /* source, recursive or not */
        MOUNT_BIND_READ_ONLY,
        MOUNT_PRIVATE_DEVICES, /* a /dev of its own */
        MOUNT_PROC,            /* a procfs of its own; options */
        MOUNT_READ_ONLY,
        MOUNT_READ_WRITE,          /* excepted from a read-only parent */
        MOUNT_TEMPORARY,           /* a fresh tmpfs; options */
        MOUNT_READ_WRITE_IMPLICIT, /* as MOUNT_READ_WRITE, when nothing else is said about the path
                                    */
        MOUNT_NO_EXEC,
        MOUNT_EXEC,
        MOUNT_KIND_COUNT
} MountKind;

typedef struct MountEntry {
        MountKind kind;
        char *path;        /* absolute, normalized; owned, as all strings here */
        char *source;      /* of binds; NULL else */
        char *options;     /* of tmpfs and proc, as mount(8) has them; NULL = none */
        DirectiveId id;    /* the setting it comes from */
        bool optional;     /* skipped when the path is not there */
        bool below_root;   /* "+": counted from RootDirectory= */
        bool shallow;      /* a bind without what is mounted below */
        bool is_read_only; /* a tmpfs that is closed once everything stands in it */
        bool is_no_exec;   /* nothing new that it shows can be executed */
} MountEntry;

typedef struct MountPlan {
        MountEntry *entries; /* owned */
        unsigned n_entries, capacity;
        bool needs_name_space; /* even where there are no entries (PrivateMounts=, MountFlags=) */
} MountPlan;

/* What the manager adds to the settings; nothing owned. */
typedef struct MountFacts {
        const char *private_tmp,
                *private_var_tmp; /* directories for PrivateTmp=; NULL = none were made */
        bool is_dynamic;          /* DynamicUser= with all that it implies */
        bool has_private;         /* its directories lie below "private" (DynamicUser=) */
        bool has_root;            /* another root: what is the unit's own is to be seen there too */
        bool is_privileged;       /* a "+" command: nothing is closed to it */
        const char *credentials, *notify_socket; /* paths for such a root; NULL = none */
} MountFacts;

/* Works the list out, in order of settings. -ENOMEM. */
int mount_plan_make(const UnitSpec *spec, const MountFacts *facts, MountPlan *ret);

/* Sorts by path, parents first, and drops what is said twice, lies below something inaccessible, or
 * says what its parent says. Paths must be resolved before. */
void mount_plan_reduce(MountPlan *plan);

/* What holds at the i-th entry's path after all entries above it: read-only, not executable. Only
 * for the kinds that change what is there; a bind or tmpfs begins anew. */
bool mount_plan_is_read_only(const MountPlan *plan, unsigned i);
bool mount_plan_is_no_exec(const MountPlan *plan, unsigned i);

/* Whether the i-th entry changes nothing after those above it. */
bool mount_plan_is_needless(const MountPlan *plan, unsigned i);

/* Releases everything. */
void mount_plan_done(MountPlan *plan);
DEFINE_AUTO_DONE(MountPlan, mount_plan_done);
