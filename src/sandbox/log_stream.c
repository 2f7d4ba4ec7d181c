/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/log_stream.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/strbuf.h"

#define SEND_BUFFER (8 * 1024 * 1024) /* as systemd: a burst does not stop the service */

static int send_header(const LogStream *stream, int fd) {
        AUTO(strbuf_done) StrBuf header = STRBUF_INIT;

        strbuf_addf(&header,
                    "%s\n%s\n%d\n%d\n0\n0\n0\n",
                    stream->identifier,
                    stream->unit,
                    stream->priority,
                    stream->level_prefix);
        int r = strbuf_result(&header);
        return r < 0 ? err_pass(r) : err_pass(fd_write_all(fd, header.data, header.length));
}

int log_stream_connect(const LogStream *stream) {
        struct sockaddr_un address;
        int size = SEND_BUFFER, length = socket_address_unix(stream->socket, &address);
        AUTO_FD int fd = length < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (length < 0)
                return err_pass(length);
        if (fd < 0 || connect(fd, (const struct sockaddr *)&address, (socklen_t)length) < 0 ||
            shutdown(fd, SHUT_RD) < 0)
                return err_new(-errno);
        if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
                (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)); /* a wish */
        int r = send_header(stream, fd);
        return r < 0 ? err_pass(r) : steal_fd(&fd);
}

bool log_stream_is_at(const LogStream *stream, int fd) {
        struct sockaddr_un peer = { 0 };
        socklen_t length = sizeof(peer);

        return getpeername(fd, (struct sockaddr *)&peer, &length) == 0 &&
               peer.sun_family == AF_UNIX &&
               strncmp(peer.sun_path, stream->socket, sizeof(peer.sun_path)) == 0;
}
