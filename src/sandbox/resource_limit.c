/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/resource_limit.h"

#include <errno.h>
#include <sys/resource.h>

#include "base/error.h"
#include "base/macros.h"

/* clang-format off */
const ResourceLimitRow resource_limit_rows[RESOURCE_LIMIT_COUNT] = {
        { .id = DIRECTIVE_LIMIT_AS,         .resource = RLIMIT_AS },
        { .id = DIRECTIVE_LIMIT_CORE,       .resource = RLIMIT_CORE },
        { .id = DIRECTIVE_LIMIT_CPU,        .resource = RLIMIT_CPU },
        { .id = DIRECTIVE_LIMIT_DATA,       .resource = RLIMIT_DATA },
        { .id = DIRECTIVE_LIMIT_FSIZE,      .resource = RLIMIT_FSIZE },
        { .id = DIRECTIVE_LIMIT_LOCKS,      .resource = RLIMIT_LOCKS },
        { .id = DIRECTIVE_LIMIT_MEMLOCK,    .resource = RLIMIT_MEMLOCK },
        { .id = DIRECTIVE_LIMIT_MSGQUEUE,   .resource = RLIMIT_MSGQUEUE },
        { .id = DIRECTIVE_LIMIT_NICE,       .resource = RLIMIT_NICE },
        { .id = DIRECTIVE_LIMIT_NOFILE,     .resource = RLIMIT_NOFILE },
        { .id = DIRECTIVE_LIMIT_NPROC,      .resource = RLIMIT_NPROC },
        { .id = DIRECTIVE_LIMIT_RSS,        .resource = RLIMIT_RSS },
        { .id = DIRECTIVE_LIMIT_RTPRIO,     .resource = RLIMIT_RTPRIO },
        { .id = DIRECTIVE_LIMIT_RTTIME,     .resource = RLIMIT_RTTIME },
        { .id = DIRECTIVE_LIMIT_SIGPENDING, .resource = RLIMIT_SIGPENDING },
        { .id = DIRECTIVE_LIMIT_STACK,      .resource = RLIMIT_STACK },
};
/* clang-format on */

static rlim_t to_kernel(uint64_t limit) {
        return limit == LIMIT_INFINITY ? RLIM_INFINITY : (rlim_t)limit;
}

int resource_limit_set(int resource, const ResourceLimit *limit) {
        struct rlimit wish = { to_kernel(limit->soft), to_kernel(limit->hard) }, present;

        if (setrlimit(resource, &wish) == 0)
                return RESOURCE_LIMIT_SET;
        if (errno != EPERM)
                return err_new(-errno);
        if (getrlimit(resource, &present) < 0)
                return err_new(-errno);
        if (present.rlim_max == RLIM_INFINITY)
                return err_new(-EPERM); /* refused for another reason than the hard limit */
        wish.rlim_cur = MIN(wish.rlim_cur, present.rlim_max);
        wish.rlim_max = MIN(wish.rlim_max, present.rlim_max);
        return setrlimit(resource, &wish) < 0 ? err_new(-errno) : RESOURCE_LIMIT_LOWERED;
}
