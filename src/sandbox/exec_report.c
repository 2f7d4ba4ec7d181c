/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_report.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/enum_name.h"

static const char *const report_level_names[] = {
        [REPORT_FAILED] = "failed",     [REPORT_REFUSED] = "refused",
        [REPORT_WEAKENED] = "weakened", [REPORT_UNSUPPORTED] = "unsupported",
        [REPORT_NOTE] = "note",
};
static_assert(ARRAY_LENGTH(report_level_names) == REPORT_LEVEL_COUNT, "every level has a name");

const char *report_level_name(ReportLevel level) {
        return enum_print(report_level_names, REPORT_LEVEL_COUNT, (int)level);
}

void exec_report_send(const ExecReport *report,
                      const char *step,
                      ReportLevel level,
                      const char *directive,
                      const char *message) {
        char line[EXEC_REPORT_LINE_MAX];
        size_t length, message_at;
        ssize_t sent;
        int n;

        if (report->fd < 0)
                return;
        n = snprintf(line, sizeof(line), "%s\t%s\t%s\t", step, report_level_name(level), directive);
        if (n < 0 || (size_t)n >= sizeof(line))
                return; /* step and directive names are ours and short */
        message_at = (size_t)n;
        length = strnlen(message, sizeof(line) - message_at);
        memcpy(line + message_at, message, length);
        for (size_t i = message_at; i < message_at + length; i++)
                if (line[i] == '\t' || line[i] == '\n' || line[i] == '\r')
                        line[i] = ' ';
        do
                sent = send(report->fd, line, message_at + length, MSG_NOSIGNAL);
        while (sent < 0 && errno == EINTR); /* a manager that has died reads nothing */
}
