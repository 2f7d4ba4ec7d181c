/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Conditions and assertions (systemd.unit(5), "Conditions and Asserts") evaluated against this
 * machine. */

#include "unit/unit_scope.h"
#include "unit/unit_value.h"

/* What tests may fake; the rest is asked of the kernel. */
typedef struct HostConditionContext {
        char *const *environment;        /* of the manager, for ConditionEnvironment= */
        const char *kernel_command_line; /* NULL = /proc/cmdline, of PID 1 in a container */
        const char *virtualization;      /* NULL = detected; "none", "docker", "kvm", ... */
} HostConditionContext;

/* Whether one condition holds, its negation applied: 1, 0, or -errno when that cannot be said
 * (-EINVAL: the parameter makes no sense). */
int host_condition_check(const HostConditionContext *context, const Condition *condition);

/* Whether a list holds: all plain ones, and one of those marked "|" when there are any. 1, 0, or 2
 * + the index of the one that failed first. Conditions that cannot be evaluated count as failed. */
int host_condition_check_list(const HostConditionContext *context, const ConditionList *list);
