/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/privilege_drop.h"

#include <errno.h>
#include <grp.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/macros.h"

static const cap_value_t kept[] = {
        CAP_DAC_OVERRIDE,
        CAP_SYS_PTRACE,
};

/* Those of the list that we have. */
static int fill(cap_t wanted, cap_t present) {
        for (size_t i = 0; i < ARRAY_LENGTH(kept); i++) {
                cap_flag_value_t has = CAP_CLEAR;
                if (cap_get_flag(present, kept[i], CAP_PERMITTED, &has) < 0)
                        return err_new(-errno);
                if (has == CAP_CLEAR)
                        continue;
                if (cap_set_flag(wanted, CAP_PERMITTED, 1, &kept[i], CAP_SET) < 0 ||
                    cap_set_flag(wanted, CAP_EFFECTIVE, 1, &kept[i], CAP_SET) < 0)
                        return err_new(-errno);
        }
        return 0;
}

int privilege_drop(void) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                return err_new(-errno);
        if (geteuid() != 0)
                return 0;
        const struct group *group = getgrnam("systemd-journal");
        gid_t journal = group ? group->gr_gid : 0;
        if (setgroups(group != NULL, &journal) < 0 && errno != EPERM)
                return err_new(-errno); /* in user name spaces it may not be allowed */
        cap_t wanted = cap_init(), present = cap_get_proc();
        int r = wanted && present ? fill(wanted, present) : err_new(-ENOMEM);
        if (r >= 0 && cap_set_proc(wanted) < 0)
                r = err_new(-errno);
        (void)cap_free(wanted); /* fails only on what is none */
        (void)cap_free(present);
        return err_pass(r);
}
