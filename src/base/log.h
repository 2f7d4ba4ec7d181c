/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Log lines of programs (folders below the programs return errors instead). One Log object per
 * process, made in main.c. Lines go to stderr as "<N>text" when `kmsg_prefix` is set (a journal
 * reads it), else as plain text. Levels are those of syslog(3). */

#include <stdarg.h>
#include <stdbool.h>

#include "base/macros.h"

typedef struct Log {
        int fd;            /* where lines go, not owned; -1 silences */
        int max_level;     /* lines above this level are dropped (LOG_INFO is usual) */
        bool kmsg_prefix;  /* write "<3>" style prefixes */
        const char *ident; /* program name put in front, or NULL */
} Log;

/* Writes one line with one write(2). `unit` may be NULL; else "unit: " stands in front. */
void log_line(const Log *log, int level, const char *unit, const char *format, ...)
        PRINTF_LIKE(4, 5);

/* The same with a va_list. */
void log_line_va(const Log *log, int level, const char *unit, const char *format, va_list args)
        PRINTF_LIKE(4, 0);

/* "emerg" ... "debug" or "0" ... "7" to the level; -EINVAL otherwise. */
int log_level_parse(const char *text);

/* The name of a level, "info" for 6. */
const char *log_level_name(int level);
