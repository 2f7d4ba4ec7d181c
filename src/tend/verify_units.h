/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Verifies units as `systemd-analyze verify` does: loads them with everything they depend on, plans
 * their start, and looks at programs, manual pages and the services of sockets. Starts nothing but
 * man(1). */

#include <stdbool.h>

#include "base/diag.h"
#include "unit/unit_load.h"

/* Whose faulty lines make the verification fail (--recursive-errors=). Named units that cannot be
 * loaded or started always do. */
typedef enum VerifyScope {
        VERIFY_ALL,      /* of all units that were loaded: "yes" */
        VERIFY_DIRECT,   /* of the named units and their dependencies: "one" */
        VERIFY_NAMED,    /* of the named units, and no others are loaded: "no" */
        VERIFY_STARTING, /* none: the default */
        VERIFY_SCOPE_COUNT
} VerifyScope;

typedef enum VerifyFlags {
        VERIFY_MANUALS = 1 << 0,    /* --man= */
        VERIFY_AS_SYSTEMD = 1 << 1, /* looks no further than systemd, has no units of its own */
        VERIFY_GENERATORS = 1 << 2, /* --generators=: makes their units first; only as systemd */
} VerifyFlags;

typedef struct VerifyOptions {
        VerifyScope scope;
        unsigned flags;   /* VerifyFlags */
        const char *root; /* --root=, NULL = "/" */
} VerifyOptions;

/* Verifies the units of these names (NULL-terminated, instances where there are templates). All
 * findings go to `diag`; `ret_failed` tells whether the exit status is 1. -EINVAL for what is no
 * name, -ENOMEM. */
int verify_units(const UnitLoader *loader,
                 const VerifyOptions *options,
                 char *const *names,
                 Diag *diag,
                 bool *ret_failed);
