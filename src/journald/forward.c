/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/forward.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "journald/wall.h"

#define RETRY_USEC (50 * USEC_PER_MSEC)
#define KERNEL_LINE_MAX 976 /* more is refused by printk's device */

/* --- texts
 * ------------------------------------------------------------------------------------------ */

static void add_tag(StrBuf *text, const ForwardLine *line) {
        if (line->identifier.length > 0)
                strbuf_add_str(text, line->identifier);
        if (line->pid > 0)
                strbuf_addf(text, "[%" PRIi64 "]", line->pid);
        if (line->identifier.length > 0 || line->pid > 0)
                strbuf_add(text, ": ");
}

/* What is kernel's is only the kernel's. */
static int own_priority(int priority) {
        return LOG_FAC(priority) == 0 ? LOG_USER | LOG_PRI(priority) : priority;
}

/* --- targets
 * ---------------------------------------------------------------------------------------- */

static bool find_daemon(Forward *forward, const ForwardLine *line) {
        struct sockaddr_un address;
        int length = socket_address_unix(forward->socket_path, &address);

        if (forward->socket_fd >= 0)
                return true;
        if (length < 0 || line->monotonic_usec < forward->retry_usec)
                return false;
        AUTO_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        forward->retry_usec = usec_add(line->monotonic_usec, RETRY_USEC);
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, (socklen_t)length) < 0)
                return false;
        forward->socket_fd = steal_fd(&fd);
        return true;
}

static void to_syslog(Forward *forward, const ForwardLine *line) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        time_t seconds = (time_t)(line->realtime_usec / USEC_PER_SEC);
        char stamp[32];
        struct tm parts;

        if (!find_daemon(forward, line))
                return;
        if (line->raw.length > 0)
                strbuf_add_str(&text, line->raw);
        else if (localtime_r(&seconds, &parts) &&
                 strftime(stamp, sizeof(stamp), "%h %e %T ", &parts) > 0) {
                strbuf_addf(&text, "<%d>%s", own_priority(line->priority), stamp);
                add_tag(&text, line);
                strbuf_add_str(&text, line->text);
        }
        if (strbuf_result(&text) < 0)
                return;
        ssize_t n = send(forward->socket_fd, text.data, text.length, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS && errno != EMSGSIZE)
                forward->socket_fd = fd_close(forward->socket_fd); /* another may come */
}

static void to_kernel(Forward *forward, const ForwardLine *line) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        if (forward->kernel_fd < 0)
                return;
        strbuf_addf(&text, "<%d>", own_priority(line->priority));
        add_tag(&text, line);
        strbuf_add_str(&text, line->text);
        if (strbuf_result(&text) < 0)
                return;
        text.length = MIN(text.length, (size_t)KERNEL_LINE_MAX);
        text.data[text.length] = '\n';
        (void)!write(forward->kernel_fd, text.data, text.length + 1); /* nobody's loss */
}

static int open_console(const Forward *forward) {
        return open(forward->config->tty_path,
                    O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

/* Opened for each message, as what it leads to may have changed; what only root may open is used as
 * it was. */
static void to_console(Forward *forward, const ForwardLine *line) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        if (forward->with_time)
                strbuf_addf(&text,
                            "[%5" PRIu64 ".%06" PRIu64 "] ",
                            line->monotonic_usec / USEC_PER_SEC,
                            line->monotonic_usec % USEC_PER_SEC);
        add_tag(&text, line);
        strbuf_add_str(&text, line->text);
        strbuf_add(&text, "\n");
        if (strbuf_result(&text) < 0)
                return;
        AUTO_FD int fd = open_console(forward);
        int used = fd >= 0 || errno != EACCES ? fd : forward->console_fd;
        if (used >= 0)
                (void)!write(used, text.data, text.length); /* nobody's loss */
}

static void to_all(Forward *forward, const ForwardLine *line) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        (void)forward;
        add_tag(&text, line);
        strbuf_add_str(&text, line->text);
        if (strbuf_result(&text) >= 0)
                wall_send("systemd-journald", (Str){ text.data, text.length }, line->realtime_usec);
}

static void (*const targets[FORWARD_TARGET_COUNT])(Forward *, const ForwardLine *) = {
        [FORWARD_SYSLOG] = to_syslog,
        [FORWARD_KERNEL] = to_kernel,
        [FORWARD_CONSOLE] = to_console,
        [FORWARD_WALL] = to_all,
};

/* --- life
 * ------------------------------------------------------------------------------------------- */

static bool kernel_shows_times(void) {
        AUTO_FREE char *value = NULL;

        return file_read_line("/sys/module/printk/parameters/time", &value) >= 0 &&
               (value[0] == 'Y' || value[0] == '1');
}

void forward_init(Forward *forward, const JournaldConfig *config, const char *socket_path) {
        *forward = (Forward){
                .config = config,
                .socket_path = socket_path,
                .max_level = -1,
                .syslog_level = -1,
                .socket_fd = -1,
                .kernel_fd = -1,
                .console_fd = -1,
                .with_time = kernel_shows_times(),
        };
        if (config->forward[FORWARD_SYSLOG].is_wanted)
                forward->syslog_level = config->forward[FORWARD_SYSLOG].max_level;
        for (unsigned i = 0; i < FORWARD_TARGET_COUNT; i++)
                if (i != FORWARD_SYSLOG && config->forward[i].is_wanted)
                        forward->max_level = MAX(forward->max_level, config->forward[i].max_level);
        /* Streams may want it too. Not there in most containers. */
        forward->kernel_fd =
                open("/dev/kmsg", O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        forward->console_fd = open_console(forward);
}

void forward_send(Forward *forward, const ForwardLine *line) {
        for (unsigned i = 0; i < FORWARD_TARGET_COUNT; i++) {
                const ForwardRule *rule = &forward->config->forward[i];
                bool is_wanted = rule->is_wanted || (line->also & 1U << i);
                if (is_wanted && LOG_PRI(line->priority) <= rule->max_level)
                        targets[i](forward, line);
        }
}

void forward_done(Forward *forward) {
        forward->socket_fd = fd_close(forward->socket_fd);
        forward->kernel_fd = fd_close(forward->kernel_fd);
        forward->console_fd = fd_close(forward->console_fd);
}
