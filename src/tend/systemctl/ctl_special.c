/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/systemctl/ctl_job.h"
#include "tend/systemctl/ctl_verbs.h"
#include "unit/unit_name.h"

typedef struct SpecialVerb {
        const char *name, *target;
        const char *member; /* the manager's method with --force; NULL */
        const char *mode;
        bool blocks;     /* waits for the job */
        const char *now; /* what --force twice says; NULL = it says nothing */
} SpecialVerb;

/* clang-format off */
static const SpecialVerb special_verbs[] = {
        { "default", "default.target", NULL, "isolate", true, NULL },
        { "emergency", "emergency.target", NULL, "isolate", true, NULL },
        { "exit", "exit.target", "Exit", "replace-irreversibly", false, NULL },
        { "halt", "halt.target", "Halt", "replace-irreversibly", false, "Halting." },
        { "hibernate", "hibernate.target", NULL, "replace-irreversibly", false, NULL },
        { "hybrid-sleep", "hybrid-sleep.target", NULL, "replace-irreversibly", false, NULL },
        { "kexec", "kexec.target", "KExec", "replace-irreversibly", false, NULL },
        { "poweroff", "poweroff.target", "PowerOff", "replace-irreversibly", false, "Powering off." },
        { "reboot", "reboot.target", "Reboot", "replace-irreversibly", false, "Rebooting." },
        { "rescue", "rescue.target", NULL, "isolate", true, NULL },
        { "suspend", "suspend.target", NULL, "replace-irreversibly", false, NULL },
        { "suspend-then-hibernate", "suspend-then-hibernate.target", NULL, "replace-irreversibly", false, NULL },
};
/* clang-format on */

/* What cannot be had for this request; the exit status, 0 = nothing of it was asked for. */
static int check_request(const Systemctl *ctl, const SpecialVerb *verb) {
        static const char kexec[] = "/sbin/kexec";

        if (ctl->boot_option)
                return program_fail("--%s is done by systemd-logind and the firmware; tend leaves "
                                    "both alone.",
                                    ctl->boot_option),
                       1;
        if (streq(verb->name, "kexec") && access(kexec, X_OK) < 0)
                return program_fail("%s is not available: %s", kexec, strerror(errno)), 1;
        return 0;
}

static int run_special(Systemctl *ctl, const SpecialVerb *verb) {
        AUTO(ctl_jobs_done) CtlJobs jobs = { .mode = verb->mode };
        sd_bus_error error = SD_BUS_ERROR_NULL;
        AUTO_FREE char *path = NULL;

        if (check_request(ctl, verb) != 0)
                return 1;
        if (ctl->flags & SYSTEMCTL_FORCE_TWICE && verb->now)
                (void)program_fail("%s", verb->now);
        if (ctl->flags & SYSTEMCTL_DRY_RUN)
                return 0;
        if (systemctl_connect(ctl) < 0)
                return 1;
        if (ctl->flags & SYSTEMCTL_FORCE && verb->member) {
                int r = bus_client_call(ctl->tend->client, verb->member, &error, NULL, NULL);
                return r < 0 ? systemctl_refused(r, &error, "Failed to execute operation") : 0;
        }
        int r = bus_client_unit_job(
                ctl->tend->client, "StartUnit", verb->target, verb->mode, &error, &path);
        if (r < 0) {
                (void)systemctl_refused(r, &error, "Failed to start %s", verb->target);
                (void)program_fail("See %s logs and 'systemctl%s status %s' for details.",
                                   ctl->tend->scope == UNIT_SCOPE_USER ? "user" : "system",
                                   systemctl_user_option(ctl),
                                   verb->target);
                return 1;
        }
        sd_bus_error_free(&error);
        if (strv_take(&jobs.paths, STEAL(path)) < 0)
                return 1;
        if (!verb->blocks || ctl->flags & SYSTEMCTL_NO_BLOCK)
                return 0;
        return ctl_jobs_wait(ctl, &jobs);
}

int ctl_special(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;

        if (arguments[0] && streq(ctl->verb, "reboot"))
                (void)program_fail("Positional argument to reboot command is deprecated, please "
                                   "use --reboot-argument= instead. Accepting anyway.");

        for (size_t i = 0; i < ARRAY_LENGTH(special_verbs); i++)
                if (streq(special_verbs[i].name, ctl->verb))
                        return run_special(ctl, &special_verbs[i]);
        return 1;
}

int ctl_exit(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        uint32_t code;

        if (arguments[0]) {
                if (parse_u32(str_of(arguments[0]), &code) < 0 || code > 255)
                        return program_fail("Invalid exit code."), 1;
                if (systemctl_connect(ctl) < 0)
                        return 1;
                int r = bus_client_call(
                        ctl->tend->client, "SetExitCode", &error, NULL, "y", (int)code);
                if (r < 0)
                        return systemctl_refused(r, &error, "Failed to set exit code");
        }
        return ctl_special(ctl, arguments);
}

int ctl_switch_root(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        sd_bus_error error = SD_BUS_ERROR_NULL;

        if (systemctl_connect(ctl) < 0)
                return 1;
        int r = bus_client_call(ctl->tend->client,
                                "SwitchRoot",
                                &error,
                                NULL,
                                "ss",
                                arguments[0],
                                arguments[1] ? arguments[1] : "");
        return r < 0 ? systemctl_refused(r, &error, "Failed to switch root") : 0;
}
