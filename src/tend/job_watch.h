/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Jobs that a command waits for: progress while they run, an explanation for each that failed. */

#include <stdbool.h>

#include "tend/tend.h"

typedef struct JobWatch {
        Tend *tend;
        const char *verb; /* "start", for messages */
        bool progress;    /* a line for each job that ends */
        bool counts_all;  /* jobs that were pulled in and failed are failures, too */
        bool has_line;    /* the terminal shows a line that will be written over */
        char **failures;  /* unit, result, unit, result ...; owned */
        int status;       /* exit status so far */
} JobWatch;

/* One more job to wait for. */
int job_watch_add(const JobWatch *watch, const char *job_path);

/* All jobs that are queued now are waited for. */
int job_watch_add_queued(const JobWatch *watch);

/* Waits for all, explains failures, releases everything. The exit status: 0 when all are done. */
int job_watch_finish(JobWatch *watch);

/* Waits with progress and nothing else: -ETIME after --timeout, -ECONNRESET and the like when the
 * manager went away. The failures are the caller's to free. */
int job_watch_wait(JobWatch *watch);

/* Shows that a job ended, as `progress` has it. */
void job_watch_show(JobWatch *watch, const char *unit, const char *result);
