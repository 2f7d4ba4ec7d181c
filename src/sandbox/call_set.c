/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/call_set.h"

#include <assert.h>
#include <seccomp.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "sandbox/syscall_groups.h"

/* libseccomp's numbers are in three ranges: the machine's own, those behind the multiplexers of
 * x86 (-101 and on), and those of other architectures (-10001 and on). */
#define RANGE 1024
#define FOREIGN 10000
static_assert(CALL_SET_SIZE == 3 * RANGE, "a slot for each number of the three ranges");

/* Calls younger than the installed libseccomp. From 424 on all architectures count alike. */
static const struct {
        const char *name;
        int number;
} younger[] = {
        { "fchmodat2", 452 },
};

static bool slot_of(int number, unsigned *ret) {
        unsigned distance = number >= 0            ? (unsigned)number
                            : number > -RANGE      ? (unsigned)-number
                            : number <= -(FOREIGN) ? (unsigned)(-number - FOREIGN)
                                                   : RANGE;

        if (distance >= RANGE)
                return false;
        *ret = distance + (number >= 0 ? 0 : number > -RANGE ? RANGE : 2 * RANGE);
        return true;
}

static int number_of(unsigned slot) {
        int distance = (int)(slot % RANGE);

        return slot < RANGE ? distance : slot < 2 * RANGE ? -distance : -distance - FOREIGN;
}

bool call_number(const char *name, int *ret) {
        int number = seccomp_syscall_resolve_name(name);

        for (size_t i = 0; number == __NR_SCMP_ERROR && i < ARRAY_LENGTH(younger); i++)
                if (streq(name, younger[i].name))
                        number = younger[i].number;
        if (number == __NR_SCMP_ERROR)
                return false;
        *ret = number;
        return true;
}

/* Puts a call, or each call of a group, into the set. Groups hold groups. */
static void mark(CallSet *set, const char *name, int action) {
        const char *const *members = *name == '@' ? syscall_group_members(name) : NULL;
        unsigned slot;
        int number;

        for (; members && *members; members++)
                mark(set, *members, action);
        if (*name != '@' && call_number(name, &number) && slot_of(number, &slot))
                set->actions[slot] = (int16_t)action;
}

/* The action behind the colon. */
static int parse_action(const char *text) {
        int number = 0;

        if (streq(text, "kill"))
                return CALL_KILL;
        return parse_errno(str_of(text), &number) == 0 ? number : 0; /* it was checked, or is "0" */
}

static void mark_word(CallSet *set, const char *word) {
        bool against = *word == '~';
        const char *colon = strchr(word, ':');
        AUTO_FREE char *name = NULL;

        word += against;
        name = str_dup((Str){ word, colon ? (size_t)(colon - word) : strlen(word) });
        if (name)
                mark(set,
                     name,
                     colon     ? parse_action(colon + 1)
                     : against ? CALL_ABSENT
                               : CALL_PLAIN);
}

void call_set_init(CallSet *set, const Value *list, bool allow) {
        for (unsigned i = 0; i < CALL_SET_SIZE; i++)
                set->actions[i] = CALL_ABSENT;
        if (allow)
                mark(set, "@default", CALL_PLAIN);
        STRV_FOREACH(word, list->strv)
        mark_word(set, *word);
}

/* "name", "name:EPERM" or "name:kill". */
static int add_name(char ***names, int number, int action) {
        AUTO_FREE char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
        const char *error = action >= 0 ? strerrorname_np(action) : NULL;

        if (!name)
                return 0;
        if (action == CALL_PLAIN)
                return err_pass(strv_add(names, name));
        if (action == CALL_KILL)
                return err_pass(strv_addf(names, "%s:kill", name));
        return error ? err_pass(strv_addf(names, "%s:%s", name, error))
                     : err_pass(strv_addf(names, "%s:%d", name, action));
}

int call_set_print(const Value *list, DirectiveId id, char ***ret) {
        bool allow = id == DIRECTIVE_SYSTEM_CALL_FILTER && !(list->flags & VALUE_INVERTED);
        AUTO_STRV char **names = NULL;
        unsigned slot = CALL_SET_SIZE;
        CallSet set;
        int number, r = 0;

        call_set_init(&set, list, allow);
        while (r >= 0 && call_set_previous(&set, &slot, &number))
                r = add_name(&names, number, call_set_find(&set, number));
        if (r < 0)
                return err_pass(r);
        strv_sort(names);
        *ret = STEAL(names);
        return 0;
}

int call_set_find(const CallSet *set, int number) {
        unsigned slot;

        return slot_of(number, &slot) ? set->actions[slot] : CALL_ABSENT;
}

bool call_set_previous(const CallSet *set, unsigned *slot, int *ret_number) {
        while (*slot > 0) {
                unsigned i = --*slot;

                if (set->actions[i] == CALL_ABSENT)
                        continue;
                *ret_number = number_of(i);
                return true;
        }
        return false;
}
