/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/pam_session.h"

#include "base/macros.h"

bool pam_session_is_possible(void) {
        return false;
}

int pam_session_open(const PamRequest *request UNUSED,
                     EnvironmentBlock *environment UNUSED,
                     const char **ret_reason UNUSED) {
        return PAM_NO_LIBRARY;
}
