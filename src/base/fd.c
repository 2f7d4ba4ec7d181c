/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"

#define MEMFD_NOEXEC 0x0008U /* MFD_NOEXEC_SEAL of Linux 6.3, which C libraries do not name yet */

int fd_close(int fd) {
        if (fd >= 0) {
                int saved_errno = errno;
                (void)close(fd); /* the descriptor is gone in any case, see close(2) */
                errno = saved_errno;
        }
        return -1;
}

int fd_write_all(int fd, const void *data, size_t length) {
        const char *p = data;
        while (length > 0) {
                ssize_t n = write(fd, p, length);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return err_new(n < 0 ? -errno : -EIO);
                p += n;
                length -= (size_t)n;
        }
        return 0;
}

int fd_read_all(int fd, void *data, size_t length, size_t *ret_length) {
        char *p = data;
        size_t done = 0;
        while (done < length) {
                ssize_t n = read(fd, p + done, length - done);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return err_new(-errno);
                if (n == 0)
                        break;
                done += (size_t)n;
        }
        if (!ret_length)
                return done < length ? err_new(-EIO) : 0;
        *ret_length = done;
        return 0;
}

/* Sets or clears one flag by fcntl(2) when it is not so already. */
static int change_flag(int fd, const int commands[static 2], int flag, bool wanted) {
        int flags = fcntl(fd, commands[0]);
        if (flags < 0)
                return err_new(-errno);
        int changed = wanted ? flags | flag : flags & ~flag;
        if (changed != flags && fcntl(fd, commands[1], changed) < 0)
                return err_new(-errno);
        return 0;
}

int fd_set_nonblock(int fd, bool nonblock) {
        static const int commands[] = { F_GETFL, F_SETFL };
        return change_flag(fd, commands, O_NONBLOCK, nonblock);
}

int fd_set_cloexec(int fd, bool cloexec) {
        static const int commands[] = { F_GETFD, F_SETFD };
        return change_flag(fd, commands, FD_CLOEXEC, cloexec);
}

int fd_above_stdio(int fd) {
        if (fd < 0 || fd > STDERR_FILENO)
                return fd;
        int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (moved < 0)
                return err_new(-errno);
        (void)fd_close(fd); /* always -1 */
        return moved;
}

int fd_new_sealed(const char *name, const void *data, size_t length) {
        AUTO_FD int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MEMFD_NOEXEC);
        if (fd < 0 && errno == EINVAL) /* before Linux 6.3 */
                fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (fd < 0)
                return err_new(-errno);
        int r = fd_write_all(fd, data, length);
        if (r < 0)
                return err_pass(r);
        if (lseek(fd, 0, SEEK_SET) < 0)
                return err_new(-errno);
        if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
                return err_new(-errno);
        return steal_fd(&fd);
}

int pidfd_new(pid_t pid) {
        int fd = (int)syscall(SYS_pidfd_open, pid, 0);
        return fd < 0 ? err_new(-errno) : fd;
}

int pidfd_signal(int pidfd, int signal_number) {
        if (syscall(SYS_pidfd_send_signal, pidfd, signal_number, NULL, 0) < 0)
                return err_new(-errno);
        return 0;
}

int socket_address_unix(const char *path, struct sockaddr_un *ret) {
        size_t length = strlen(path);
        bool is_abstract = path[0] == '@';
        if (length == 0)
                return err_new(-EINVAL);
        if (length + !is_abstract > sizeof(ret->sun_path))
                return err_new(-ENAMETOOLONG);
        *ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
        memcpy(ret->sun_path, path, length);
        if (is_abstract)
                ret->sun_path[0] = '\0';
        return (int)(offsetof(struct sockaddr_un, sun_path) + length + !is_abstract);
}
