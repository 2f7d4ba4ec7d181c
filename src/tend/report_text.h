/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the executor said about settings, for people: its lines are "STEP\tLEVEL\tSETTING\tmessage".
 */

#include "base/json.h"
#include "base/str.h"

typedef struct ReportLine {
        Str step, level, setting, message;
} ReportLine;

/* Takes a line apart; a line of another form is all message. */
ReportLine report_parse(const char *line);

/* "PrivateTmp=, ProtectHome=: not supported yet: ..." for all lines that say the same, in order of
 * appearance. */
int report_group(char *const *lines, char ***ret_texts);

/* One JSON object per line, inside an array. */
void report_print_json(char *const *lines, JsonWriter *writer);
