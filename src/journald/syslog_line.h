/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One message of syslog(3): "<30>Nov 21 05:30:00 name[17]: text". */

#include <stdbool.h>

#include "base/str.h"

typedef struct SyslogLine {
        int priority; /* with facility; user.info when there is none */
        Str stamp;    /* with the space behind it, empty when there is none */
        Str identifier, pid;
        Str text;
        bool is_changed; /* the parts do not tell what the message was byte by byte */
} SyslogLine;

/* Takes a message apart; every text is one. White space around it and what follows a NUL are
 * dropped. */
void syslog_line_parse(Str message, SyslogLine *ret);
