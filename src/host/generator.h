/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Unit generators as systemd.generator(7) says: programs of packages that write unit files into
 * three directories of the search path, before unit files are looked for. */

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "unit/unit_scope.h"

#define GENERATOR_TIMEOUT_USEC (20 * UINT64_C(1000000)) /* nothing else happens meanwhile */

typedef struct GeneratorOptions {
        UnitScope scope;
        char *const *directories; /* where generators are; NULL = the usual */
        const char *output; /* directory of normal priority; ".early" and ".late" stand beside */
        char *const *environment; /* of the manager, NAME=value */
        const char *architecture; /* systemd's name of it; may be NULL */
        uint64_t timeout_usec;
        const Log *log;
} GeneratorOptions;

/* Empties the three directories and fills them anew. What a generator fails at is logged and the
 * rest goes on; directories in which nothing was written are not there afterwards. The number of
 * generators that failed, or -errno. */
int generators_run(const GeneratorOptions *options);

/* Removes the three directories. -errno of the first failure. */
int generators_remove_output(const char *output);
