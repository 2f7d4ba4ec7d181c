/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "tend/program.h"
#include "tend/run/run.h"

extern char **environ;

static int fail(const char *what) {
        (void)program_fail("%s: %s", what, strerror(errno));
        return 1;
}

static int become_group(const char *name) {
        uid_t number;
        const struct group *group = getgrnam(name);
        gid_t gid;

        if (group)
                gid = group->gr_gid;
        else if (parse_uid(str_of(name), &number) >= 0)
                gid = number;
        else
                return program_fail("Failed to resolve group %s: No such process", name), 1;
        return setresgid(gid, gid, gid) < 0 ? fail("Failed to change GID") : 0;
}

static int become_user(const Run *run) {
        const struct passwd *entry = getpwnam(run->user);
        uid_t uid;

        if (!entry && parse_uid(str_of(run->user), &uid) >= 0)
                entry = getpwuid(uid);
        if (!entry)
                return program_fail("Failed to resolve user %s: No such process", run->user), 1;
        if (!run->group && setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) < 0)
                return fail("Failed to change GID");
        if (initgroups(entry->pw_name, entry->pw_gid) < 0)
                return fail("Failed to change supplementary groups");
        if (setenv("HOME", entry->pw_dir, 1) < 0 || setenv("USER", entry->pw_name, 1) < 0 ||
            setenv("LOGNAME", entry->pw_name, 1) < 0 || setenv("SHELL", entry->pw_shell, 1) < 0)
                return fail("Failed to set the environment");
        return setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) < 0
                       ? fail("Failed to change UID")
                       : 0;
}

int run_as_scope(const Run *run) {
        if (run->has_nice && setpriority(PRIO_PROCESS, 0, run->nice) < 0)
                return fail("Failed to set nice level");
        if (run->group && become_group(run->group) != 0)
                return 1;
        if (run->user && become_user(run) != 0)
                return 1;
        if (run->directory && chdir(run->directory) < 0)
                return fail("Failed to change to directory");
        STRV_FOREACH(assignment, run->environment) {
                if (putenv(*assignment) != 0)
                        return fail("Failed to set the environment");
        }
        (void)execve(run->command[0], run->command, environ);
        return fail("Failed to execute");
}
