/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Exit codes with names: those of the C library and LSB, those of systemd's executor (200 to 245)
 * and those of BSD (systemd.exec(5), "Process Exit Codes"). */

#include "base/str.h"

typedef enum ExitStatusClass {
        EXIT_STATUS_LIBC = 1 << 0,
        EXIT_STATUS_SYSTEMD = 1 << 1,
        EXIT_STATUS_LSB = 1 << 2,
        EXIT_STATUS_BSD = 1 << 3,
        EXIT_STATUS_ANY = 15,
} ExitStatusClass;

/* "NAMESPACE" for 226 when it belongs to one of the classes, else NULL. */
const char *exit_status_name(int code, unsigned classes);

/* "libc", "systemd", "LSB", "BSD"; NULL for a code without a name. */
const char *exit_status_class_name(int code);

/* A name or a number 0 to 255; -EINVAL, -ERANGE. */
int exit_status_parse(Str text, int *ret_code);
