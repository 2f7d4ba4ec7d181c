/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_value.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"

/* clang-format off */
static const char *const condition_names[][2] = {
        [CONDITION_PATH_EXISTS]              = { "ConditionPathExists", "AssertPathExists" },
        [CONDITION_PATH_EXISTS_GLOB]         = { "ConditionPathExistsGlob", "AssertPathExistsGlob" },
        [CONDITION_PATH_IS_DIRECTORY]        = { "ConditionPathIsDirectory", "AssertPathIsDirectory" },
        [CONDITION_PATH_IS_SYMBOLIC_LINK]    = { "ConditionPathIsSymbolicLink", "AssertPathIsSymbolicLink" },
        [CONDITION_PATH_IS_MOUNT_POINT]      = { "ConditionPathIsMountPoint", "AssertPathIsMountPoint" },
        [CONDITION_PATH_IS_READ_WRITE]       = { "ConditionPathIsReadWrite", "AssertPathIsReadWrite" },
        [CONDITION_PATH_IS_ENCRYPTED]        = { "ConditionPathIsEncrypted", "AssertPathIsEncrypted" },
        [CONDITION_DIRECTORY_NOT_EMPTY]      = { "ConditionDirectoryNotEmpty", "AssertDirectoryNotEmpty" },
        [CONDITION_FILE_NOT_EMPTY]           = { "ConditionFileNotEmpty", "AssertFileNotEmpty" },
        [CONDITION_FILE_IS_EXECUTABLE]       = { "ConditionFileIsExecutable", "AssertFileIsExecutable" },
        [CONDITION_NEEDS_UPDATE]             = { "ConditionNeedsUpdate", "AssertNeedsUpdate" },
        [CONDITION_FIRST_BOOT]               = { "ConditionFirstBoot", "AssertFirstBoot" },
        [CONDITION_ARCHITECTURE]             = { "ConditionArchitecture", "AssertArchitecture" },
        [CONDITION_FIRMWARE]                 = { "ConditionFirmware", "AssertFirmware" },
        [CONDITION_VIRTUALIZATION]           = { "ConditionVirtualization", "AssertVirtualization" },
        [CONDITION_HOST]                     = { "ConditionHost", "AssertHost" },
        [CONDITION_KERNEL_COMMAND_LINE]      = { "ConditionKernelCommandLine", "AssertKernelCommandLine" },
        [CONDITION_KERNEL_VERSION]           = { "ConditionKernelVersion", "AssertKernelVersion" },
        [CONDITION_CREDENTIAL]               = { "ConditionCredential", "AssertCredential" },
        [CONDITION_SECURITY]                 = { "ConditionSecurity", "AssertSecurity" },
        [CONDITION_CAPABILITY]               = { "ConditionCapability", "AssertCapability" },
        [CONDITION_AC_POWER]                 = { "ConditionACPower", "AssertACPower" },
        [CONDITION_MEMORY]                   = { "ConditionMemory", "AssertMemory" },
        [CONDITION_CPU_FEATURE]              = { "ConditionCPUFeature", "AssertCPUFeature" },
        [CONDITION_CPUS]                     = { "ConditionCPUs", "AssertCPUs" },
        [CONDITION_ENVIRONMENT]              = { "ConditionEnvironment", "AssertEnvironment" },
        [CONDITION_USER]                     = { "ConditionUser", "AssertUser" },
        [CONDITION_GROUP]                    = { "ConditionGroup", "AssertGroup" },
        [CONDITION_CONTROL_GROUP_CONTROLLER] = { "ConditionControlGroupController", "AssertControlGroupController" },
        [CONDITION_OS_RELEASE]               = { "ConditionOSRelease", "AssertOSRelease" },
        [CONDITION_MEMORY_PRESSURE]          = { "ConditionMemoryPressure", "AssertMemoryPressure" },
        [CONDITION_CPU_PRESSURE]             = { "ConditionCPUPressure", "AssertCPUPressure" },
        [CONDITION_IO_PRESSURE]              = { "ConditionIOPressure", "AssertIOPressure" },
};
/* clang-format on */
static_assert(ARRAY_LENGTH(condition_names) == CONDITION_TYPE_COUNT, "every condition has names");

