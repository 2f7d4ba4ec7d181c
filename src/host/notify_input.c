/* SPDX-License-Identifier: Apache-2.0 */
#include "host/notify_input.h"

#include <string.h>
#include <sys/epoll.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "host/host_unit.h"
#include "host/notify_socket.h"
#include "host/unit_group.h"

/* Whether a line of the message is exactly this. */
static bool has_line(const char *text, const char *wanted) {
        Str rest = str_of(text), line;
        while (str_next_part(&rest, '\n', &line))
                if (str_equal_c(line, wanted))
                        return true;
        return false;
}

/* A barrier is kept up by its descriptor: the sender waits until it is closed. It comes alone. */
static bool is_barrier(const NotifyPacket *message) {
        return message->n_fds == 1 && has_line(message->text, "BARRIER=1");
}

static void on_message(void *userdata, NotifyPacket *message) {
        Host *host = userdata;

        if (is_barrier(message))
                return; /* everything sent before has been handled; the descriptor is closed now */
        Unit *unit = unit_group_find(host, message->pid);
        if (!unit) {
                log_line(host->options.log,
                         LOG_INFO,
                         NULL,
                         "Cannot find the unit of process %d, its notification is ignored.",
                         (int)message->pid);
                return;
        }
        const EngineEvent event = {
                .type = EVENT_NOTIFY,
                .unit = unit,
                .pid = message->pid,
                .uid = message->uid,
                .text = message->text,
                .n_fds = message->n_fds,
        };
        host->notify_fds = message->fds;
        host->n_notify_fds = message->n_fds;
        engine_handle(host->engine, &event);
        host->notify_fds = NULL;
        host->n_notify_fds = 0;
        host_settle(host);
}

static void on_bad(void *userdata, pid_t pid, const char *why) {
        const Host *host = userdata;
        log_line(host->options.log,
                 LOG_WARNING,
                 NULL,
                 "A notification from process %d is ignored: %s.",
                 (int)pid,
                 why);
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Host *host = userdata;
        (void)source;
        (void)fd;
        (void)events;
        notify_socket_drain(host->notify);
        return 0;
}

int notify_input_open(Host *host, int fd) {
        const NotifyHandler handler = { .userdata = host,
                                        .on_message = on_message,
                                        .on_bad = on_bad };

        int r = notify_socket_new(host->options.paths->notify_socket, fd, &handler, &host->notify);
        if (r < 0)
                return err_pass(r);
        sd_event_source *source = NULL;
        r = sd_event_add_io(
                host->event, &source, notify_socket_fd(host->notify), EPOLLIN, on_readable, host);
        if (r < 0)
                return err_new(r);
        host->notify_source = source;
        r = sd_event_source_set_priority(source, HOST_PRIORITY_NOTIFY);
        return r < 0 ? err_new(r) : 0;
}

void notify_input_close(Host *host) {
        host->notify_source = sd_event_source_disable_unref(host->notify_source);
        host->notify = notify_socket_free(host->notify);
}
