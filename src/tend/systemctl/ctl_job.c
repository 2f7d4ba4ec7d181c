/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/systemctl/ctl_job.h"

#include <string.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "bus/bus_client.h"

/* clang-format off */
static const struct { const char *result, *format; } job_results[] = {
        { "assert", "Assertion failed on job for %s." },
        { "canceled", "Job for %s canceled." },
        { "collected", "Queued job for %s was garbage collected." },
        { "dependency", "A dependency job for %s failed. See 'journalctl -xe' for details." },
        { "invalid", "%s is not active, cannot reload." },
        { "once", "Unit %s was started already once and can't be started again." },
        { "timeout", "Job for %s timed out." },
        { "unsupported", "Operation on or unit type of %s not supported on this system." },
};

static const struct { const char *result, *reason; } service_results[] = {
        { "core-dump", "a fatal signal was delivered causing the control process to dump core" },
        { "exit-code", "the control process exited with error code" },
        { "oom-kill", "of an out-of-memory (OOM) siutation" },
        { "protocol", "the service did not take the steps required by its unit configuration" },
        { "resources", "of unavailable resources or another system error" },
        { "signal", "a fatal signal was delivered to the control process" },
        { "start-limit", "start of the service was attempted too often" },
        { "start-limit-hit", "start of the service was attempted too often" },
        { "timeout", "a timeout was exceeded" },
        { "watchdog", "the service failed to send watchdog ping" },
};
/* clang-format on */

typedef struct JobWaiting {
        Systemctl *ctl;
        char **failures; /* unit, result ...; owned */
} JobWaiting;

static void on_end(void *userdata, const BusJobEnd *end) {
        JobWaiting *waiting = userdata;

        if (!end->awaited || streq(end->result, "done") || streq(end->result, "skipped"))
                return;
        if (strv_add(&waiting->failures, end->unit) >= 0)
                (void)strv_add(&waiting->failures, end->result); /* else it is not explained */
}

static const char *reason_of(const char *result) {
        for (size_t i = 0; result && i < ARRAY_LENGTH(service_results); i++)
                if (streq(service_results[i].result, result))
                        return service_results[i].reason;
        return NULL;
}

static char *service_result(const Systemctl *ctl, const char *unit) {
        AUTO_FREE char *path = bus_client_unit_path(unit);
        char *result = NULL;

        if (path && str_has_suffix(str_of(unit), ".service"))
                (void)bus_client_get_text(ctl->tend->client,
                                          path,
                                          BUS_SERVICE_INTERFACE,
                                          "Result",
                                          NULL,
                                          &result); /* NULL then */
        return result;
}

static void explain_failed(const Systemctl *ctl, const char *unit) {
        AUTO_FREE char *result = service_result(ctl, unit);
        const char *reason = reason_of(result), *user = systemctl_user_option(ctl);

        if (!str_has_suffix(str_of(unit), ".service")) {
                (void)program_fail("Job failed. See \"journalctl%s -xe\" for details.", user);
                return;
        }
        if (reason)
                (void)program_fail("Job for %s failed because %s.", unit, reason);
        else
                (void)program_fail("Job for %s failed.", unit);
        (void)program_fail(
                "See \"systemctl%s status %s\" and \"journalctl%s -xeu %s\" for details.",
                user,
                unit,
                user,
                unit);
        if (result && streq(result, "start-limit-hit"))
                (void)program_fail("To force a start use \"systemctl%s reset-failed %s\"\n"
                                   "followed by \"systemctl%s start %s\" again.",
                                   user,
                                   unit,
                                   user,
                                   unit);
}

static void explain(const Systemctl *ctl, const char *unit, const char *result) {
        for (size_t i = 0; i < ARRAY_LENGTH(job_results); i++) {
                if (!streq(job_results[i].result, result))
                        continue;
                AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
                Str format = str_of(job_results[i].format);
                ssize_t place = str_find_char(format, '%');
                strbuf_addf(&text, "%.*s%s", (int)place, format.data, unit);
                strbuf_add(&text, format.data + place + 2);
                (void)program_fail("%s", strbuf_text(&text));
                return;
        }
        explain_failed(ctl, unit);
}

int ctl_jobs_wait(Systemctl *ctl, CtlJobs *jobs) {
        JobWaiting waiting = { .ctl = ctl };
        int r = 0;

        STRV_FOREACH(path, jobs->paths) {
                if (r >= 0)
                        r = bus_client_await_job(ctl->tend->client, *path);
        }
        if (r >= 0)
                r = bus_client_wait(ctl->tend->client, USEC_INFINITY, on_end, &waiting);
        if (r < 0)
                (void)program_fail("Failed to wait for response: %s", strerror(-r));
        char **failure = waiting.failures;
        for (; failure && failure[0] && failure[1]; failure += 2)
                if (!(ctl->flags & SYSTEMCTL_QUIET))
                        explain(ctl, failure[0], failure[1]);
        int status = r < 0 || waiting.failures ? 1 : 0;
        strv_free(waiting.failures);
        return status;
}

void ctl_jobs_done(CtlJobs *jobs) {
        jobs->paths = strv_free(jobs->paths);
}

char **ctl_unit_list(const Systemctl *ctl, const char *unit, const char *property) {
        AUTO_FREE char *path = bus_client_unit_path(unit);
        char **list = NULL;

        if (!path || sd_bus_get_property_strv(bus_client_bus(ctl->tend->client),
                                              "org.freedesktop.systemd1",
                                              path,
                                              BUS_UNIT_INTERFACE,
                                              property,
                                              NULL,
                                              &list) < 0)
                return NULL;
        return list;
}
