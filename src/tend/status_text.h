/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What is known about one unit as text for people, or as JSON. No calls, no clock. */

#include "base/strbuf.h"
#include "tend/status_facts.h"

/* How it is shown. */
typedef struct StatusStyle {
        unsigned flags;    /* TendFlags: colour */
        uint64_t now_usec; /* for "5min ago" */
} StatusStyle;

/* Appends the unit as a few labelled lines. */
void status_print(const StatusFacts *facts, const StatusStyle *style, StrBuf *out);

/* Appends the unit as one JSON object. */
void status_print_json(const StatusFacts *facts, StrBuf *out);

/* "12.4M", "3.1G"; for people. */
void status_print_size(uint64_t bytes, StrBuf *out);
