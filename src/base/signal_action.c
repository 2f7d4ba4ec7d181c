/* SPDX-License-Identifier: Apache-2.0 */
#include "base/signal_action.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"

/* The kernel's own layout. */
typedef struct KernelAction {
        void (*handler)(int);
        unsigned long flags;
        void (*restorer)(void);
        uint64_t mask;
} KernelAction;

int signal_action_set(int number, bool ignored) {
        const KernelAction action = { .handler = ignored ? SIG_IGN : SIG_DFL };

        if (syscall(SYS_rt_sigaction, number, &action, NULL, sizeof(action.mask)) < 0)
                return err_new(-errno);
        return 0;
}

bool signal_action_any_ignored(void) {
        for (int number = 1; number < _NSIG; number++) {
                KernelAction action = { .handler = SIG_DFL };

                if (syscall(SYS_rt_sigaction, number, NULL, &action, sizeof(action.mask)) < 0 ||
                    action.handler == SIG_IGN)
                        return true; /* or it is not known */
        }
        return false;
}
