/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* All kinds of value, by the file that has them, with the flags that rows give them. */

#include "unit/kind.h"

/* Flags of kinds of numbers (kind_number.c). */
#define NUMBER_EMPTY_RESETS 1u /* an empty assignment takes the setting back */
#define NUMBER_REFUSE 2u       /* a bad value refuses the unit */
#define ENUM_BOOLEAN 4u        /* yes and no mean the parameter's maximum (or 1) and minimum */
#define ENUM_NUMBERS 32u       /* plain numbers up to the parameter's maximum are taken too */
#define TIME_NAMES_KEY 8u      /* the message names the setting, then parameter->message */
#define TIME_ZERO_IS_INFINITY 16u

extern const Kind kind_boolean;
extern const Kind kind_unsigned;
extern const Kind kind_terminal_size;
extern const Kind kind_integer;
extern const Kind kind_long;
extern const Kind kind_size;
extern const Kind kind_mode;
extern const Kind kind_exit_code;
extern const Kind kind_enum;        /* a name on the bus */
extern const Kind kind_enum_number; /* an int on the bus */
extern const Kind kind_enum_flags;  /* flags on the bus */
extern const Kind kind_time_span;
extern const Kind kind_nanoseconds;
extern const Kind kind_isolate_mode;

/* Flags of kinds of text (kind_text.c). */
#define USER_WARN_NOBODY 1u
#define PATH_KIND_REFUSE 1u

extern const Kind kind_text;
extern const Kind kind_plain_text;
extern const Kind kind_reboot_argument;
extern const Kind kind_bus_name;
extern const Kind kind_user;
extern const Kind kind_interface;
extern const Kind kind_fd_name;
extern const Kind kind_log_namespace;
extern const Kind kind_label;
extern const Kind kind_path_name;
extern const Kind kind_pid_file;
extern const Kind kind_working_directory;
extern const Kind kind_slice;
extern const Kind kind_service_name;
extern const Kind kind_triggered_unit;

/* Flags of kind_paths (kind_list.c). */
#define PATHS_PREFIXED 1u /* "-" and "+" may stand in front and are kept */
#define PATHS_COLONS 2u   /* separated by colons */
#define PATHS_KEPT 4u     /* an empty assignment changes nothing */
#define PATHS_STOP 8u     /* a bad path ends the assignment */

extern const Kind kind_units;
extern const Kind kind_sockets;
extern const Kind kind_install_names;
extern const Kind kind_enforce; /* kind_enforce.c: "strict", "report", names of settings */
extern const Kind kind_documentation;
extern const Kind kind_groups;
extern const Kind kind_paths;
extern const Kind kind_path_lines;

/* Flags of kinds of variables (kind_environment.c). */
#define NAMES_OR_ASSIGNMENTS 1u

extern const Kind kind_environment;
extern const Kind kind_variable_names;
extern const Kind kind_environment_files;

extern const Kind kind_commands;   /* kind_command.c */
extern const Kind kind_conditions; /* kind_condition.c */

/* What numbers of limits mean (DirectiveRow.variant of kind_limit, kind_limit.c). */
typedef enum LimitUnit {
        LIMIT_BYTES,
        LIMIT_SECONDS,
        LIMIT_USEC,
        LIMIT_COUNT,
        LIMIT_NICE,
} LimitUnit;
#define WEIGHT_IDLE 1u    /* "idle" is 0 */
#define WEIGHT_OLD_CPU 2u /* an old name of CPUWeight= */
#define MEMORY_OLD 1u     /* an old name of MemoryMax= */

extern const Kind kind_limit;
extern const Kind kind_weight;
extern const Kind kind_cpu_quota; /* usec per second */
extern const Kind kind_pressure_limit;
extern const Kind kind_memory;
extern const Kind kind_tasks;

/* kind_schedule.c */
#define KIND_ERROR_KILL (INT32_MAX - 1) /* SystemCallErrorNumber=kill */

extern const Kind kind_nice;
extern const Kind kind_oom_score;
extern const Kind kind_io_priority;
extern const Kind kind_cpu_priority;
extern const Kind kind_swap_priority;
extern const Kind kind_coredump_filter;
extern const Kind kind_error_number;

extern const Kind kind_signal; /* kind_signal.c */
extern const Kind kind_kill_mode;
extern const Kind kind_exit_set;

