/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Jobs that systemctl waits for, and what it says of those that went wrong. */

#include "tend/systemctl/systemctl.h"

typedef struct CtlJobs {
        const char *mode; /* "replace" */
        char **paths;     /* object paths, owned */
} CtlJobs;

/* Waits until all have ended; explains the failed ones. The exit status. */
int ctl_jobs_wait(Systemctl *ctl, CtlJobs *jobs);

/* Releases the paths. */
void ctl_jobs_done(CtlJobs *jobs);
DEFINE_AUTO_DONE(CtlJobs, ctl_jobs_done);

/* Says that files of the unit changed since they were loaded, if so. */
void ctl_warn_if_changed(const Systemctl *ctl, const char *unit);

/* The same for a unit whose files have changed. */
void ctl_print_changed(const Systemctl *ctl, const char *unit);

/* A property of a unit that is a list of strings; NULL when it cannot be had. */
char **ctl_unit_list(const Systemctl *ctl, const char *unit, const char *property);
