/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <unistd.h>

#include "sandbox/pam_session.h"

/* PAMName=: without User= it says nothing (systemd.exec(5)). */

static const char *service_of(const ExecContext *context) {
        bool has_user = context->identity.user.name && context->identity.uid != UID_KEEP;

        return has_user ? unit_spec_text(context->spec, DIRECTIVE_PAM_NAME) : NULL;
}

int step_find_session(ExecContext *context) {
        return service_of(context) && geteuid() == 0 && !pam_session_is_possible()
                       ? STEP_NEEDS_NAME_SERVICE
                       : STEP_DONE;
}

int step_open_session(ExecContext *context) {
        const char *service = service_of(context), *reason = NULL;

        if (!service)
                return STEP_DONE;
        if (geteuid() != 0)
                return exec_context_shortfall(
                        context, REPORT_REFUSED, DIRECTIVE_PAM_NAME, "only root opens sessions");
        const PamRequest request = {
                .service = service,
                .user = context->identity.user.name,
                .terminal = unit_spec_text(context->spec, DIRECTIVE_TTY_PATH),
                .uid = context->identity.uid,
                .gid = context->identity.gid,
        };
        int r = pam_session_open(&request, &context->environment, &reason);
        if (r == PAM_NO_LIBRARY)
                return exec_context_shortfall(context,
                                              REPORT_REFUSED,
                                              DIRECTIVE_PAM_NAME,
                                              "there is no libpam.so.0 here");
        if (r >= 0)
                return STEP_DONE;
        return exec_context_problem(context, DIRECTIVE_PAM_NAME, r, reason ? reason : service);
}
