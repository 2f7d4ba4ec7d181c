/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One message of syslog(3): "<30>Nov 21 05:30:00 name[17]: text". */

#include "base/str.h"

typedef struct SyslogLine {
        int priority; /* with facility; user.info when there is none */
        Str stamp;    /* with the space behind it, empty when there is none */
        Str identifier, pid;
        Str text;
} SyslogLine;

/* Takes a message apart; every text is one. White space at the end is dropped. */
void syslog_line_parse(Str message, SyslogLine *ret);
