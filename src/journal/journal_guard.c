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
static void put_page(int number, const siginfo_t *info, int protection) {
        int before = errno;
        uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
        uintptr_t at = (uintptr_t)info->si_addr / size * size;
        void *page = MAP_FAILED;

        if (info->si_code == BUS_ADRERR)
                page = mmap((void *)at,
                            size,
                            protection,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                            -1,
                            0);
        if (page == MAP_FAILED)
                (void)signal(number, SIG_DFL); /* valid */
        errno = before;
}

static void on_error_reading(int number, siginfo_t *info, void *context UNUSED) {
        put_page(number, info, PROT_READ);
}

static void on_error_writing(int number, siginfo_t *info, void *context UNUSED) {
        put_page(number, info, PROT_READ | PROT_WRITE);
}

static int begin(void (*handler)(int, siginfo_t *, void *)) {
        struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

        (void)sigemptyset(&action.sa_mask); /* never fails */
        return sigaction(SIGBUS, &action, NULL) < 0 ? err_new(-errno) : 0;
}

int journal_guard_begin(void) {
        return err_pass(begin(on_error_reading));
}

int journal_guard_begin_writing(void) {
        return err_pass(begin(on_error_writing));
}