const char *condition_directive_name(ConditionType type, bool assertion) {
        return type < CONDITION_TYPE_COUNT ? condition_names[type][assertion] : NULL;
}

void command_done(Command *command) {
        free(command->path);
        strv_free(command->argv);
        *command = (Command){ 0 };
}

void rule_done(Rule *rule) {
        free(rule->source);
        free(rule->target);
        free(rule->options);
        *rule = (Rule){ 0 };
}

CommandList *command_list_free(CommandList *list) {
        if (!list)
                return NULL;
        for (unsigned i = 0; i < list->n_commands; i++)
                command_done(&list->commands[i]);
        free(list->commands);
        free(list);
        return NULL;
}

ConditionList *condition_list_free(ConditionList *list) {
        if (!list)
                return NULL;
        for (unsigned i = 0; i < list->n_conditions; i++)
                free(list->conditions[i].parameter);
        free(list->conditions);
        free(list);
        return NULL;
}

RuleList *rule_list_free(RuleList *list) {
        if (!list)
                return NULL;
        for (unsigned i = 0; i < list->n_rules; i++)
                rule_done(&list->rules[i]);
        free(list->rules);
        free(list);
        return NULL;
}

static BitSet *bit_set_free(BitSet *set) {
        if (set)
                free(set->words);
        free(set);
        return NULL;
}

DEFINE_AUTO(CommandList *, command_list_free);
DEFINE_AUTO(ConditionList *, condition_list_free);
DEFINE_AUTO(RuleList *, rule_list_free);
DEFINE_AUTO(BitSet *, bit_set_free);

bool exit_set_has_code(const ExitSet *set, int code) {
        return set && code >= 0 && code <= 255 && (set->codes[code / 64] >> (code % 64) & 1);
}

bool exit_set_has_signal(const ExitSet *set, int signal_number) {
        return set && signal_number > 0 && signal_number < 128 &&
               (set->signals[signal_number / 64] >> (signal_number % 64) & 1);
}

bool bit_set_has(const BitSet *set, unsigned bit) {
        return set && bit / 64 < set->n_words && (set->words[bit / 64] >> (bit % 64) & 1);
}

void value_clear(Value *value) {
        switch ((ValueShape)value->shape) {
        case SHAPE_TEXT:
                free(value->text);
                break;
        case SHAPE_STRV:
                strv_free(value->strv);
                break;
        case SHAPE_COMMANDS:
                command_list_free(value->commands);
                break;
        case SHAPE_CONDITIONS:
                condition_list_free(value->conditions);
                break;
        case SHAPE_LIMIT:
                free(value->limit);
                break;
        case SHAPE_EXIT_SET:
                free(value->exit_set);
                break;
        case SHAPE_BITS:
                bit_set_free(value->bits);
                break;
        case SHAPE_RULES:
                rule_list_free(value->rules);
                break;
        case SHAPE_BOOL:
        case SHAPE_UNSIGNED:
        case SHAPE_SIGNED:
        case SHAPE_COUNT:
                break;
        }
        value->number = 0;
        value->flags = 0;
}

/* Room for one more element in an array that grows by doubling from 1; NULL when out of memory. */
static void *grow(void *array, unsigned n, size_t size) {
        if (n != 0 && (n & (n - 1)) != 0)
                return array;
        return realloc(array, (n == 0 ? 1 : (size_t)n * 2) * size);
}

int value_add_rule(Value *value, Rule rule) {
        Rule *rules;

        if (!value->rules)
                value->rules = calloc(1, sizeof(*value->rules));
        rules = value->rules ? grow(value->rules->rules, value->rules->n_rules, sizeof(*rules))
                             : NULL;
        if (!rules) {
                rule_done(&rule);
                return err_new(-ENOMEM);
        }
        value->rules->rules = rules;
        rules[value->rules->n_rules++] = rule;
        return 0;
}

int value_add_command(Value *value, Command command) {
        CommandList *list = value->commands;
        Command *commands;

        if (!list)
                list = value->commands = calloc(1, sizeof(*list));
        commands = list ? grow(list->commands, list->n_commands, sizeof(*commands)) : NULL;
        if (!commands) {
                command_done(&command);
                return err_new(-ENOMEM);
        }
        list->commands = commands;
        commands[list->n_commands++] = command;
        return 0;
}

