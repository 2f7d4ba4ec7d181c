/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A journal file in memory, and what tests ask about one. */

#include "journal/journal_append.h"
#include "journal/journal_scan.h"

#define MEMORY_LIMIT (UINT64_C(16) * 1024 * 1024)

/* An empty file, or one with these bytes. */
JournalMap *memory_map_new(const uint8_t *bytes, uint64_t size);

/* Adds an entry with "MESSAGE=message <number>" and some values that return; asserts success. */
void memory_append(JournalFile *file, unsigned number);

/* Asserts that every list agrees with the entries; returns how many entries there are. */
unsigned memory_check(const uint8_t *bytes, uint64_t size);

/* Writes the bytes to a file and asks `journalctl --verify`; its exit status, -1 when there is no
 * journalctl. */
int memory_verify(const uint8_t *bytes, uint64_t size);
