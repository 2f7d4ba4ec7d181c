/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/listeners.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "journald/input_native.h"
#include "journald/input_stdout.h"
#include "journald/input_syslog.h"
#include "journald/varlink_control.h"

#define BACKLOG 4096
#define RECEIVE_BUFFER (8 * 1024 * 1024)

/* clang-format off */
static const struct {
        const char *name; /* in the keeper */
        int type;
        mode_t mode;
        sd_event_io_handler_t on_readable;
} rows[RECORDER_SOCKET_COUNT] = {
        [SOCKET_STDOUT]  = { "socket-stdout",  SOCK_STREAM, 0666, on_stdout_socket },
        [SOCKET_NATIVE]  = { "socket-native",  SOCK_DGRAM,  0666, on_native_socket },
        [SOCKET_SYSLOG]  = { "socket-syslog",  SOCK_DGRAM,  0666, on_syslog_socket },
        [SOCKET_VARLINK] = { "socket-varlink", SOCK_STREAM, 0600, on_varlink_socket },
};
/* clang-format on */

bool listeners_take_back(Recorder *recorder, const char *name, int fd) {
        for (unsigned i = 0; i < RECORDER_SOCKET_COUNT; i++)
                if (streq(rows[i].name, name)) {
                        (void)fd_close(recorder->sockets[i]); /* -1 */
                        recorder->sockets[i] = fd;
                        return true;
                }
        return false;
}

/* Senders and times come with each datagram. */
static void set_options(int fd) {
        int on = 1, size = RECEIVE_BUFFER;

        (void)setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));  /* checked per message */
        (void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on)); /* as above */
        if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
                (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)); /* a wish */
}

static int open_one(Recorder *recorder, unsigned i) {
        const char *path = recorder->paths.sockets[i];
        struct sockaddr_un address;
        int length = socket_address_unix(path, &address);
        AUTO_FD int fd = socket(AF_UNIX, rows[i].type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (length < 0 || fd < 0)
                return length < 0 ? err_pass(length) : err_new(-errno);
        (void)unlink(path); /* of an earlier one; bind tells otherwise */
        mode_t old = umask(0777 & ~rows[i].mode);
        int r = bind(fd, (struct sockaddr *)&address, (socklen_t)length) < 0 ? -errno : 0;
        (void)umask(old); /* cannot fail */
        if (r < 0)
                return err_new(r);
        if (rows[i].type == SOCK_DGRAM)
                set_options(fd);
        else if (listen(fd, BACKLOG) < 0)
                return err_new(-errno);
        if (recorder->keeper)
                (void)keeper_link_store(recorder->keeper, rows[i].name, fd); /* loss is reported */
        recorder->sockets[i] = steal_fd(&fd);
        return 0;
}

/* Says why a socket is missing. */
static void complain(Recorder *recorder, unsigned i, int r) {
        const char *path = recorder->paths.sockets[i];
        bool is_control = i == SOCKET_VARLINK;

        if (r != -ENAMETOOLONG) {
                log_line(&recorder->log,
                         LOG_ERR,
                         NULL,
                         "Cannot listen at %s: %s",
                         path,
                         strerror(-r));
                return;
        }
        log_line(
                &recorder->log,
                is_control ? LOG_WARNING : LOG_ERR,
                NULL,
                "Cannot listen at %s: the path has %zu bytes, of a socket it may have %zu%s. Choose a "
                "shorter runtime directory (--runtime-dir=)",
                path,
                strlen(path),
                sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1,
                is_control ? "; journalctl --sync, --rotate and --flush have no effect" : "");
}

int listeners_open(Recorder *recorder) {
        for (unsigned i = 0; i < RECORDER_SOCKET_COUNT; i++) {
                int r = recorder->sockets[i] >= 0 ? 0 : open_one(recorder, i);
                if (r == -ENAMETOOLONG && i == SOCKET_VARLINK) { /* the rest works without */
                        complain(recorder, i, r);
                        continue;
                }
                if (r >= 0)
                        r = sd_event_add_io(recorder->event,
                                            &recorder->sources[i],
                                            recorder->sockets[i],
                                            EPOLLIN,
                                            rows[i].on_readable,
                                            recorder);
                if (r >= 0 && rows[i].type == SOCK_DGRAM)
                        r = sd_event_source_set_priority(recorder->sources[i],
                                                         RECORDER_PRIORITY_DATAGRAM);
                if (r < 0) {
                        complain(recorder, i, r);
                        return err_pass(r);
                }
        }
        return 0;
}

void listeners_close(Recorder *recorder) {
        for (unsigned i = 0; i < RECORDER_SOCKET_COUNT; i++) {
                recorder->sources[i] = sd_event_source_disable_unref(recorder->sources[i]);
                recorder->sockets[i] = fd_close(recorder->sockets[i]);
        }
}
