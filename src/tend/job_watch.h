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
        char **requested; /* paths of the jobs that were asked for; owned */
        char **left_out; /* units that were pulled in and are of a kind that is not supported; owned
                          */
        bool has_line;   /* the terminal shows a line that will be written over */
        char **failures; /* unit, result, unit, result ...; owned */
        int status;      /* exit status so far */
} JobWatch;

/* One more job to wait for. */
int job_watch_add(JobWatch *watch, const char *job_path);

/* All jobs that are queued now are waited for. */
int job_watch_add_queued(const JobWatch *watch);

/* Waits for all and explains failures. The exit status: 0 when all are done. */
int job_watch_finish(JobWatch *watch);

/* Waits with progress and nothing else: -ETIME after --timeout, -ECONNRESET and the like when the
 * manager went away. */
int job_watch_wait(JobWatch *watch);

/* Releases what the watch owns. */
void job_watch_done(JobWatch *watch);
DEFINE_AUTO_DONE(JobWatch, job_watch_done);

/* Shows that a job ended, as `progress` has it. */
void job_watch_show(JobWatch *watch, const char *unit, const char *result);
