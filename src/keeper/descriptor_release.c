/* SPDX-License-Identifier: Apache-2.0 */
#include "keeper/descriptor_release.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int option(int fd, int name) {
        int value = -1;
        socklen_t size = sizeof(value);

        return getsockopt(fd, SOL_SOCKET, name, &value, &size) < 0 ? -1 : value;
}

static bool is_told_to_linger(int fd) {
        struct linger linger = { 0 };
        socklen_t size = sizeof(linger);

        return getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &size) == 0 && linger.l_onoff != 0;
}

/* Others, such as the many log streams, close at once. */
static bool may_linger(int fd) {
        int domain = option(fd, SO_DOMAIN), n_queued = 0;

        if (domain != AF_UNIX)
                return domain >= 0 && is_told_to_linger(fd);
        if (option(fd, SO_ACCEPTCONN) == 1 || option(fd, SO_TYPE) != SOCK_STREAM)
                return true; /* a message of no bytes can carry descriptors too */
        return ioctl(fd, SIOCINQ, &n_queued) < 0 || n_queued > 0;
}

/* Has everything open that we have, until `fd` is closed here. */
static pid_t start_holder(int ends[static 2]) {
        char byte;
        pid_t pid = fork();

        if (pid != 0)
                return pid;
        (void)close(ends[1]);
        (void)!read(ends[0], &byte, 1); /* the end comes when ours is closed, or when we die */
        _exit(0);
}

void descriptor_release(int fd) {
        int ends[2];
        bool has_holder = may_linger(fd) && pipe2(ends, O_CLOEXEC) == 0;

        if (has_holder)
                (void)start_holder(ends); /* without one it may linger */
        (void)close(fd);                  /* nothing can be done about a failure */
        if (!has_holder)
                return;
        (void)close(ends[0]);
        (void)close(ends[1]);
}
