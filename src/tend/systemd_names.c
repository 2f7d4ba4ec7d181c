/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/systemd_names.h"

#include <stddef.h>

#include "base/str.h"

/* clang-format off */
static const char *const names[SYSTEMD_PROGRAM_COUNT] = {
        [SYSTEMD_JOURNALCTL]      = "journalctl",
        [SYSTEMD_SYSTEMCTL]       = "systemctl",
        [SYSTEMD_SYSTEMD_ANALYZE] = "systemd-analyze",
        [SYSTEMD_SYSTEMD_CAT]     = "systemd-cat",
        [SYSTEMD_SYSTEMD_CGLS]    = "systemd-cgls",
        [SYSTEMD_SYSTEMD_CGTOP]   = "systemd-cgtop",
        [SYSTEMD_SYSTEMD_ESCAPE]  = "systemd-escape",
        [SYSTEMD_SYSTEMD_NOTIFY]  = "systemd-notify",
        [SYSTEMD_SYSTEMD_RUN]     = "systemd-run",
};
/* clang-format on */

bool systemd_name_find(const char *program, SystemdProgram *ret) {
        for (unsigned i = 0; i < SYSTEMD_PROGRAM_COUNT; i++)
                if (streq(names[i], program)) {
                        if (ret)
                                *ret = (SystemdProgram)i;
                        return true;
                }
        return false;
}

bool systemd_name_is_known(const char *program) {
        return systemd_name_find(program, NULL);
}

const char *systemd_name_at(unsigned index) {
        return index < SYSTEMD_PROGRAM_COUNT ? names[index] : NULL;
}
