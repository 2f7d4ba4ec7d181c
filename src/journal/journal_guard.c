/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_guard.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/macros.h"

/* Puts a page of zeros where the file has none. Without one the default action follows, as the
 * fault comes again. */
static void on_bus_error(int number, siginfo_t *info, void *context UNUSED) {
        int before = errno;
        uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
        uintptr_t at = (uintptr_t)info->si_addr / size * size;
        void *page = MAP_FAILED;

        if (info->si_code == BUS_ADRERR)
                page = mmap((void *)at,
                            size,
                            PROT_READ,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                            -1,
                            0);
        if (page == MAP_FAILED)
                (void)signal(number, SIG_DFL); /* valid */
        errno = before;
}

int journal_guard_begin(void) {
        struct sigaction action = { .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO };

        (void)sigemptyset(&action.sa_mask); /* never fails */
        return sigaction(SIGBUS, &action, NULL) < 0 ? err_new(-errno) : 0;
}
