/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/job_watch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/explain.h"
#include "unit/unit_builtin.h"
#include "unit/unit_name.h"

#define TERMINAL_STEP_USEC (200 * USEC_PER_MSEC) /* how often the line of what runs is renewed */
#define PIPE_STEP_USEC (10 * USEC_PER_SEC)
#define NAMES_SHOWN 3

int job_watch_add(JobWatch *watch, const char *job_path) {
        int r = strv_add(&watch->requested, job_path);
        return err_pass(r < 0 ? r : bus_client_await_job(watch->tend->client, job_path));
}

/* Calls `add` for each job in the manager's queue. */
static int
each_job(const Tend *tend,
         int (*add)(void *userdata, const char *unit, const char *state, const char *path),
         void *userdata) {
        sd_bus_message *reply = NULL;
        const char *unit, *type, *state, *path, *unit_path;
        uint32_t id;

        int r = bus_client_call(tend->client, "ListJobs", NULL, &reply, NULL);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(usssoo)");
        while (r >= 0 &&
               (r = sd_bus_message_read(
                        reply, "(usssoo)", &id, &unit, &type, &state, &path, &unit_path)) > 0)
                r = add(userdata, unit, state, path);
        sd_bus_message_unref(reply);
        return err_pass(r);
}

static int
await_one(void *userdata, const char *unit UNUSED, const char *state UNUSED, const char *path) {
        const Tend *tend = userdata;
        return err_pass(bus_client_await_job(tend->client, path));
}

int job_watch_add_queued(const JobWatch *watch) {
        return err_pass(each_job(watch->tend, await_one, watch->tend));
}

static bool is_success(const char *result) {
        return streq(result, "done") || streq(result, "skipped");
}

static void clear_line(JobWatch *watch) {
        if (watch->has_line)
                (void)fputs("\r\033[K", stdout); /* as all output: checked when it is closed */
        watch->has_line = false;
}

/* Units that only group others are no news, nor are those that tend itself stands for. */
static bool is_news(const Tend *tend, const char *unit, const char *result) {
        const char *reason;
        UnitType type;

        if (!is_success(result) || unit_name_type(unit, &type) < 0)
                return true;
        return type != UNIT_TARGET && type != UNIT_SLICE &&
               unit_builtin_find(unit, tend->scope, &reason) == BUILTIN_NONE;
}

void job_watch_show(JobWatch *watch, const char *unit, const char *result) {
        bool colour = (watch->tend->flags & TEND_COLOUR) != 0;
        bool good = is_success(result);
        const char *mark = good ? "ok" : streq(result, "canceled") ? "-" : "FAILED";

        if (!is_news(watch->tend, unit, result))
                return;
        clear_line(watch);
        printf("  %s%-6s%s %s%s%s\n",
               !colour ? ""
               : good  ? "\033[32m"
                       : "\033[31;1m",
               mark,
               colour ? "\033[0m" : "",
               unit,
               good ? "" : ": ",
               good ? "" : result);
        (void)fflush(stdout); /* progress is for now, not for later */
}

static void on_job_end(void *userdata, const BusJobEnd *end) {
        JobWatch *watch = userdata;

        if (streq(end->result, "unsupported") && !strv_contains(watch->requested, end->path)) {
                (void)strv_add(&watch->left_out, end->unit); /* one more or less is no matter */
                return;
        }
        if (watch->progress)
                job_watch_show(watch, end->unit, end->result);
        if (is_success(end->result) || (!end->awaited && !watch->counts_all))
                return;
        watch->status = 1;
        if (strv_add(&watch->failures, end->unit) >= 0)
                (void)strv_add(&watch->failures, end->result); /* a missing one is not explained */
}

/* --- what runs now
 * ------------------------------------------------------------------------------------------- */

typedef struct RunningJobs {
        StrBuf names;
        unsigned n_jobs, n_names;
} RunningJobs;

static int
note_running(void *userdata, const char *unit, const char *state, const char *path UNUSED) {
        RunningJobs *running = userdata;

        running->n_jobs++;
        if (!streq(state, "running") || running->n_names >= NAMES_SHOWN)
                return 0;
        strbuf_addf(&running->names, "%s%s", running->n_names > 0 ? ", " : "", unit);
        running->n_names++;
        return 0;
}

static void show_running(JobWatch *watch) {
        RunningJobs running = { .names = STRBUF_INIT };

        if (each_job(watch->tend, note_running, &running) >= 0 && running.n_names > 0) {
                const char *plural = running.n_jobs == 1 ? "" : "s";
                if (watch->tend->flags & TEND_TERMINAL) {
                        clear_line(watch);
                        printf("  %u job%s left, waiting for %s",
                               running.n_jobs,
                               plural,
                               strbuf_text(&running.names));
                        watch->has_line = true;
                } else if (watch->progress) {
                        printf("  waiting for %s\n", strbuf_text(&running.names));
                }
                (void)fflush(stdout); /* as above */
        }
        strbuf_done(&running.names);
}

static int wait_for_jobs(JobWatch *watch) {
        const Tend *tend = watch->tend;
        bool quiet = (tend->flags & (TEND_QUIET | TEND_JSON)) != 0;
        uint64_t end_usec = usec_add(clock_monotonic_usec(), tend->timeout_usec);
        uint64_t step_usec = quiet                         ? USEC_INFINITY
                             : tend->flags & TEND_TERMINAL ? TERMINAL_STEP_USEC
                                                           : PIPE_STEP_USEC;

        for (;;) {
                uint64_t left_usec = usec_sub(end_usec, clock_monotonic_usec());
                int r = bus_client_wait(tend->client, MIN(step_usec, left_usec), on_job_end, watch);
                if (r != -ETIME || left_usec <= step_usec)
                        return err_pass(r);
                show_running(watch);
        }
}

/* --- the end
 * ------------------------------------------------------------------------------------------------
 */

static void explain_failures(const JobWatch *watch) {
        for (char **failure = watch->failures; failure && failure[0] && failure[1]; failure += 2)
                explain_job(watch->tend, watch->verb, failure[0], failure[1]);
}

static void print_left_out(const JobWatch *watch) {
        AUTO_FREE char *names = watch->left_out ? strv_join(watch->left_out, ", ") : NULL;
        if (names)
                printf("  left out, as these kinds of units are not supported yet: %s\n", names);
}

int job_watch_wait(JobWatch *watch) {
        int r = wait_for_jobs(watch);
        clear_line(watch);
        return err_pass(r);
}

int job_watch_finish(JobWatch *watch) {
        int r = job_watch_wait(watch);

        if (r == -ETIME)
                tend_complain(watch->tend,
                              "The jobs did not end in time; they go on. See: tend list-jobs");
        else if (r < 0)
                tend_complain(watch->tend,
                              "Lost the manager while waiting: %s. See: tend status",
                              strerror(-r));
        if (r < 0)
                watch->status = 1;
        (void)fflush(stdout); /* what is explained comes after the progress */
        if (!(watch->tend->flags & TEND_QUIET))
                explain_failures(watch);
        if (watch->progress)
                print_left_out(watch);
        return watch->status;
}

void job_watch_done(JobWatch *watch) {
        watch->requested = strv_free(watch->requested);
        watch->left_out = strv_free(watch->left_out);
        watch->failures = strv_free(watch->failures);
}
