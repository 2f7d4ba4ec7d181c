/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/log_output.h"

#include <stdio.h>

#include "base/macros.h"
#include "base/str.h"

static const char *const names[] = {
        "short",         "short-full",      "short-iso",   "short-iso-precise",
        "short-precise", "short-monotonic", "short-delta", "short-unix",
        "verbose",       "export",          "json",        "json-pretty",
        "json-sse",      "json-seq",        "cat",         "with-unit",
};

bool log_output_is_known(const char *name) {
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                if (streq(names[i], name))
                        return true;
        return false;
}

void log_output_help(void) {
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                (void)puts(names[i]); /* as all output: checked when it is closed */
}
