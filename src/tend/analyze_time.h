/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* calendar, timespan and timestamp: what expressions of time mean. Lines and exit statuses are
 * those of systemd-analyze 252. */

#include <stdint.h>

typedef struct AnalyzeTimeOptions {
        uint64_t iterations;     /* --iterations, 1 */
        uint64_t base_time_usec; /* --base-time, USEC_INFINITY = now */
} AnalyzeTimeOptions;

/* Prints what each argument means; 0, or 1 when one of them means nothing. */
int analyze_calendar(const AnalyzeTimeOptions *options, char **arguments);
int analyze_timespan(char **arguments);
int analyze_timestamp(char **arguments);

/* Reads the value of --base-time; 0, or -EINVAL after printing why. */
int analyze_base_time(const char *text, uint64_t *ret_usec);
