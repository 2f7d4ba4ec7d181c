/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The entries of one file from the first to the last, and their values. No searching; nothing of
 * the file is believed. */

#include "base/str.h"
#include "base/strbuf.h"
#include "journal/journal_object.h"

typedef struct JournalScan {
        JournalBytes bytes;
        uint64_t array_offset; /* where the next entry is looked up */
        uint64_t index;        /* place in that array */
        uint64_t n_left;       /* entries that the header counts and that were not met yet */
        StrBuf unpacked;       /* the last compressed value */
} JournalScan;

/* Begins at the first entry; the bytes must stay where they are. As journal_bytes_init. */
int journal_scan_init(JournalScan *scan, const uint8_t *base, uint64_t size);

/* The next entry, or NULL at the end or where the list is damaged. */
const JournalEntry *journal_scan_next(JournalScan *scan);

/* Value number `i` of an entry as "FIELD=value"; false at the end. An unreadable one is empty. The
 * text is good until the next call. */
bool journal_scan_value(JournalScan *scan, const JournalEntry *entry, uint64_t i, Str *ret);

/* Releases what it holds. */
void journal_scan_done(JournalScan *scan);
DEFINE_AUTO_DONE(JournalScan, journal_scan_done);
