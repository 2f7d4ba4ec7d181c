/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the bus asks of the outside where neither the engine nor a specification knows it. tendd
 * fills the table with functions of the host. Any callback may be NULL: the answer is then "not
 * known" or "not supported". All return at once. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/strbuf.h"
#include "engine/unit_object.h"
#include "unit/unit_install.h"

/* One process of a unit. Both texts are only valid during the call. */
typedef void BusProcessFunction(void *userdata, const char *group, pid_t pid, const char *command);

/* One unit file: its path and its state ("enabled", "static", "masked", ...). */
typedef void BusUnitFileFunction(void *userdata, const char *path, const char *state);

/* One dynamic user; anything but 0 ends the walk. */
typedef int BusDynamicUserFunction(void *userdata, uid_t uid, const char *name);

typedef struct BusBindMount {
        const char *source, *destination;
        bool read_only, make;
} BusBindMount;

#define BUS_FIGURE_UNKNOWN UINT64_MAX

/* What the kernel counts for a unit; BUS_FIGURE_UNKNOWN where it does not. */
typedef struct BusFigures {
        uint64_t memory_current, memory_available; /* bytes */
        uint64_t cpu_usage_nsec;
        uint64_t tasks_current;
        uint64_t io_read_bytes, io_read_operations, io_write_bytes, io_write_operations;
        uint64_t ip_ingress_bytes, ip_ingress_packets, ip_egress_bytes, ip_egress_packets;
        uint64_t group_id; /* inode of the control group, 0 when there is none */
        uid_t uid;         /* of the running service, (uid_t)-1 unknown */
        gid_t gid;
} BusFigures;

/* What does not change while the manager runs; strings owned by the host, NULL = "". */
typedef struct BusMachine {
        const char *virtualization; /* "kvm", "docker", "" */
        const char *architecture;   /* "x86-64" */
        const char *tainted;        /* "" when nothing is odd */
        char *const *unit_paths;    /* search path of unit files */
        uint64_t userspace_usec;    /* realtime and monotonic start of the manager */
        uint64_t userspace_monotonic_usec;
        uint64_t tasks;           /* how many there can be at a time; UINT64_MAX not known */
        const char *controllers;  /* words: what a group is handed over with (Delegate=yes) */
        struct rlimit file_limit; /* of services: our own may be raised; 0 = it is as ours */
} BusMachine;

