/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The datagram socket of sd_notify(3). A message is looked at, handled, and only then taken off the
 * queue, so that none is lost when the manager dies in between; the keeper holds the socket
 * meanwhile. Knows nothing of units. */

#include <stdbool.h>
#include <sys/types.h>

#include "base/auto.h"

#define NOTIFY_TEXT_MAX 16384 /* bytes of text; longer messages are dropped */
#define NOTIFY_FDS_MAX 253    /* what the kernel passes at most */

typedef struct NotifySocket NotifySocket;

typedef struct NotifyPacket {
        pid_t pid; /* of the sender, by the kernel; 0 = of another pid namespace */
        uid_t uid;
        char *text; /* NUL-terminated, without NUL inside */
        int *fds;   /* the callee takes what it wants and leaves -1 there; the rest is closed */
        unsigned n_fds;
} NotifyPacket;

typedef struct NotifyHandler {
        void *userdata;
        void (*on_message)(void *userdata, NotifyPacket *message);
        /* A message that could not be used: from whom and why. */
        void (*on_bad)(void *userdata, pid_t pid, const char *why);
} NotifyHandler;

/* Binds a new socket at `path` for everybody to send to (removing an older one), or takes over `fd`
 * (not -1), which an earlier manager had bound there. */
int notify_socket_new(const char *path, int fd, const NotifyHandler *handler, NotifySocket **ret);
NotifySocket *notify_socket_free(NotifySocket *socket);
DEFINE_AUTO(NotifySocket *, notify_socket_free);

/* The descriptor, for the loop and the keeper. */
int notify_socket_fd(const NotifySocket *socket);

/* Handles everything that is queued; called again while it is at work it does nothing. */
void notify_socket_drain(NotifySocket *socket);
