/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/privilege_drop.h"

#include <errno.h>
#include <grp.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/macros.h"
#include "journald/call_filter.h"

#define GROUPS_MAX 2

/* For large receive buffers, the kernel's messages, files and sockets of former recorders. */
static const cap_value_t for_the_start[] = {
        CAP_DAC_OVERRIDE,
        CAP_NET_ADMIN,
        CAP_SYS_PTRACE,
        CAP_SYSLOG,
};

static const cap_value_t as_root[] = {
        CAP_DAC_OVERRIDE,
        CAP_SYS_PTRACE,
};

static const cap_value_t as_other[] = {
        CAP_SYS_PTRACE,
};

/* Those of the list that we have. */
static int fill(cap_t wanted, cap_t present, const cap_value_t *list, size_t n) {
        for (size_t i = 0; i < n; i++) {
                cap_flag_value_t has = CAP_CLEAR;
                if (cap_get_flag(present, list[i], CAP_PERMITTED, &has) < 0)
                        return err_new(-errno);
                if (has == CAP_CLEAR)
                        continue;
                if (cap_set_flag(wanted, CAP_PERMITTED, 1, &list[i], CAP_SET) < 0 ||
                    cap_set_flag(wanted, CAP_EFFECTIVE, 1, &list[i], CAP_SET) < 0)
                        return err_new(-errno);
        }
        return 0;
}

static int keep_only(const cap_value_t *list, size_t n) {
        cap_t wanted = cap_init(), present = cap_get_proc();
        int r = wanted && present ? fill(wanted, present, list, n) : err_new(-ENOMEM);

        if (r >= 0 && cap_set_proc(wanted) < 0)
                r = err_new(-errno);
        (void)cap_free(wanted); /* fails only on what is none */
        (void)cap_free(present);
        return err_pass(r);
}

static int join_groups(const RecorderUser *user) {
        gid_t groups[GROUPS_MAX];
        size_t n = 0;

        if (user->journal_group != (gid_t)-1)
                groups[n++] = user->journal_group;
        if (user->tty_group != (gid_t)-1 && user->is_other)
                groups[n++] = user->tty_group;
        if (setgroups(n, groups) < 0 && errno != EPERM)
                return err_new(-errno); /* in user name spaces it may not be allowed */
        return 0;
}

int privilege_become(const RecorderUser *user) {
        if (user->starter != 0)
                return 0;
        int r = join_groups(user);
        if (r < 0 || !user->is_other)
                return err_pass(r);
        if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ||
            setresgid(user->gid, user->gid, user->gid) < 0 ||
            setresuid(user->uid, user->uid, user->uid) < 0)
                return err_new(-errno);
        return err_pass(keep_only(for_the_start, ARRAY_LENGTH(for_the_start)));
}

int privilege_drop(const RecorderUser *user) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                return err_new(-errno);
        if (user->starter != 0)
                return 0;
        int r = user->is_other ? keep_only(as_other, ARRAY_LENGTH(as_other))
                               : keep_only(as_root, ARRAY_LENGTH(as_root));
        return r < 0 ? err_pass(r) : err_pass(call_filter_load());
}
