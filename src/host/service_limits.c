/* SPDX-License-Identifier: Apache-2.0 */
#include "host/service_limits.h"

#include <sys/resource.h>
#include <sys/select.h>

#include "base/macros.h"

#define FILES_HARD 524288
#define LOCKED_MEMORY (8 * 1024 * 1024)

/* Also when only one of the two may be changed. */
static void set(__rlimit_resource_t resource, rlim_t soft, rlim_t hard, rlim_t present_hard) {
        const struct rlimit wish = { soft, hard };
        const struct rlimit reachable = { MIN(soft, present_hard), present_hard };
        if (setrlimit(resource, &wish) < 0)
                (void)setrlimit(resource, &reachable); /* lowering cannot fail */
}

void service_limits_set(void) {
        struct rlimit present;
        /* Programs that use select(2) break with more, and many close all that they could have. */
        if (getrlimit(RLIMIT_NOFILE, &present) == 0)
                set(RLIMIT_NOFILE,
                    MIN(present.rlim_cur, (rlim_t)FD_SETSIZE),
                    MAX(present.rlim_max, (rlim_t)FILES_HARD),
                    present.rlim_max);
        if (getrlimit(RLIMIT_MEMLOCK, &present) == 0)
                set(RLIMIT_MEMLOCK,
                    MAX(present.rlim_cur, (rlim_t)LOCKED_MEMORY),
                    MAX(present.rlim_max, (rlim_t)LOCKED_MEMORY),
                    present.rlim_max);
}
