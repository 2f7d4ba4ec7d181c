/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Removing old journal files of a directory: only those that nobody writes any more
 * ("NAME@....journal" and "NAME@....journal~"). */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Which files of a directory are meant, by the part of their names before "@" or ".journal". */
typedef struct JournalSeries {
        const char *stem;  /* only this one; NULL = every one */
        const char *apart; /* but none that begins so; NULL = no exception */
} JournalSeries;

/* Limits; 0 = none. */
typedef struct VacuumLimits {
        JournalSeries series;
        uint64_t max_use;     /* bytes of all files together, those in use included */
        uint64_t keep_free;   /* bytes that shall be free on the file system */
        uint64_t max_files;   /* of those that may be removed */
        uint64_t oldest_usec; /* files whose last change is before this (since 1970) go */
        unsigned n_at_least;  /* remove this many in any case, if there are as many */
} VacuumLimits;

/* Whether a file's name is of the series. */
bool journal_series_has(const JournalSeries *series, Str name);

/* Removes files, oldest first, until the limits hold. How many, or -errno when the directory cannot
 * be read. */
int journal_vacuum(const char *directory, const VacuumLimits *limits);

/* The bytes that journal files take in a directory; 0 when it cannot be read. */
uint64_t journal_disk_usage(const char *directory);
