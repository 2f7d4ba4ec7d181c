/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Small attributes of this process: signals, OOM score, core dump filter, personality, timer slack,
 * secure bits, control groups. Each does one kernel call or writes one file and returns -errno. */

#include <stdbool.h>
#include <stdint.h>

/* All signals to their default action at execve(2) (SIGPIPE ignored when asked for) and none
 * blocked. `none_ignored` says that no signal is ignored now, which saves dozens of calls. */
int process_reset_signals(bool ignore_sigpipe, bool none_ignored);

/* -1000 to 1000 (proc(5), oom_score_adj). */
int process_set_oom_score(int score);
/* A mask of kinds of mappings (core(5)). */
int process_set_coredump_filter(uint64_t filter);

/* Moves this process, which has one thread, into a control group. */
int process_join_group(const char *directory);

/* Sets PER_*; keeps flags that were set before. */
int process_set_personality(unsigned long personality_type);

/* How imprecise timers of this process may be (prctl(2), PR_SET_TIMERSLACK). */
int process_set_timer_slack(uint64_t nsec);
/* No program executed from here on gains privilege (prctl(2), PR_SET_NO_NEW_PRIVS). */
int process_set_no_new_privileges(void);

/* Sets the secure bits unless they are so already. */
int process_set_secure_bits(unsigned bits);

/* Keeps permitted capabilities over the next change of user. */
int process_keep_capabilities(void);
