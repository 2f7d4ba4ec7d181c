/* SPDX-License-Identifier: Apache-2.0 */
#include "tendd/ready_notice.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"

int ready_notice_send(const char *text) {
        const char *path = getenv("NOTIFY_SOCKET");
        struct sockaddr_un address = { .sun_family = AF_UNIX };

        if (!path || (path[0] != '/' && path[0] != '@'))
                return 0; /* other kinds of addresses came after version 252 */
        size_t length = strlen(path);
        if (length < 2 || length >= sizeof(address.sun_path))
                return err_new(-EINVAL);
        memcpy(address.sun_path, path, length);
        if (path[0] == '@')
                address.sun_path[0] = '\0';
        AUTO_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return err_new(-errno);
        socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length +
                                     (path[0] == '/' ? 1 : 0));
        ssize_t n = sendto(fd,
                           text,
                           strlen(text),
                           MSG_DONTWAIT | MSG_NOSIGNAL,
                           (const struct sockaddr *)&address,
                           size);
        return n < 0 ? err_new(-errno) : 0;
}
