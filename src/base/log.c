/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/enum_name.h"
#include "base/error.h"

#define LINE_SIZE 4096 /* longer lines are cut, so that logging needs no memory */

static const char *const level_names[] = {
        [LOG_EMERG] = "emerg", [LOG_ALERT] = "alert",     [LOG_CRIT] = "crit",
        [LOG_ERR] = "err",     [LOG_WARNING] = "warning", [LOG_NOTICE] = "notice",
        [LOG_INFO] = "info",   [LOG_DEBUG] = "debug",
};

/* How much of `room` an snprintf(3) that returned `n` has filled. */
static size_t filled(int n, size_t room) {
        return n < 0 ? 0 : MIN((size_t)n, room - 1);
}

static size_t
format_prefix(const Log *log, int level, const char *unit, char line[static LINE_SIZE]) {
        size_t used = 0;
        if (log->kmsg_prefix)
                used += filled(snprintf(line, LINE_SIZE, "<%d>", level), LINE_SIZE);
        if (log->ident)
                used += filled(snprintf(line + used, LINE_SIZE - used, "%s: ", log->ident),
                               LINE_SIZE - used);
        if (unit)
                used += filled(snprintf(line + used, LINE_SIZE - used, "%s: ", unit),
                               LINE_SIZE - used);
        return used;
}

void log_line_va(const Log *log, int level, const char *unit, const char *format, va_list args) {
        char line[LINE_SIZE];
        if (log->fd < 0 || level > log->max_level)
                return;
        int saved_errno = errno;
        size_t used = format_prefix(log, level, unit, line);
        used += filled(vsnprintf(line + used, LINE_SIZE - used, format, args), LINE_SIZE - used);
        line[used++] = '\n'; /* where the NUL stood */
        ssize_t n;
        do
                n = write(log->fd, line, used);
        while (n < 0 && errno == EINTR);
        errno = saved_errno; /* there is nobody to tell that a log line was lost */
}

void log_line(const Log *log, int level, const char *unit, const char *format, ...) {
        va_list args;
        va_start(args, format);
        log_line_va(log, level, unit, format, args);
        va_end(args);
}

int log_level_parse(const char *text) {
        if (text[0] >= '0' && text[0] <= '7' && text[1] == '\0')
                return text[0] - '0';
        return enum_parse(level_names, ARRAY_LENGTH(level_names), str_of(text));
}

const char *log_level_name(int level) {
        return enum_print(level_names, ARRAY_LENGTH(level_names), level);
}
