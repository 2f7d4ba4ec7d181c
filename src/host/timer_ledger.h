/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What became of each run of a timer, one line a run in one file a timer: kept over restarts of the
 * manager and of the machine, and bounded. The manager writes, `tend timer` reads. */

#include "base/str.h"
#include "base/strbuf.h"
#include "engine/timer_unit.h"
#include "host/runtime_paths.h"

#define TIMER_LEDGER_RUNS 256 /* that are kept at least; twice as many are never exceeded */

/* A run as it was written down. */
typedef struct TimerEntry {
        TimerRun run;
        uint64_t finished_usec;
        char result[32];
} TimerEntry;

/* The file of a timer, in fresh memory; NULL when there is no place for it. */
char *timer_ledger_path(const RuntimePaths *paths, const char *timer);

/* Adds a run, unless it is the last one already: an earlier manager may have been killed when it
 * had written it down and not yet that it had. -errno. */
int timer_ledger_add(const char *path, const TimerEntry *entry);

/* Reads all runs, the oldest first, into fresh memory; a missing file has none. -errno. */
int timer_ledger_read(const char *path, TimerEntry **ret_entries, unsigned *ret_n);

/* Appends the line of a run, with its end. */
void timer_ledger_print(const TimerEntry *entry, StrBuf *out);

/* One line without its end; -EBADMSG when it is none of ours. */
int timer_ledger_parse(Str line, TimerEntry *ret);
