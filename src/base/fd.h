/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Descriptors: close-on-exec from birth, passing over sockets, signal-safe loops. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/un.h>

/* Closes when not -1; returns -1; errno is kept. */
int fd_close(int fd);

/* read(2)/write(2) until all bytes are moved, over EINTR; -EPIPE or -EIO on an early end. */
int fd_write_all(int fd, const void *data, size_t length);
int fd_read_all(int fd, void *data, size_t length, size_t *ret_length);

int fd_set_nonblock(int fd, bool nonblock);
int fd_set_cloexec(int fd, bool cloexec);

/* Moves `fd` to 3 or above when it is 0, 1 or 2 (the old one is closed). */
int fd_above_stdio(int fd);

/* A sealed memfd (no write, shrink, grow) with this content, offset 0. */
int fd_new_sealed(const char *name, const void *data, size_t length);

/* pidfd_open(2); pidfd_send_signal(2). */
int pidfd_new(pid_t pid);
int pidfd_signal(int pidfd, int signal_number);

/* Fills a unix socket address; a leading '@' is the abstract name space. -ENAMETOOLONG. Returns the
 * address length. */
int socket_address_unix(const char *path, struct sockaddr_un *ret);