int value_add_condition(Value *value, Condition condition) {
        ConditionList *list = value->conditions;
        Condition *conditions;

        if (!list)
                list = value->conditions = calloc(1, sizeof(*list));
        conditions = list ? grow(list->conditions, list->n_conditions, sizeof(*conditions)) : NULL;
        if (!conditions) {
                free(condition.parameter);
                return err_new(-ENOMEM);
        }
        list->conditions = conditions;
        conditions[list->n_conditions++] = condition;
        return 0;
}

int value_set_bit(Value *value, unsigned bit) {
        unsigned n_words = bit / 64 + 1;
        BitSet *set = value->bits;

        if (!set)
                set = value->bits = calloc(1, sizeof(*set));
        if (!set)
                return err_new(-ENOMEM);
        if (set->n_words < n_words) {
                uint64_t *words = realloc(set->words, n_words * sizeof(*words));

                if (!words)
                        return err_new(-ENOMEM);
                for (unsigned i = set->n_words; i < n_words; i++)
                        words[i] = 0;
                set->words = words;
                set->n_words = n_words;
        }
        set->words[bit / 64] |= UINT64_C(1) << (bit % 64);
        return 0;
}

/* A copy of a string that may be NULL. */
static int copy_text(const char *from, char **ret) {
        *ret = from ? str_dup(str_of(from)) : NULL;
        return from && !*ret ? err_new(-ENOMEM) : 0;
}

static int copy_strv(char *const *from, char ***ret) {
        *ret = strv_length(from) > 0 ? strv_copy(from) : NULL;
        return strv_length(from) > 0 && !*ret ? err_new(-ENOMEM) : 0;
}

static int copy_rules(const Value *from, Value *to) {
        for (unsigned i = 0; from->rules && i < from->rules->n_rules; i++) {
                const Rule *old = &from->rules->rules[i];
                Rule rule = { .variant = old->variant, .flags = old->flags, .number = old->number };

                if (copy_text(old->source, &rule.source) < 0 ||
                    copy_text(old->target, &rule.target) < 0 ||
                    copy_text(old->options, &rule.options) < 0) {
                        rule_done(&rule);
                        return err_new(-ENOMEM);
                }
                if (value_add_rule(to, rule) < 0)
                        return err_new(-ENOMEM);
        }
        return 0;
}

static int copy_commands(const Value *from, Value *to) {
        for (unsigned i = 0; from->commands && i < from->commands->n_commands; i++) {
                const Command *old = &from->commands->commands[i];
                Command command = { .flags = old->flags };

                if (copy_text(old->path, &command.path) < 0 ||
                    copy_strv(old->argv, &command.argv) < 0) {
                        command_done(&command);
                        return err_new(-ENOMEM);
                }
                if (value_add_command(to, command) < 0)
                        return err_new(-ENOMEM);
        }
        return 0;
}

static int copy_conditions(const Value *from, Value *to) {
        for (unsigned i = 0; from->conditions && i < from->conditions->n_conditions; i++) {
                Condition condition = from->conditions->conditions[i];
                const char *parameter = condition.parameter;

                if (copy_text(parameter, &condition.parameter) < 0 ||
                    value_add_condition(to, condition) < 0)
                        return err_new(-ENOMEM);
        }
        return 0;
}

static int copy_bits(const Value *from, Value *to) {
        for (unsigned i = 0; from->bits && i < from->bits->n_words * 64; i++)
                if (bit_set_has(from->bits, i) && value_set_bit(to, i) < 0)
                        return err_new(-ENOMEM);
        return 0;
}

/* A flat copy of `size` bytes at `from`, which may be NULL. */
static int copy_block(const void *from, size_t size, void *ret) {
        void *copy = from ? malloc(size) : NULL;

        if (from && !copy)
                return err_new(-ENOMEM);
        if (from)
                memcpy(copy, from, size);
        memcpy(ret, &copy, sizeof(copy));
        return 0;
}

