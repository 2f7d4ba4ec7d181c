/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Removing old journal files of a directory: only those that nobody writes any more
 * ("NAME@....journal" and "NAME@....journal~"). */

#include <stdint.h>

/* Limits; 0 = none. */
typedef struct VacuumLimits {
        uint64_t max_use;     /* bytes of all files together, those in use included */
        uint64_t keep_free;   /* bytes that shall be free on the file system */
        uint64_t max_files;   /* of those that may be removed */
        uint64_t oldest_usec; /* files whose last change is before this (since 1970) go */
        unsigned n_at_least;  /* remove this many in any case, if there are as many */
} VacuumLimits;

/* Removes files, oldest first, until the limits hold. How many, or -errno when the directory cannot
 * be read. */
int journal_vacuum(const char *directory, const VacuumLimits *limits);

/* The bytes that journal files take in a directory; 0 when it cannot be read. */
uint64_t journal_disk_usage(const char *directory);
