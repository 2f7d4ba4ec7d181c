/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What became of each run of a timer: a line when it begins and another when it is over, in one
 * file a timer, kept over restarts of the manager and of the machine, and bounded. The manager
 * writes, `tend timer` reads. */

#include "base/str.h"
#include "base/strbuf.h"
#include "engine/timer_unit.h"
#include "host/runtime_paths.h"

#define TIMER_LEDGER_RUNS 256       /* that are kept */
#define TIMER_LEDGER_TRANSIENT 512  /* files of transient timers that are kept, the newest */
#define TIMER_LEDGER_OPEN "running" /* the result of a run that is not over */
#define TIMER_LEDGER_LOST "lost"    /* of one whose end no manager saw */

/* A run as it was written down. */
typedef struct TimerEntry {
        TimerRun run;           /* without its monotonic clock */
        uint64_t finished_usec; /* 0 = not over, or lost */
        uint64_t took_usec;     /* by the monotonic clock: the other may have been set meanwhile */
        char result[32];
} TimerEntry;

/* The file of a timer, in fresh memory; NULL when there is no place for it. That of a transient
 * timer lies where the next boot forgets it, as the timer itself. */
char *timer_ledger_path(const RuntimePaths *paths, const char *timer, bool is_transient);

/* Adds the beginning or the end of a run, unless it is the last line already: an earlier manager
 * may have been killed when it had written it down and not yet that it had. A line that the disk
 * has no place for is not begun. -errno. */
int timer_ledger_add(const char *path, const TimerEntry *entry);

/* Removes the oldest files of transient timers when there are more than TIMER_LEDGER_TRANSIENT. For
 * when one was made. */
void timer_ledger_prune(const char *path);

/* Whether the last run has begun and has no end; fills it then. */
bool timer_ledger_find_open(const char *path, TimerEntry *ret);

/* Reads the newest runs, the oldest of them first, into fresh memory; a missing file has none. Of
 * a run that is over there is only the end; one that has none, though others followed it, is lost.
 * What is damaged is passed over. -errno. */
int timer_ledger_read(const char *path, TimerEntry **ret_entries, unsigned *ret_n);

/* Appends the line of a run, with its end. */
void timer_ledger_print(const TimerEntry *entry, StrBuf *out);

/* One line without its end; -EBADMSG when it is none of ours. */
int timer_ledger_parse(Str line, TimerEntry *ret);
