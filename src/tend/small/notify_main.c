/* SPDX-License-Identifier: Apache-2.0 */

/* systemd-notify: tells the manager how the service is getting on. */

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tend/program.h"
#include "tend/small/small.h"

#define BARRIER_USEC (5 * USEC_PER_SEC)

typedef enum NotifyFlags {
        NOTIFY_READY = 1 << 0,
        NOTIFY_BOOTED = 1 << 1,
        NOTIFY_NO_BLOCK = 1 << 2,
} NotifyFlags;

typedef struct Notify {
        unsigned flags; /* NotifyFlags */
        const char *status;
        pid_t pid; /* 0 = not named */
        bool has_user;
        uid_t uid;
        gid_t gid;
} Notify;

static void print_help(void) {
        (void)puts("systemd-notify [OPTIONS...] [VARIABLE=VALUE...]\n\n"
                   "Tells the manager how a service is getting on.\n\n"
                   "  --ready --status=TEXT --pid[=PID] --uid=USER --booted --no-block\n"
                   "  --help --version");
}

static ProgramOutcome
apply_help(void *userdata UNUSED, const ProgramOption *option UNUSED, const char *value UNUSED) {
        print_help();
        return PROGRAM_DONE;
}

static ProgramOutcome
apply_pid(void *userdata, const ProgramOption *option UNUSED, const char *value) {
        Notify *notify = userdata;

        if (!value || streq(value, "auto")) {
                pid_t parent = getppid();
                notify->pid = parent > 1 ? parent : getpid();
        } else if (streq(value, "parent")) {
                notify->pid = getppid();
        } else if (streq(value, "self")) {
                notify->pid = getpid();
        } else if (parse_pid(str_of(value), &notify->pid) < 0) {
                return program_fail("Failed to parse PID %s.", value);
        }
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_uid(void *userdata, const ProgramOption *option UNUSED, const char *value) {
        Notify *notify = userdata;
        const struct passwd *entry = getpwnam(value);

        if (!entry && parse_uid(str_of(value), &notify->uid) >= 0)
                entry = getpwuid(notify->uid);
        if (!entry)
                return program_fail("Can't resolve user %s: %s", value, strerror(EINVAL));
        notify->uid = entry->pw_uid;
        notify->gid = entry->pw_gid;
        notify->has_user = true;
        return PROGRAM_GO_ON;
}

/* clang-format off */
static const ProgramOption options[] = {
        { "booted", 0, .apply = program_set_flag, .place = offsetof(Notify, flags), .flag = NOTIFY_BOOTED },
        { "help", 'h', .apply = apply_help },
        { "no-block", 0, .apply = program_set_flag, .place = offsetof(Notify, flags), .flag = NOTIFY_NO_BLOCK },
        { "pid", 0, .argument = PROGRAM_OPTIONAL_ARGUMENT, .apply = apply_pid },
        { "ready", 0, .apply = program_set_flag, .place = offsetof(Notify, flags), .flag = NOTIFY_READY },
        { "status", 0, .argument = PROGRAM_ARGUMENT, .apply = program_set_text, .place = offsetof(Notify, status) },
        { "uid", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_uid },
        { "version", 0, .apply = program_version },
};
/* clang-format on */

static const Program program = { .options = options, .n_options = ARRAY_LENGTH(options) };

static void compose(const Notify *notify, char **variables, StrBuf *out) {
        if (notify->flags & NOTIFY_READY)
                strbuf_add(out, "READY=1\n");
        if (notify->status)
                strbuf_addf(out, "STATUS=%s\n", notify->status);
        if (notify->pid > 0)
                strbuf_addf(out, "MAINPID=%d\n", (int)notify->pid);
        STRV_FOREACH(variable, variables)
        strbuf_addf(out, "%s\n", *variable);
        if (out->length > 0)
                strbuf_truncate(out, out->length - 1);
}

/* The message comes from another user. */
static int change_user(const Notify *notify) {
        if (!notify->has_user ||
            (setregid(notify->gid, notify->gid) >= 0 && setreuid(notify->uid, notify->uid) >= 0))
                return 0;
        (void)program_fail("Failed to change UID: %s", strerror(errno));
        return 1;
}

static int send_message(const Notify *notify, const char *text) {
        pid_t parent = getppid();
        pid_t source = notify->pid > 0 ? notify->pid : parent > 1 ? parent : 0;

        if (change_user(notify) != 0)
                return 1;
        int r = sd_pid_notify(source, 0, text);
        if (r == -E2BIG)
                return program_fail("Failed to notify init system: %s", strerror(E2BIG)), 1;
        if (r < 0)
                return program_fail("Failed to notify init system: %s", strerror(-r)), 1;
        if (r == 0)
                return program_fail("No status data could be sent: $NOTIFY_SOCKET was not set"), 1;
        if (notify->flags & NOTIFY_NO_BLOCK)
                return 0;
        r = sd_notify_barrier(0, BARRIER_USEC);
        if (r < 0)
                return program_fail("Failed to invoke barrier: %s", strerror(-r)), 1;
        return 0;
}

int notify_main(Tend *tend UNUSED, int argc UNUSED, char **argv) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        Notify notify = { 0 };
        char **variables;

        switch (program_read_options(&program, argv, &notify, &variables)) {
        case PROGRAM_GO_ON:
                break;
        case PROGRAM_DONE:
                return 0;
        case PROGRAM_FAILED:
                return 1;
        }
        compose(&notify, variables, &text);
        if (notify.flags & NOTIFY_BOOTED)
                return access("/run/systemd/system/", F_OK) < 0;
        if (text.length == 0) {
                print_help();
                return 1;
        }
        return send_message(&notify, strbuf_text(&text));
}
