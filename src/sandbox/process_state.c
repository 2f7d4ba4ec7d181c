/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/process_state.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/signal_action.h"

#define PERSONALITY_FLAGS 0xffffff00UL /* personality(2): the low byte is the domain */
#define PERSONALITY_QUERY 0xffffffffUL

int process_reset_signals(bool ignore_sigpipe, bool none_ignored) {
        const uint64_t none = 0;
        int r = 0;

        for (int number = 1; number < _NSIG && r == 0 && !none_ignored; number++)
                if (number != SIGKILL && number != SIGSTOP)
                        r = signal_action_set(number, false);
        if (r == 0 && ignore_sigpipe)
                r = signal_action_set(SIGPIPE, true);
        if (r < 0)
                return err_pass(r);
        if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none)) < 0)
                return err_new(-errno);
        return 0;
}

int process_set_oom_score(int score) {
        char text[16];

        (void)snprintf(text, sizeof(text), "%d", score);
        return err_pass(file_write_once("/proc/self/oom_score_adj", text));
}

int process_set_coredump_filter(uint64_t filter) {
        char text[32];

        /* The kernel refuses what has more bits than it could ever use ("all"). */
        (void)snprintf(text, sizeof(text), "0x%" PRIx32, (uint32_t)filter);
        return err_pass(file_write_once("/proc/self/coredump_filter", text));
}

static int join(const char *directory, const char *file) {
        char path[PATH_MAX];
        int n = snprintf(path, sizeof(path), "%s/%s", directory, file);

        if (n < 0 || (size_t)n >= sizeof(path))
                return err_new(-ENAMETOOLONG);
        return err_pass(file_write_once(path, "0"));
}

int process_join_group(const char *directory) {
        /* Version 1: the calling thread is all of this process, and for one thread the kernel waits
         * for nobody. */
        int r = join(directory, "tasks");
        return err_pass(r == -ENOENT ? join(directory, "cgroup.procs") : r);
}

int process_set_personality(unsigned long personality_type) {
        int present = personality(PERSONALITY_QUERY);

        if (present < 0)
                return err_new(-errno);
        personality_type |= (unsigned long)present & PERSONALITY_FLAGS;
        return personality(personality_type) < 0 ? err_new(-errno) : 0;
}

int process_set_timer_slack(uint64_t nsec) {
        if (nsec > ULONG_MAX)
                return err_new(-ERANGE);
        return prctl(PR_SET_TIMERSLACK, (unsigned long)nsec) < 0 ? err_new(-errno) : 0;
}

int process_set_no_new_privileges(void) {
        return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? err_new(-errno) : 0;
}

int process_set_secure_bits(unsigned bits) {
        int present = prctl(PR_GET_SECUREBITS);

        if (present < 0)
                return err_new(-errno);
        bits |= (unsigned)present & SECBIT_KEEP_CAPS; /* ours until exec, which clears it */
        if ((unsigned)present == bits)
                return 0;
        return prctl(PR_SET_SECUREBITS, (unsigned long)bits) < 0 ? err_new(-errno) : 0;
}

int process_keep_capabilities(void) {
        return prctl(PR_SET_KEEPCAPS, 1) < 0 ? err_new(-errno) : 0;
}
