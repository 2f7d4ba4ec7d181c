/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The full check of a journal file: every object, hash, list and counter. */

#include "base/diag.h"
#include "journal/journal_read.h"

/* Checks a file. What is wrong goes to `diag` with its offset, up to its limit. 0 when all is
 * well, -EBADMSG otherwise, -ENOMEM. A file that is being written may look wrong. */
int journal_verify(JournalReader *reader, Diag *diag);
