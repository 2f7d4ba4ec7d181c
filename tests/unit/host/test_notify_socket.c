/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "host/notify_socket.h"

typedef struct Heard {
        char **lines;
        int taken_fd;
} Heard;

static char directory[] = "/tmp/test-notify-XXXXXX";
static char *path;

static int make_directory(void **state) {
        (void)state;
        path = mkdtemp(directory) ? path_join(directory, "notify") : NULL;
        return path ? 0 : -1;
}

static int remove_directory(void **state) {
        (void)state;
        free(path);
        return dir_remove_all(directory);
}

static void on_message(void *userdata, NotifyPacket *message) {
        Heard *heard = userdata;
        assert_int_equal(message->pid, getpid());
        assert_int_equal(message->uid, geteuid());
        assert_int_equal(strv_addf(&heard->lines, "%s fds=%u", message->text, message->n_fds), 0);
        if (message->n_fds > 0)
                heard->taken_fd = steal_fd(&message->fds[0]);
}

static void on_bad(void *userdata, pid_t pid, const char *why) {
        Heard *heard = userdata;
        (void)pid;
        assert_int_equal(strv_addf(&heard->lines, "bad: %s", why), 0);
}

static NotifySocket *make_socket(Heard *heard) {
        const NotifyHandler handler = { .userdata = heard,
                                        .on_message = on_message,
                                        .on_bad = on_bad };
        NotifySocket *notify = NULL;
        assert_int_equal(notify_socket_new(path, -1, &handler, &notify), 0);
        return notify;
}

static void send_message(const char *text, size_t length, const int *fds, unsigned n_fds) {
        struct sockaddr_un address;
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(4 * sizeof(int))];
        } control = { 0 };
        AUTO_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        int address_length = socket_address_unix(path, &address);
        struct iovec part = { .iov_base = (void *)(uintptr_t)text, .iov_len = length };
        struct msghdr head = {
                .msg_name = &address,
                .msg_namelen = (socklen_t)address_length,
                .msg_iov = &part,
                .msg_iovlen = 1,
        };
        if (n_fds > 0) {
                control.header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
                                                   .cmsg_type = SCM_RIGHTS,
                                                   .cmsg_len = CMSG_LEN(n_fds * sizeof(int)) };
                memcpy(CMSG_DATA(&control.header), fds, n_fds * sizeof(int));
                head.msg_control = &control;
                head.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        }
        assert_int_equal(sendmsg(fd, &head, 0), (ssize_t)length);
}

static void test_messages_come_in_order_with_their_sender(void **state) {
        Heard heard = { .taken_fd = -1 };
        AUTO(notify_socket_free) NotifySocket *notify = make_socket(&heard);
        AUTO_STRV char **lines = NULL;
        (void)state;
        send_message("READY=1", 7, NULL, 0);
        send_message("STATUS=x\n", 9, NULL, 0);
        send_message("A=1\0", 4, NULL, 0);
        notify_socket_drain(notify);
        lines = heard.lines;
        assert_int_equal(strv_length(lines), 3);
        assert_string_equal(lines[0], "READY=1 fds=0");
        assert_string_equal(lines[1], "STATUS=x\n fds=0");
        assert_string_equal(lines[2], "A=1 fds=0");
}

static void test_bad_messages_are_named_and_dropped(void **state) {
        static char big[NOTIFY_TEXT_MAX + 10];
        Heard heard = { .taken_fd = -1 };
        AUTO(notify_socket_free) NotifySocket *notify = make_socket(&heard);
        AUTO_STRV char **lines = NULL;
        (void)state;
        memset(big, 'x', sizeof(big));
        send_message(big, sizeof(big), NULL, 0);
        send_message("A\0B=1", 5, NULL, 0);
        send_message("", 0, NULL, 0);
        send_message("GOOD=1", 6, NULL, 0);
        notify_socket_drain(notify);
        lines = heard.lines;
        assert_string_equal(lines[0], "bad: it is too long");
        assert_string_equal(lines[1], "bad: there are NUL bytes in it");
        assert_string_equal(lines[strv_length(lines) - 1], "GOOD=1 fds=0");
}

/* A pipe tells that all copies of a descriptor are closed. */
static void test_descriptors_are_taken_or_closed(void **state) {
        Heard heard = { .taken_fd = -1 };
        AUTO(notify_socket_free) NotifySocket *notify = make_socket(&heard);
        AUTO_STRV char **lines = NULL;
        int taken[2], dropped[2];
        char byte;
        (void)state;
        assert_int_equal(pipe2(taken, O_CLOEXEC), 0);
        assert_int_equal(pipe2(dropped, O_CLOEXEC), 0);
        send_message("FDSTORE=1", 9, (int[]){ taken[1], dropped[1] }, 2);
        (void)close(taken[1]);
        (void)close(dropped[1]);
        notify_socket_drain(notify);
        lines = heard.lines;
        assert_string_equal(lines[0], "FDSTORE=1 fds=2");
        assert_int_equal(read(dropped[0], &byte, 1), 0);
        assert_int_equal(write(heard.taken_fd, "x", 1), 1);
        (void)close(heard.taken_fd);
        assert_int_equal(read(taken[0], &byte, 1), 1);
        assert_int_equal(read(taken[0], &byte, 1), 0);
        (void)close(taken[0]);
        (void)close(dropped[0]);
}

static void test_the_next_manager_hears_what_was_not_handled(void **state) {
        Heard first = { .taken_fd = -1 }, second = { .taken_fd = -1 };
        const NotifyHandler handler = { .userdata = &second,
                                        .on_message = on_message,
                                        .on_bad = on_bad };
        NotifySocket *old = make_socket(&first);
        AUTO(notify_socket_free) NotifySocket *notify = NULL;
        AUTO_STRV char **lines = NULL;
        (void)state;
        int kept = fcntl(notify_socket_fd(old), F_DUPFD_CLOEXEC, 3);
        send_message("READY=1", 7, NULL, 0);
        notify_socket_free(old);
        assert_int_equal(notify_socket_new(path, kept, &handler, &notify), 0);
        notify_socket_drain(notify);
        lines = second.lines;
        assert_int_equal(strv_length(lines), 1);
        assert_string_equal(lines[0], "READY=1 fds=0");
        assert_null(first.lines);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_messages_come_in_order_with_their_sender),
                cmocka_unit_test(test_bad_messages_are_named_and_dropped),
                cmocka_unit_test(test_descriptors_are_taken_or_closed),
                cmocka_unit_test(test_the_next_manager_hears_what_was_not_handled),
        };
        return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
