/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The lines of a unit that are in the journal: its output, and the manager's messages about it,
 * marked "tendd[pid]: " as in the file of a unit without a journal. */

#include "base/auto.h"
#include "tend/tend.h"

typedef struct JournalLog {
        char *unit;           /* owned */
        char **directories;   /* owned; where journal files are */
        uint64_t last_seqnum; /* entries up to this one were read */
} JournalLog;

/* Finds the places. -ENOMEM. */
int journal_log_init(JournalLog *log, Tend *tend, const char *unit);

/* Lines of a unit, oldest first, each with its moment (microseconds since 1970). */
typedef struct JournalLogLines {
        char **lines;    /* owned */
        uint64_t *times; /* owned, one for each line */
} JournalLogLines;

/* The last `n_lines` lines of those that were not read yet. */
int journal_log_read(JournalLog *log, unsigned n_lines, JournalLogLines *ret);

/* Puts lines without a moment in front. -ENOMEM. */
int journal_log_lines_prepend(JournalLogLines *lines, char *const *older);

/* Releases them. */
void journal_log_lines_done(JournalLogLines *lines);
DEFINE_AUTO_DONE(JournalLogLines, journal_log_lines_done);

/* Releases it. */
void journal_log_done(JournalLog *log);
DEFINE_AUTO_DONE(JournalLog, journal_log_done);

/* Adds the directories of the manager's journal that can be read. -ENOMEM. */
int journal_log_places(Tend *tend, char ***list);

/* Asks the recorder to take what was sent by now; waits for its answer, but not for ever. */
void journal_log_drain(Tend *tend);
