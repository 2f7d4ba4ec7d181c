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
