/* SPDX-License-Identifier: Apache-2.0 */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/systemctl/ctl_list.h"
#include "tend/systemctl/systemctl.h"

/* --- jobs
 * -------------------------------------------------------------------------------------------------
 */

#define JOB_TYPE "(usssoo)"

typedef struct JobRow {
        uint32_t id;
        const char *unit, *type, *state, *path, *unit_path;
} JobRow;

static const TextColumn job_columns[] = {
        { .heading = "JOB" },
        { .heading = "UNIT" },
        { .heading = "TYPE" },
        { .heading = "STATE" },
        { 0 },
};

static int read_job(sd_bus_message *reply, JobRow *ret) {
        return err_pass(sd_bus_message_read(reply,
                                            JOB_TYPE,
                                            &ret->id,
                                            &ret->unit,
                                            &ret->type,
                                            &ret->state,
                                            &ret->path,
                                            &ret->unit_path));
}

/* --after, --before: the jobs that a job waits for, and that wait for it. */
static int add_related(const Systemctl *ctl,
                       uint32_t id,
                       const char *member,
                       const char *words,
                       TextTable *table) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        JobRow job;

        int r = bus_client_call(ctl->tend->client, member, &error, &reply, "u", id);
        if (r < 0)
                (void)systemctl_refused(r, &error, "Failed to get waiting jobs for job %u", id);
        else
                r = sd_bus_message_enter_container(reply, 'a', JOB_TYPE);
        while (r >= 0 && (r = read_job(reply, &job)) > 0) {
                text_table_add(table, "\u2514\u2500", STYLE_PLAIN);
                text_table_addf(
                        table, STYLE_PLAIN, "%s %u (%s/%s)", words, job.id, job.unit, job.type);
                text_table_add(table, NULL, STYLE_PLAIN);
                text_table_add(table, NULL, STYLE_PLAIN);
        }
        sd_bus_message_unref(reply);
        return err_pass(r);
}

static int add_job(const Systemctl *ctl, const JobRow *job, TextTable *table) {
        bool running = streq(job->state, "running");
        Style style = running ? STYLE_STRONG : STYLE_FAINT;
        int r = 0;

        text_table_add_number(table, job->id, STYLE_PLAIN);
        text_table_add(table, job->unit, style);
        text_table_add(table, job->type, STYLE_PLAIN);
        text_table_add(table, job->state, style);
        if (ctl->flags & SYSTEMCTL_JOBS_AFTER)
                r = add_related(ctl, job->id, "GetJobAfter", "\twaiting for job", table);
        if (r >= 0 && ctl->flags & SYSTEMCTL_JOBS_BEFORE)
                r = add_related(ctl, job->id, "GetJobBefore", "\tblocking job", table);
        return err_pass(r);
}

static bool is_chosen(char *const *names, const char *unit) {
        return !names || !names[0] || strv_contains(names, unit);
}

int ctl_list_jobs(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        AUTO(text_table_done) TextTable table = { 0 };
        AUTO(strbuf_done) StrBuf footer = STRBUF_INIT;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        unsigned n_jobs = 0, n_all = 0;
        JobRow job;

        text_table_init(&table, job_columns);
        if (systemctl_connect(ctl) < 0)
                return 1;
        int r = bus_client_call(ctl->tend->client, "ListJobs", &error, &reply, NULL);
        if (r < 0)
                return systemctl_refused(r, &error, "Failed to list jobs");
        r = sd_bus_message_enter_container(reply, 'a', JOB_TYPE);
        while (r >= 0 && (r = read_job(reply, &job)) > 0) {
                n_all++;
                if (!is_chosen(arguments, job.unit))
                        continue;
                n_jobs++;
                r = add_job(ctl, &job, &table);
        }
        sd_bus_message_unref(reply);
        if (r < 0)
                return 1;
        if (n_jobs == 0) {
                if (!ctl->json && !(ctl->flags & SYSTEMCTL_NO_LEGEND))
                        (void)puts(n_all == 0 ? "No jobs running."
                                              : "No jobs listed."); /* checked at the end */
                return 0;
        }
        strbuf_addf(&footer, "\n%u jobs listed.\n", n_jobs);
        Systemctl plain = *ctl;
        plain.json = 0; /* there is no other way to show jobs */
        return systemctl_print_table(&plain, &table, strbuf_text(&footer));
}

/* --- machines
 * --------------------------------------------------------------------------------------------- */

static const TextColumn machine_columns[] = {
        { .heading = " ", .key = "", .hidden = true },
        { .heading = "NAME" },
        { .heading = "STATE" },
        { .heading = "FAILED" },
        { .heading = "JOBS" },
        { 0 },
};

static uint64_t manager_number(const Systemctl *ctl, const char *property) {
        uint64_t number = 0;
        (void)bus_client_get_number(ctl->tend->client,
                                    BUS_MANAGER_PATH,
                                    BUS_MANAGER_INTERFACE,
                                    property,
                                    NULL,
                                    &number); /* 0 then */
        return number;
}

static bool is_asked_for(char *const *patterns, const char *host) {
        bool found = !patterns[0];

        STRV_FOREACH(pattern, patterns)
        found |= fnmatch(*pattern, host, FNM_NOESCAPE) == 0;
        return found;
}

static void add_host(const Systemctl *ctl, const char *host, TextTable *table) {
        AUTO_FREE char *state = NULL;

        if (bus_client_get_text(ctl->tend->client,
                                BUS_MANAGER_PATH,
                                BUS_MANAGER_INTERFACE,
                                "SystemState",
                                NULL,
                                &state) < 0)
                state = strdup("unknown");
        bool good = state && streq(state, "running");
        Style style = good ? STYLE_PLAIN : STYLE_BAD;
        text_table_add(table, good ? " " : "\u25cf", style);
        text_table_addf(table, STYLE_PLAIN, "%s (host)", host);
        text_table_add(table, state, style);
        text_table_add_number(table, manager_number(ctl, "NFailedUnits"), style);
        text_table_add_number(table, manager_number(ctl, "NJobs"), STYLE_PLAIN);
}

int ctl_list_machines(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        AUTO(text_table_done) TextTable table = { 0 };
        char host[256] = "";

        text_table_init(&table, machine_columns);
        if (systemctl_connect(ctl) < 0)
                return 1;
        (void)gethostname(host, sizeof(host) - 1); /* else no name */
        bool shown = is_asked_for(arguments, host);
        if (shown)
                add_host(ctl, host, &table);
        table.columns[0].hidden = ctl->json || (ctl->flags & SYSTEMCTL_PLAIN);
        return systemctl_print_table(
                ctl, &table, shown ? "\n1 machines listed.\n" : "\n0 machines listed.\n");
}
