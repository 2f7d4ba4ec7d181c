/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Hash tables of a journal file: DATA and FIELD objects by what they contain. Each bucket is a
 * chain in order of offset. */

#include "base/str.h"
#include "journal/journal_file.h"

#define HASH_CHAIN_DEPTH_MAX 100 /* a chain this long means that the file should be replaced */

/* The hash of a payload in this file. */
uint64_t hash_chain_hash(const JournalFile *file, Str payload);

/* Has the processor fetch the bucket where DATA of this hash is looked up, and then what the bucket
 * names: for who has something else to do in between. Nothing is changed. */
void hash_chain_prefetch_bucket(const JournalFile *file, uint64_t hash);
void hash_chain_prefetch_data(const JournalFile *file, uint64_t hash);

/* Looks a payload up. 1 with its offset, 0 when it is not there, -EBADMSG when the chain is
 * damaged. */
int hash_chain_find_data(JournalFile *file, Str payload, uint64_t hash, uint64_t *ret_offset);

/* The same for the name of a field. */
int hash_chain_find_field(JournalFile *file, Str name, uint64_t hash, uint64_t *ret_offset);

/* Puts an object at the end of its chain; its hash is set, its next offset is 0. -EBADMSG when the
 * chain is damaged. */
int hash_chain_link_data(JournalFile *file, uint64_t offset);

/* The same for a FIELD object. */
int hash_chain_link_field(JournalFile *file, uint64_t offset);