/* kind_set.c */
#define KIND_ALL_CAPABILITIES ((UINT64_C(1) << 41) - 1)
/* RestrictNamespaces=no: all kinds that a unit file can name */
#define KIND_ALL_NAMESPACES UINT64_C(0x7e020000)
#define KIND_DELEGATE_ON (UINT64_C(1) << 31) /* beside the bits of the controllers */

extern const Kind kind_capabilities;
extern const Kind kind_secure_bits;
extern const Kind kind_namespaces;
extern const Kind kind_delegate;
extern const Kind kind_controllers;

/* Whether a value of kind_controllers names this one ("cpu"; NULL = no). */
bool kind_controllers_has(uint64_t controllers, const char *name);

/* kind_filter.c: allow lists, or deny lists beginning with "~". A name that a later assignment
 * takes back stands in the list with "~" in front. */
extern const Kind kind_system_calls; /* variant 1: without error numbers */
extern const Kind kind_address_families;
extern const Kind kind_file_systems;
extern const Kind kind_interfaces;
extern const Kind kind_architectures; /* no "~" */

extern const Kind kind_cpu_set; /* kind_cpu.c */
extern const Kind kind_numa_mask;

/* kind_stream.c */
typedef enum StreamEnd {
        STREAM_INPUT,
        STREAM_OUTPUT,
        STREAM_ERROR,
} StreamEnd;

extern const Kind kind_stream;      /* canonical text; "fd:NAME" always has its name */
extern const Kind kind_stream_data; /* rules: options = base64 of one piece */
extern const Kind kind_log_fields;

/* kind_directory.c */
#define DIRECTORIES_NO_LINKS 1u

extern const Kind kind_directories; /* source = directory, target = link or NULL */
extern const Kind kind_bind_paths;  /* source, target (NULL = the same), number 1 = recursive */
extern const Kind kind_temporary_file_systems; /* source = path, options */
extern const Kind kind_mount_flags;

/* kind_image.c */
/* With a destination, and without; options = "partition:options ...". */
extern const Kind kind_images;
extern const Kind kind_extension_images;
extern const Kind kind_image_options;
extern const Kind kind_root_hash;
extern const Kind kind_root_hash_signature;

extern const Kind kind_import_credential;
extern const Kind kind_load_credential; /* kind_credential.c: source = id, target = path */
extern const Kind kind_set_credential;  /* source = id, options = data with C escapes, or base64 */

/* kind_device.c */
typedef enum DeviceLimit {
        DEVICE_WEIGHT,
        DEVICE_BANDWIDTH,
        DEVICE_OPERATIONS,
        DEVICE_LATENCY,
        DEVICE_OLD_WEIGHT,
        DEVICE_OLD_BANDWIDTH,
} DeviceLimit;

extern const Kind kind_device_allow;  /* source = path or class, options = rights */
extern const Kind kind_device_limits; /* source = path, number */
extern const Kind kind_bpf_programs;  /* source = attach type, target = path */

/* kind_address.c */
typedef enum ListenType {
        LISTEN_STREAM,
        LISTEN_DATAGRAM,
        LISTEN_SEQUENTIAL_PACKET,
        LISTEN_FIFO,
        LISTEN_NETLINK,
        LISTEN_SPECIAL,
        LISTEN_MESSAGE_QUEUE,
        LISTEN_USB_FUNCTION,
} ListenType;

extern const Kind kind_listen;      /* variant, source = address or path */
extern const Kind kind_ip_prefixes; /* "1.2.3.0/24" */
extern const Kind kind_socket_bind; /* as written, checked */

/* kind_trigger.c */
typedef enum TimerBase {
        TIMER_ON_ACTIVE,
        TIMER_ON_BOOT,
        TIMER_ON_STARTUP,
        TIMER_ON_UNIT_ACTIVE,
        TIMER_ON_UNIT_INACTIVE,
        TIMER_ON_CALENDAR,
} TimerBase;

typedef enum PathTrigger {
        PATH_EXISTS,
        PATH_EXISTS_GLOB,
        PATH_CHANGED,
        PATH_MODIFIED,
        PATH_DIRECTORY_NOT_EMPTY,
} PathTrigger;

/* One list: variant; number = usec, or options = calendar expression. */
extern const Kind kind_timers;
extern const Kind kind_calendars;
extern const Kind kind_path_triggers; /* variant, source = path */
