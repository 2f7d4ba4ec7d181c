/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <unistd.h>

#include "base/login_record.h"

/* UtmpIdentifier=, UtmpMode= (systemd.exec(5)): the manager closes what is opened here. */
int step_login_record(ExecContext *context) {
        const UnitSpec *spec = context->spec;
        const char *id = unit_spec_text(spec, DIRECTIVE_UTMP_IDENTIFIER);

        if (!id || *id == '\0')
                return STEP_DONE;
        const LoginStart start = {
                .id = id,
                .line = unit_spec_text(spec, DIRECTIVE_TTY_PATH),
                .user = context->identity.user.name,
                .pid = getpid(),
                .session = getsid(0),
                .mode = (LoginMode)unit_spec_number(spec, DIRECTIVE_UTMP_MODE),
        };
        int r = login_record_begin(&start);
        if (r >= 0)
                return STEP_DONE;
        return exec_context_shortfall(context,
                                      REPORT_REFUSED,
                                      DIRECTIVE_UTMP_IDENTIFIER,
                                      "%s",
                                      r == -ENOENT ? "there is no /run/utmp"
                                                   : strerrordesc_np(-r) ?: "Unknown error");
}
