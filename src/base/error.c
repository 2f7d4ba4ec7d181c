/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

int error_trace(int r, const char *what, const char *file, int line) {
        const char *name = strerrorname_np(-r);
        (void)dprintf(2, "%s:%d: %s %s\n", file, line, what, name ? name : "?"); /* only a trace */
        return r;
}
