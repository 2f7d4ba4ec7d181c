/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The system calls that SystemCallFilter= or SystemCallLog= comes down to: its words resolved in
 * order, groups taken apart. By libseccomp's numbers for this machine; calls that only another
 * architecture has are negative there. For the manager, not for the executor. */

#include <stdbool.h>
#include <stdint.h>

#include "unit/directive_id.h"
#include "unit/unit_value.h"

/* What happens to a call of the set, where it is no errno. */
enum {
        CALL_ABSENT = -1, /* not in the set */
        CALL_PLAIN = -2,  /* as the whole list says */
        CALL_KILL = -3,   /* "name:kill" */
};

#define CALL_SET_SIZE 3072

typedef struct CallSet {
        int16_t actions[CALL_SET_SIZE]; /* by slot: an errno or one of the above */
} CallSet;

/* Fills the set from the words of a list setting; `allow`: it is an allow list, which begins with
 * @default. Names that libseccomp does not know are left out. What is taken out of an allow list
 * with an errno stays in the set, with that. */
void call_set_init(CallSet *set, const Value *list, bool allow);

/* What the set says about a call by libseccomp's number. */
int call_set_find(const CallSet *set, int number);

/* The last number before `slot` that is in the set; false before the first. `slot` begins at
 * CALL_SET_SIZE and moves to what was found. From the highest down, since libseccomp keeps what it
 * is given in a list that it searches from the lowest: so it finds the place at once. */
bool call_set_previous(const CallSet *set, unsigned *slot, int *ret_number);

/* The calls of a list setting by name, sorted, in fresh memory: what the set of `call_set_init()`
 * comes to, with ":EPERM", ":kill" and the like behind those that have it. An allow list of
 * SystemCallFilter= begins with @default. As systemd 252 shows it: calls without a name are left
 * out. -ENOMEM. */
int call_set_print(const Value *list, DirectiveId id, char ***ret);

/* libseccomp's number of a call; false when it has none. */
bool call_number(const char *name, int *ret);