typedef struct BusHost {
        void *userdata;
        BusMachine machine;

        /* All processes of a unit (of all units below it, for a slice) with their control group. */
        int (*each_process)(void *userdata,
                            Unit *unit,
                            BusProcessFunction *add,
                            void *add_userdata);
        /* The property ControlGroup: path below the hierarchy's root, in fresh memory; "" or NULL
         * when the unit has no group now. For unit NULL the group of the manager. */
        int (*control_group)(void *userdata, Unit *unit, char **ret_path);
        /* The unit that a process belongs to, by any means; NULL. Main and control processes are
         * known to the engine already. */
        Unit *(*unit_of_process)(void *userdata, pid_t pid);
        Unit *(*unit_of_control_group)(void *userdata, const char *path);
        /* Fills what it knows; the rest is preset to unknown. */
        void (*figures)(void *userdata, Unit *unit, BusFigures *figures);
        /* What a setting is for a unit that does not set it (NULL: for most units), where the
         * manager's files or the machine decide that: `scratch`, or a value that stays; NULL when
         * they do not. */
        const Value *(*default_value)(void *userdata, Unit *unit, DirectiveId id, Value *scratch);
        /* The system calls that SystemCallFilter= or SystemCallLog= comes down to, as systemd tells
         * them, in fresh memory. -ENOMEM. */
        int (*system_calls)(const Value *filter, DirectiveId id, char ***ret);
        /* The name that DynamicUser= gives to the unit's user, in fresh memory; NULL. */
        char *(*dynamic_user_name)(const Unit *unit);

        /* The environment that services get, NAME=VALUE; and a change of it: first the names (or
         * assignments) of `unset` go, then `set` is added. -EINVAL for invalid assignments. */
        char *const *(*environment)(void *userdata);
        int (*change_environment)(void *userdata, char *const *unset, char *const *set);

        /* daemon-reload: search path and units; returns when it is done. */
        int (*reload)(void *userdata);
        /* daemon-reexec; the connection may just end. */
        int (*reexecute)(void *userdata);
        /* Exit, PowerOff and the like: `verb` is "exit", "reboot", "poweroff", "halt", "kexec". */
        int (*exit)(void *userdata, const char *verb, int exit_code);

        int (*each_unit_file)(void *userdata, BusUnitFileFunction *add, void *add_userdata);
        /* The enablement state in fresh memory; -ENOENT when there is no such file. */
        int (*unit_file_state)(void *userdata, const char *name, char **ret_state);
        /* "enabled", "disabled" or "" by presets, in fresh memory. */
        int (*unit_file_preset)(void *userdata, const char *name, char **ret_preset);
        /* Where unit files are, for operations on them; valid as long as the server. */
        const UnitInstallOptions *(*unit_file_options)(void *userdata);
        /* The answers of the three above are to be found out anew. */
        void (*forget_unit_files)(void *userdata);
        /* What default.target leads to, in fresh memory; -ENOENT. */
        int (*default_target)(void *userdata, char **ret_name);

        /* Stops or continues all processes of a unit; -EOPNOTSUPP where the kernel cannot. */
        int (*freeze)(void *userdata, Unit *unit, bool freeze);
        bool (*is_frozen)(void *userdata, Unit *unit);
        bool (*can_freeze)(void *userdata, Unit *unit);
        /* CleanUnit: `kinds` has a bit for runtime, state, cache, logs, configuration, lowest
         * first. -EBUSY, -EUNATCH (it has none of them), -EOPNOTSUPP. */
        int (*clean)(void *userdata, Unit *unit, unsigned kinds);
        /* Mounts a path over another one in what a running service sees. -ESRCH: it does not run;
         * -EXDEV: it sees the same as everybody. */
        int (*bind_mount)(void *userdata, Unit *unit, const BusBindMount *request);
        /* Moves processes into the unit's control group, or one below it. */
        int (*attach)(void *userdata,
                      Unit *unit,
                      const char *sub_group,
                      const pid_t *pids,
                      unsigned n_pids);

        /* The users of DynamicUser= that there are now, as dynamic_user_each does. */
        int (*each_dynamic_user)(void *userdata, BusDynamicUserFunction *add, void *add_userdata);

        /* Writes the file of a transient unit and loads it as any other (unit_load.h). */
        int (*make_transient)(void *userdata, const char *name, const char *text, UnitSpec **ret);
        /* Keeps a copy of a descriptor for a unit until it is down; its streams name it. */
        int (*keep_stream)(void *userdata, Unit *unit, const char *name, int fd);
        /* Removes that file again; for units the engine never got. */
        void (*drop_transient)(void *userdata, const char *name);
        /* Keeps one setting of a unit in a drop-in file: until the unit's directory of the runtime
         * goes, or for good. `text` is the whole file. */
        int (*write_setting)(
                void *userdata, Unit *unit, const char *setting, const char *text, bool runtime);
        /* Loads the files of one unit again. */
        int (*reload_unit)(void *userdata, Unit *unit);

        /* The file that holds a unit's output and the manager's lines about it, in fresh memory. */
        int (*log_path)(void *userdata, Unit *unit, char **ret_path);
        /* The plan of a unit as text. */
        int (*plan_text)(void *userdata, Unit *unit, StrBuf *out);

        /* Maximum level of the manager's own lines (syslog(3)). */
        int (*log_level)(void *userdata);
        int (*set_log_level)(void *userdata, int level);
} BusHost;
