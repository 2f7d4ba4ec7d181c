/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The boots of the machine that a set of files tells of, oldest first. */

#include "journal/journal_merge.h"

typedef struct JournalBoot {
        Id128 id;
        uint64_t first_usec, last_usec; /* since 1970 */
} JournalBoot;

typedef struct JournalBoots {
        JournalBoot *boots; /* owned */
        size_t n_boots;
} JournalBoots;

/* Finds them. -ENOMEM. */
int journal_boots_find(const JournalSet *set, JournalBoots *ret);

/* Releases the list. */
void journal_boots_done(JournalBoots *boots);
DEFINE_AUTO_DONE(JournalBoots, journal_boots_done);
