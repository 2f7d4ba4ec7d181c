/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A file whose writer died: everything up to the last entry that is whole is kept, everything that
 * refers to objects (chains, lists, counters) is made anew. */

#include "journal/journal_file.h"
#include "journal/journal_object.h"

/* Repairs in place. The header's ids and hash tables' places were checked. -EBADMSG when the file
 * cannot be made whole; it may have been changed then. */
int journal_repair(JournalFile *file, const JournalBytes *bytes);
