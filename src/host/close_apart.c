/* SPDX-License-Identifier: Apache-2.0 */
#include "host/close_apart.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

#define STACK_SIZE (32 * 1024)

/* Pipes, descriptors without a file (eventfd, pidfd ...) and files in memory are let go at once.
 * The owner of the file system is not asked. */
static bool is_harmless(int fd) {
        struct statx st;

        if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &st) < 0)
                return false;
        return S_ISFIFO(st.stx_mode) || (st.stx_mode & S_IFMT) == 0 ||
               fcntl(fd, F_GET_SEALS) >= 0; /* of memfd_create(2) and tmpfs(5) */
}

static void *close_it(void *argument) {
        (void)fd_close((int)(intptr_t)argument); /* always -1 */
        return NULL;
}

/* A thread that does this one call. A process would keep more open than this descriptor when we end
 * or execute ourselves anew; a thread goes with us. */
static int start_thread(int fd) {
        pthread_attr_t attributes;
        sigset_t all, before;
        pthread_t thread;
        int r = pthread_attr_init(&attributes);

        if (r != 0)
                return -r;
        (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED); /* valid, as */
        (void)pthread_attr_setstacksize(&attributes, STACK_SIZE);                /* these are */
        (void)sigfillset(&all);
        (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the loop's */
        r = pthread_create(&thread, &attributes, close_it, (void *)(intptr_t)fd);
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        (void)pthread_attr_destroy(&attributes);
        return -r;
}

int close_apart(int fd) {
        if (fd < 0 || is_harmless(fd) || start_thread(fd) < 0)
                return fd_close(fd);
        return -1;
}
