/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Jobs that a command waits for: progress while they run, one line of explanation for each that
 * failed. */

#include "tend.h"

typedef struct WatchedJob {
        char *unit, *path; /* owned */
} WatchedJob;

typedef struct JobWatch {
        Tend *tend;
        const char *verb; /* "start", for messages */
        WatchedJob *jobs; /* owned */
        unsigned n_jobs;
        unsigned n_ended; /* of all jobs that ended while waiting, also those pulled in */
        bool progress;    /* print a line for each job that ends */
        int status;       /* exit status so far */
} JobWatch;

/* One more job to wait for. */
int job_watch_add(JobWatch *watch, const char *unit, const char *job_path);

/* Waits for all, explains failures, releases everything. The exit status: 0 when all are done. */
int job_watch_finish(JobWatch *watch);
