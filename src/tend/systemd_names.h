/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The names of systemd's programs that tend answers to as those of version 252 do. */

#include <stdbool.h>

typedef enum SystemdProgram {
        SYSTEMD_JOURNALCTL,
        SYSTEMD_SYSTEMCTL,
        SYSTEMD_SYSTEMD_ANALYZE,
        SYSTEMD_SYSTEMD_CAT,
        SYSTEMD_SYSTEMD_CGLS,
        SYSTEMD_SYSTEMD_CGTOP,
        SYSTEMD_SYSTEMD_ESCAPE,
        SYSTEMD_SYSTEMD_NOTIFY,
        SYSTEMD_SYSTEMD_RUN,
        SYSTEMD_PROGRAM_COUNT,
} SystemdProgram;

/* Which program has this name; false when none has. `ret` may be NULL. */
bool systemd_name_find(const char *program, SystemdProgram *ret);

/* Whether this is the name of a program of systemd's. */
bool systemd_name_is_known(const char *program);

/* The names, by number; NULL after the last. */
const char *systemd_name_at(unsigned index);
