/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Values and moments as people read them in a log. */

#include <stdbool.h>
#include <stdint.h>

#include "base/random_id.h"
#include "base/str.h"
#include "base/strbuf.h"

/* Whether a terminal can show it as it is: UTF-8 without control characters other than tab, and
 * line ends if `newlines`. */
bool journal_text_is_printable(Str text, bool newlines);

/* How a moment is written. */
typedef enum JournalClock {
        JOURNAL_CLOCK_SYSLOG,       /* Nov 21 06:19:48 */
        JOURNAL_CLOCK_PRECISE,      /* Nov 21 06:19:48.727315 */
        JOURNAL_CLOCK_ISO,          /* 2026-11-21T06:19:48+0000 */
        JOURNAL_CLOCK_ISO_PRECISE,  /* 2026-11-21T06:19:48.727315+0000 */
        JOURNAL_CLOCK_FULL,         /* Sat 2026-11-21 06:19:48 UTC */
        JOURNAL_CLOCK_FULL_PRECISE, /* Sat 2026-11-21 06:19:48.727315 UTC */
        JOURNAL_CLOCK_COUNT
} JournalClock;

/* Writes moments, remembering the last second. */
typedef struct JournalTime {
        JournalClock clock;
        bool utc;
        uint64_t second; /* of `front` and `back` */
        bool is_valid;
        char front[48], back[16]; /* before and behind the microseconds */
} JournalTime;

/* Appends a moment (microseconds since 1970). */
void journal_time_print(JournalTime *time, StrBuf *out, uint64_t usec);

/* Appends a number. */
void journal_number_print(StrBuf *out, uint64_t number);

/* Appends a size as "123B", "4.5K". */
void journal_size_print(StrBuf *out, uint64_t bytes);

/* The number that a value of only digits is; false otherwise. */
bool journal_number_parse(Str text, uint64_t *ret);