static int copy_content(const Value *from, Value *to) {
        switch ((ValueShape)from->shape) {
        case SHAPE_TEXT:
                return copy_text(from->text, &to->text);
        case SHAPE_STRV:
                return copy_strv(from->strv, &to->strv);
        case SHAPE_COMMANDS:
                return copy_commands(from, to);
        case SHAPE_CONDITIONS:
                return copy_conditions(from, to);
        case SHAPE_LIMIT:
                return copy_block(from->limit, sizeof(*from->limit), &to->limit);
        case SHAPE_EXIT_SET:
                return copy_block(from->exit_set, sizeof(*from->exit_set), &to->exit_set);
        case SHAPE_BITS:
                return copy_bits(from, to);
        case SHAPE_RULES:
                return copy_rules(from, to);
        case SHAPE_BOOL:
        case SHAPE_UNSIGNED:
        case SHAPE_SIGNED:
        case SHAPE_COUNT:
                break;
        }
        to->number = from->number;
        return 0;
}

int value_copy(const Value *from, Value *ret) {
        Value copy = { .id = from->id, .shape = from->shape, .flags = from->flags };

        if (copy_content(from, &copy) < 0) {
                value_clear(&copy);
                return err_new(-ENOMEM);
        }
        *ret = copy;
        return 0;
}

static bool rules_equal(const RuleList *a, const RuleList *b) {
        unsigned n = a ? a->n_rules : 0;

        if (n != (b ? b->n_rules : 0))
                return false;
        for (unsigned i = 0; i < n; i++) {
                const Rule *x = &a->rules[i], *y = &b->rules[i];

                if (x->variant != y->variant || x->flags != y->flags || x->number != y->number ||
                    !streq_null(x->source, y->source) || !streq_null(x->target, y->target) ||
                    !streq_null(x->options, y->options))
                        return false;
        }
        return true;
}

static bool commands_equal(const CommandList *a, const CommandList *b) {
        unsigned n = a ? a->n_commands : 0;

        if (n != (b ? b->n_commands : 0))
                return false;
        for (unsigned i = 0; i < n; i++)
                if (a->commands[i].flags != b->commands[i].flags ||
                    !streq_null(a->commands[i].path, b->commands[i].path) ||
                    !strv_equal(a->commands[i].argv, b->commands[i].argv))
                        return false;
        return true;
}

static bool conditions_equal(const ConditionList *a, const ConditionList *b) {
        unsigned n = a ? a->n_conditions : 0;

        if (n != (b ? b->n_conditions : 0))
                return false;
        for (unsigned i = 0; i < n; i++) {
                const Condition *x = &a->conditions[i], *y = &b->conditions[i];

                if (x->type != y->type || x->trigger != y->trigger || x->negate != y->negate ||
                    !streq_null(x->parameter, y->parameter))
                        return false;
        }
        return true;
}

static bool bits_equal(const BitSet *a, const BitSet *b) {
        unsigned n = MAX(a ? a->n_words : 0, b ? b->n_words : 0);

        for (unsigned i = 0; i < n; i++)
                if ((a && i < a->n_words ? a->words[i] : 0) !=
                    (b && i < b->n_words ? b->words[i] : 0))
                        return false;
        return true;
}

/* Whether two blocks that may be NULL hold the same bytes. */
static bool blocks_equal(const void *a, const void *b, size_t size) {
        return a == b || (a && b && memcmp(a, b, size) == 0);
}

bool value_equal(const Value *a, const Value *b) {
        if (a->id != b->id || a->shape != b->shape || a->flags != b->flags)
                return false;
        switch ((ValueShape)a->shape) {
        case SHAPE_TEXT:
                return streq_null(a->text, b->text);
        case SHAPE_STRV:
                return strv_equal(a->strv, b->strv);
        case SHAPE_COMMANDS:
                return commands_equal(a->commands, b->commands);
        case SHAPE_CONDITIONS:
                return conditions_equal(a->conditions, b->conditions);
        case SHAPE_LIMIT:
                return blocks_equal(a->limit, b->limit, sizeof(*a->limit));
        case SHAPE_EXIT_SET:
                return blocks_equal(a->exit_set, b->exit_set, sizeof(*a->exit_set));
        case SHAPE_BITS:
                return bits_equal(a->bits, b->bits);
        case SHAPE_RULES:
                return rules_equal(a->rules, b->rules);
        case SHAPE_BOOL:
        case SHAPE_UNSIGNED:
        case SHAPE_SIGNED:
        case SHAPE_COUNT:
                break;
        }
        return a->number == b->number;
}
