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

/* write(2) until all bytes are moved, over EINTR. */
int fd_write_all(int fd, const void *data, size_t length);

/* read(2) until `length` bytes or the end, over EINTR; `ret_length` says how many. Without it an
 * early end is -EIO. */
int fd_read_all(int fd, void *data, size_t length, size_t *ret_length);

/* Sets or clears O_NONBLOCK. */
int fd_set_nonblock(int fd, bool nonblock);

/* Sets or clears FD_CLOEXEC. */
int fd_set_cloexec(int fd, bool cloexec);

/* Moves `fd` to 3 or above when it is 0, 1 or 2 (the old one is closed). */
int fd_above_stdio(int fd);

/* A sealed memfd (no write, shrink, grow) with this content, offset 0. */
int fd_new_sealed(const char *name, const void *data, size_t length);

/* pidfd_open(2). */
int pidfd_new(pid_t pid);

/* pidfd_send_signal(2). */
int pidfd_signal(int pidfd, int signal_number);

/* Fills a unix socket address; a leading '@' is the abstract name space. -ENAMETOOLONG. Returns the
 * address length. */
int socket_address_unix(const char *path, struct sockaddr_un *ret);
