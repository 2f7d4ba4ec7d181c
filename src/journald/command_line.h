/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The command line of a process as journald writes it (_CMDLINE=): words with blanks between, in
 * double quotes where a shell would need them, control characters and bytes that are no UTF-8
 * escaped as in C. */

#include "base/strbuf.h"

/* Appends the words, each of which ends in NUL in /proc/PID/cmdline; NULs behind the last one do
 * not count. */
void command_line_print(Str words, StrBuf *out);
