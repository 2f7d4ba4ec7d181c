/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"

static const char *const signal_names[] = {
        [SIGHUP] = "HUP",   [SIGINT] = "INT",       [SIGQUIT] = "QUIT", [SIGILL] = "ILL",
        [SIGTRAP] = "TRAP", [SIGABRT] = "ABRT",     [SIGBUS] = "BUS",   [SIGFPE] = "FPE",
        [SIGKILL] = "KILL", [SIGUSR1] = "USR1",     [SIGSEGV] = "SEGV", [SIGUSR2] = "USR2",
        [SIGPIPE] = "PIPE", [SIGALRM] = "ALRM",     [SIGTERM] = "TERM", [SIGSTKFLT] = "STKFLT",
        [SIGCHLD] = "CHLD", [SIGCONT] = "CONT",     [SIGSTOP] = "STOP", [SIGTSTP] = "TSTP",
        [SIGTTIN] = "TTIN", [SIGTTOU] = "TTOU",     [SIGURG] = "URG",   [SIGXCPU] = "XCPU",
        [SIGXFSZ] = "XFSZ", [SIGVTALRM] = "VTALRM", [SIGPROF] = "PROF", [SIGWINCH] = "WINCH",
        [SIGIO] = "IO",     [SIGPWR] = "PWR",       [SIGSYS] = "SYS",
};

/* "", "+3" behind RTMIN and "", "-3" behind RTMAX. */
static int parse_realtime_offset(Str text, const char *sign, int *ret_offset) {
        uint64_t offset = 0;
        if (text.length > 0) {
                if (!str_skip_prefix(&text, sign) || str_has_prefix(text, "+"))
                        return err_new(-EINVAL);
                int r = parse_u64(text, 10, &offset);
                if (r < 0)
                        return err_pass(r);
        }
        if (offset > (uint64_t)(SIGRTMAX - SIGRTMIN))
                return err_new(-ERANGE);
        *ret_offset = (int)offset;
        return 0;
}

static int parse_signal_name(Str text, int *ret_signal) {
        int offset, r;
        if (str_skip_prefix(&text, "RTMIN")) {
                r = parse_realtime_offset(text, "+", &offset);
                if (r >= 0)
                        *ret_signal = SIGRTMIN + offset;
                return err_pass(r);
        }
        if (str_skip_prefix(&text, "RTMAX")) {
                r = parse_realtime_offset(text, "-", &offset);
                if (r >= 0)
                        *ret_signal = SIGRTMAX - offset;
                return err_pass(r);
        }
        for (int i = 1; i < (int)ARRAY_LENGTH(signal_names); i++)
                if (signal_names[i] && str_equal_c(text, signal_names[i])) {
                        *ret_signal = i;
                        return 0;
                }
        return err_new(-EINVAL);
}

int parse_signal(Str text, int *ret_signal) {
        uint64_t number;
        int r = parse_u64(text, 0, &number);
        if (r == -EINVAL) {
                (void)str_skip_prefix(&text, "SIG"); /* both forms are names */
                return parse_signal_name(text, ret_signal);
        }
        if (r < 0 || number == 0 || number > (uint64_t)SIGRTMAX)
                return err_new(-ERANGE);
        *ret_signal = (int)number;
        return 0;
}

void print_signal(StrBuf *out, int signal_number) {
        if (signal_number > 0 && signal_number < (int)ARRAY_LENGTH(signal_names))
                strbuf_addf(out, "SIG%s", signal_names[signal_number]);
        else if (signal_number >= SIGRTMIN && signal_number <= SIGRTMAX)
                strbuf_addf(out, "SIGRTMIN+%d", signal_number - SIGRTMIN);
        else
                strbuf_addf(out, "%d", signal_number);
}
