/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void answer_error(int error, char answer[static ANSWER_SIZE]) {
        answer_text(answer, "%s", error == 0 ? "0" : strerrorname_np(error) ?: "?");
}

void answer_text(char answer[static ANSWER_SIZE], const char *format, ...) {
        va_list arguments;

        va_start(arguments, format);
        (void)vsnprintf(answer, ANSWER_SIZE, format, arguments);
        va_end(arguments);
}
