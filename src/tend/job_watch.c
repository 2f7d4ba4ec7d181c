/* SPDX-License-Identifier: Apache-2.0 */
#include "job_watch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "bus/bus_client.h"
#include "explain.h"

int job_watch_add(JobWatch *watch, const char *unit, const char *job_path) {
        WatchedJob *jobs = reallocarray(watch->jobs, watch->n_jobs + 1, sizeof(*jobs));
        if (!jobs)
                return err_new(-ENOMEM);
        watch->jobs = jobs;
        WatchedJob *job = &jobs[watch->n_jobs];
        *job = (WatchedJob){ .unit = strdup(unit), .path = strdup(job_path) };
        watch->n_jobs++;
        if (!job->unit || !job->path)
                return err_new(-ENOMEM);
        return err_pass(bus_client_await_job(watch->tend->client, job_path));
}

static bool is_success(const char *result) {
        return streq(result, "done") || streq(result, "skipped");
}

static void print_progress(const JobWatch *watch, const BusJobEnd *end) {
        bool colour = (watch->tend->flags & TEND_COLOUR) != 0;
        bool good = is_success(end->result);
        const char *mark = good ? "ok" : "FAILED";

        if (colour)
                printf("  \033[%sm%-6s\033[0m %s%s%s\n",
                       good ? "32" : "31;1",
                       mark,
                       end->unit,
                       good ? "" : ": ",
                       good ? "" : end->result);
        else
                printf("  %-6s %s%s%s\n",
                       mark,
                       end->unit,
                       good ? "" : ": ",
                       good ? "" : end->result);
        (void)fflush(stdout); /* progress is for now, not for later */
}

static void on_job_end(void *userdata, const BusJobEnd *end) {
        JobWatch *watch = userdata;

        watch->n_ended++;
        if (watch->progress)
                print_progress(watch, end);
        if (!end->awaited || is_success(end->result))
                return;
        if (watch->status == 0)
                watch->status = 1;
        if (!(watch->tend->flags & TEND_QUIET))
                explain_job(watch->tend, watch->verb, end->unit, end->result);
}

int job_watch_finish(JobWatch *watch) {
        if (watch->n_jobs > 0) {
                int r = bus_client_wait(
                        watch->tend->client, watch->tend->timeout_usec, on_job_end, watch);
                if (r == -ETIME)
                        tend_complain(
                                watch->tend,
                                "The jobs are not finished in time; they go on. See: tend list-jobs");
                else if (r < 0)
                        tend_complain(
                                watch->tend,
                                "Lost the manager while waiting: %s. It comes back by itself; see: tend status",
                                strerror(-r));
                if (r < 0)
                        watch->status = 1;
        }
        for (unsigned i = 0; i < watch->n_jobs; i++) {
                free(watch->jobs[i].unit);
                free(watch->jobs[i].path);
        }
        free(watch->jobs);
        return watch->status;
}
