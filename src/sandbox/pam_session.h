/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A session of Linux-PAM around a service (PAMName=). Two files implement it: pam_session.c loads
 * the library, as only the dynamic executor can; pam_session_missing.c stands in the static one. */

#include <stdbool.h>
#include <sys/types.h>

#include "sandbox/environment_block.h"

typedef struct PamRequest {
        const char *service; /* the file in /etc/pam.d */
        const char *user;
        const char *terminal; /* NULL = none */
        uid_t uid;            /* of the process that keeps the session; (uid_t)-1 = ours */
        gid_t gid;            /* likewise */
} PamRequest;

typedef enum PamOutcome {
        PAM_OPENED = 0,
        PAM_NO_LIBRARY = 1, /* there is no Linux-PAM here */
} PamOutcome;

/* Whether this executor could do it at all. */
bool pam_session_is_possible(void);

/* Opens a session for this process and leaves a child of it behind that closes the session when
 * this process has ended. `environment` is told to the modules, and gets what they set. PamOutcome;
 * -EACCES when a module says no, with its reason in `ret_reason` (static), or -errno. */
int pam_session_open(const PamRequest *request,
                     EnvironmentBlock *environment,
                     const char **ret_reason);
