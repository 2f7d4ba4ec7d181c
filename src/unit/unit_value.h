/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Typed values of settings. A Value is 16 bytes: a unit stores only what its files set, sorted by
 * number, so ten thousand units stay small. Composite values are separate objects. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"
#include "unit/directive_id.h"

typedef enum ValueShape {
        SHAPE_BOOL,       /* number: 0 or 1 */
        SHAPE_UNSIGNED,   /* number; also usec, bytes, modes, enums (row parameter names them) */
        SHAPE_SIGNED,     /* signed_number */
        SHAPE_TEXT,       /* text, never NULL when set */
        SHAPE_STRV,       /* strv; NULL = explicitly empty */
        SHAPE_COMMANDS,   /* commands */
        SHAPE_CONDITIONS, /* conditions */
        SHAPE_LIMIT,      /* limit */
        SHAPE_EXIT_SET,   /* exit_set */
        SHAPE_BITS,       /* bits: capabilities, CPUs, signals and so on as a bit set */
        SHAPE_RULES,      /* rules: everything that is a list of small tuples */
        SHAPE_COUNT
} ValueShape;

typedef enum ValueFlags {
        VALUE_INVERTED = 1 << 0,      /* the list began with "~" (filters, capabilities) */
        VALUE_ALLOW_MISSING = 1 << 1, /* "-" prefix on a single path (WorkingDirectory=-/x) */
        VALUE_AUTOMATIC = 1 << 2,     /* "auto" or similar where numbers are usual */
        VALUE_PERCENT = 1 << 3,       /* number is a permyriad of a total */
        VALUE_GIVEN = 1 << 4,         /* set by kinds whose zero is not the same as unset */
} ValueFlags;

/* Prefixes of one command line (systemd.service(5), "special executable prefixes"). */
typedef enum CommandFlags {
        COMMAND_IGNORE_FAILURE = 1 << 0,      /* "-" */
        COMMAND_ARGV0 = 1 << 1,               /* "@" */
        COMMAND_NO_EXPAND = 1 << 2,           /* ":" */
        COMMAND_FULL_PRIVILEGE = 1 << 3,      /* "+" */
        COMMAND_KEEP_USER_PRIVILEGE = 1 << 4, /* "!" */
        COMMAND_AMBIENT_FALLBACK = 1 << 5,    /* "!!" */
} CommandFlags;

typedef struct Command {
        char *path;  /* as written, absolute or a bare file name */
        char **argv; /* at least argv[0]; words after unquoting, variables not expanded */
        unsigned flags;
} Command;

typedef struct CommandList {
        Command *commands;
        unsigned n_commands;
} CommandList;

typedef enum ConditionType {
        CONDITION_PATH_EXISTS,
        CONDITION_PATH_EXISTS_GLOB,
        CONDITION_PATH_IS_DIRECTORY,
        CONDITION_PATH_IS_SYMBOLIC_LINK,
        CONDITION_PATH_IS_MOUNT_POINT,
        CONDITION_PATH_IS_READ_WRITE,
        CONDITION_PATH_IS_ENCRYPTED,
        CONDITION_DIRECTORY_NOT_EMPTY,
        CONDITION_FILE_NOT_EMPTY,
        CONDITION_FILE_IS_EXECUTABLE,
        CONDITION_NEEDS_UPDATE,
        CONDITION_FIRST_BOOT,
        CONDITION_ARCHITECTURE,
        CONDITION_FIRMWARE,
        CONDITION_VIRTUALIZATION,
        CONDITION_HOST,
        CONDITION_KERNEL_COMMAND_LINE,
        CONDITION_KERNEL_VERSION,
        CONDITION_CREDENTIAL,
        CONDITION_SECURITY,
        CONDITION_CAPABILITY,
        CONDITION_AC_POWER,
        CONDITION_MEMORY,
        CONDITION_CPU_FEATURE,
        CONDITION_CPUS,
        CONDITION_ENVIRONMENT,
        CONDITION_USER,
        CONDITION_GROUP,
        CONDITION_CONTROL_GROUP_CONTROLLER,
        CONDITION_OS_RELEASE,
        CONDITION_MEMORY_PRESSURE,
        CONDITION_CPU_PRESSURE,
        CONDITION_IO_PRESSURE,
        CONDITION_TYPE_COUNT
} ConditionType;

typedef struct Condition {
        ConditionType type;
        bool trigger; /* "|": one of these is enough */
        bool negate;  /* "!" */
        char *parameter;
} Condition;

typedef struct ConditionList {
        Condition *conditions;
        unsigned n_conditions;
} ConditionList;

#define LIMIT_INFINITY UINT64_MAX

typedef struct ResourceLimit {
        uint64_t soft,
                hard; /* LIMIT_INFINITY = none; in the resource's own unit (bytes, usec, count) */
} ResourceLimit;

/* Exit codes 0 to 255 and signals 1 to 64 (SuccessExitStatus= and the like). */
typedef struct ExitSet {
        uint64_t codes[4];
        uint64_t signals[2];
} ExitSet;

typedef struct BitSet {
        uint64_t *words;
        unsigned n_words;
} BitSet;

/* One tuple of a list setting: paths with options, devices with limits, listen addresses, timers,
 * credentials. Which members are used is said by the kind. */
typedef struct Rule {
        int variant;    /* member of the family, as DirectiveRow.variant */
        unsigned flags; /* kind specific: 1 = "-" (may be missing), 2 = "+" (below the root
                           directory) */
        char *source;   /* NULL when unused */
        char *target;
        char *options;
        uint64_t number;
} Rule;

#define RULE_OPTIONAL 1u
#define RULE_BELOW_ROOT 2u

typedef struct RuleList {
        Rule *rules;
        unsigned n_rules;
} RuleList;

typedef struct Value {
        uint16_t id;    /* DirectiveId */
        uint16_t flags; /* ValueFlags */
        uint32_t shape; /* ValueShape: which member of the union is used */
        union {
                uint64_t number;
                int64_t signed_number;
                char *text;
                char **strv;
                CommandList *commands;
                ConditionList *conditions;
                ResourceLimit *limit;
                ExitSet *exit_set;
                BitSet *bits;
                RuleList *rules;
        };
} Value;

/* Releases what the value owns; id and shape stay, everything else is zero. */
void value_clear(Value *value);

/* A deep copy; -ENOMEM. */
int value_copy(const Value *from, Value *ret);

/* Whether both say the same (id, shape, flags and content). */
bool value_equal(const Value *a, const Value *b);

/* Append to lists that the value holds (created when absent). What the rule owns is taken over,
 * also on failure. -ENOMEM. */
int value_add_rule(Value *value, Rule rule);
int value_add_command(Value *value, Command command);
int value_add_condition(Value *value, Condition condition);

/* Sets a bit of a SHAPE_BITS value; -ENOMEM. */
int value_set_bit(Value *value, unsigned bit);

/* Release a part. */
void rule_done(Rule *rule);
void command_done(Command *command);

/* Release what the value owns. */
CommandList *command_list_free(CommandList *list);
ConditionList *condition_list_free(ConditionList *list);
RuleList *rule_list_free(RuleList *list);

/* Membership. */
bool exit_set_has_code(const ExitSet *set, int code);
bool exit_set_has_signal(const ExitSet *set, int signal_number);
bool bit_set_has(const BitSet *set, unsigned bit);

/* "ConditionPathExists" for (type, false), "AssertPathExists" for (type, true). */
const char *condition_directive_name(ConditionType type, bool assertion);
