/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Runs some programs at the same time, waits for all of them, and logs what they print and how they
 * failed. Knows nothing about units. */

#include <stdint.h>

#include "base/log.h"

typedef struct GeneratorBatch {
        char *const *paths;       /* programs, at most GENERATORS_MAX */
        char *const *arguments;   /* of each, after its name */
        char *const *environment; /* NAME=value */
        uint64_t timeout_usec;    /* for all together */
        const Log *log;
} GeneratorBatch;

/* Returns when all have ended or the time is over; those that are left then, and whatever an ended
 * one left in its process group, are killed. Standard input is /dev/null, output goes to the log by
 * lines, cut where it is too much. Takes only the exits of its own children. The number of those
 * that failed, or -errno when nothing could be run. */
int generator_processes_run(const GeneratorBatch *batch);
