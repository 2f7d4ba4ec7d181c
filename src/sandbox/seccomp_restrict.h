/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The restrictions of system calls that have a setting of their own: what each denies
 * (systemd.exec(5)). */

#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>

#include "sandbox/call_set.h"
#include "unit/unit_spec.h"

/* The filter of one architecture while it is made. Nothing owned. */
typedef struct SeccompTarget {
        scmp_filter_ctx filter;
        uint32_t architecture; /* SCMP_ARCH_... */
        const CallSet *denied; /* by a deny list, whose actions win; or NULL */
} SeccompTarget;

/* Whether one of these settings is on. */
bool seccomp_restrictions_are_wanted(const UnitSpec *spec);

/* Adds the rules of all of them. An error of libseccomp. */
int seccomp_restrict(const SeccompTarget *target, const UnitSpec *spec);
