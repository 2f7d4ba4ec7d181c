/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the executor tells the manager about one start: one datagram a line,
 * "STEP\tLEVEL\tDIRECTIVE\tmessage", on the report socket. The receiver knows the process by the
 * kernel's credentials. Nobody answers. */

#include "base/macros.h"

#define EXEC_REPORT_LINE_MAX 1024 /* bytes; longer messages are cut */

typedef enum ReportLevel {
        REPORT_FAILED,      /* the process ends with the step's exit code */
        REPORT_REFUSED,     /* the kernel said no; the service runs without it */
        REPORT_WEAKENED,    /* less than asked for was done */
        REPORT_UNSUPPORTED, /* not acted upon in this version */
        REPORT_NOTE,        /* worth knowing */
        REPORT_LEVEL_COUNT
} ReportLevel;

/* "failed", "refused", "weakened", "unsupported", "note". */
const char *report_level_name(ReportLevel level);

typedef struct ExecReport {
        int fd; /* not owned; -1 = nobody listens */
} ExecReport;

/* Sends one line. `directive` is the setting's name without '=', "" when none is to blame. Tabs and
 * line breaks in the message become spaces. Blocks while the socket is full, so that no line is
 * lost; a receiver that is gone is no error. */
void exec_report_send(const ExecReport *report,
                      const char *step,
                      ReportLevel level,
                      const char *directive,
                      const char *message);
