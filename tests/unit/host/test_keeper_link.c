/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/keeper_protocol.h"
#include "base/strv.h"
#include "host/keeper_link.h"

typedef struct Played {
        int keeper_fd; /* the keeper's end, which the test plays */
        char **heard;
        KeeperLink *link;
} Played;

static void on_exit_of(void *userdata, pid_t pid, int code, int status) {
        Played *played = userdata;
        assert_int_equal(strv_addf(&played->heard, "exit %d %d %d", (int)pid, code, status), 0);
}

static void on_fd(void *userdata, const char *name, int fd) {
        Played *played = userdata;
        assert_true(fd >= 0);
        (void)close(fd);
        assert_int_equal(strv_addf(&played->heard, "fd %s", name), 0);
}

static void on_signal(void *userdata, int signal_number) {
        Played *played = userdata;
        assert_int_equal(strv_addf(&played->heard, "signal %d", signal_number), 0);
}

static void on_lost(void *userdata, unsigned n_exits) {
        Played *played = userdata;
        assert_int_equal(strv_addf(&played->heard, "lost %u", n_exits), 0);
}

static void on_gone(void *userdata) {
        Played *played = userdata;
        assert_int_equal(strv_add(&played->heard, "gone"), 0);
}

static int set_up(void **state) {
        static Played played;
        int pair[2];
        const KeeperHandler handler = {
                .userdata = &played,
                .on_exit = on_exit_of,
                .on_fd = on_fd,
                .on_signal = on_signal,
                .on_lost = on_lost,
                .on_gone = on_gone,
        };
        played = (Played){ 0 };
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
                return -1;
        played.keeper_fd = pair[0];
        *state = &played;
        return keeper_link_new(pair[1], &handler, &played.link);
}

static int tear_down(void **state) {
        Played *played = *state;
        keeper_link_free(played->link);
        strv_free(played->heard);
        (void)fd_close(played->keeper_fd);
        return 0;
}

static void say(const Played *played, KeeperMessage message) {
        message.version = KEEPER_PROTOCOL_VERSION;
        assert_int_equal(send(played->keeper_fd, &message, sizeof(message), 0), sizeof(message));
}

static void hear(const Played *played, KeeperMessageType type, pid_t pid) {
        KeeperMessage message;
        assert_int_equal(recv(played->keeper_fd, &message, sizeof(message), MSG_DONTWAIT),
                         sizeof(message));
        assert_int_equal(message.type, type);
        assert_int_equal(message.pid, pid);
}

static void test_exits_of_the_greeting_are_acknowledged_at_the_end(void **state) {
        Played *played = *state;
        char byte;

        say(played, (KeeperMessage){ .type = KEEPER_FDS_END });
        say(played,
            (KeeperMessage){ .type = KEEPER_EXIT, .pid = 7, .code = CLD_EXITED, .status = 3 });
        say(played,
            (KeeperMessage){ .type = KEEPER_EXIT, .pid = 8, .code = CLD_KILLED, .status = 9 });
        say(played, (KeeperMessage){ .type = KEEPER_EXITS_END, .status = 2 });
        assert_int_equal(keeper_link_greet(played->link), 0);
        hear(played, KEEPER_HELLO, getpid());
        assert_int_equal(strv_length(played->heard), 1);
        assert_string_equal(played->heard[0], "lost 2");

        keeper_link_replay(played->link);
        assert_string_equal(played->heard[1], "exit 7 1 3");
        assert_string_equal(played->heard[2], "exit 8 2 9");
        assert_int_equal(recv(played->keeper_fd, &byte, 1, MSG_DONTWAIT), -1);

        sd_event *event = NULL;
        assert_int_equal(sd_event_new(&event), 0);
        assert_int_equal(keeper_link_attach(played->link, event, 0), 0);
        hear(played, KEEPER_EXIT_ACK, 7);
        hear(played, KEEPER_EXIT_ACK, 8);

        say(played, (KeeperMessage){ .type = KEEPER_EXIT, .pid = 9, .code = CLD_EXITED });
        say(played, (KeeperMessage){ .type = KEEPER_SIGNAL, .status = SIGTERM });
        assert_true(sd_event_run(event, 0) > 0);
        assert_true(sd_event_run(event, 0) > 0);
        hear(played, KEEPER_EXIT_ACK, 9);
        assert_string_equal(played->heard[3], "exit 9 1 0");
        assert_string_equal(played->heard[4], "signal 15");

        played->keeper_fd = fd_close(played->keeper_fd);
        assert_true(sd_event_run(event, 0) > 0);
        assert_string_equal(played->heard[5], "gone");
        assert_int_equal(keeper_link_pid(played->link), 0);
        assert_int_equal(keeper_link_quit(played->link, 0), -EPIPE);
        sd_event_unref(event);
}

static void test_descriptors_go_both_ways(void **state) {
        Played *played = *state;
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(int))];
        } control = { 0 };
        KeeperMessage message;
        struct iovec part = { .iov_base = &message, .iov_len = sizeof(message) };
        struct msghdr head = { .msg_iov = &part,
                               .msg_iovlen = 1,
                               .msg_control = &control,
                               .msg_controllen = sizeof(control) };

        assert_int_equal(keeper_link_store(played->link, "x.service/a/0", STDERR_FILENO), 0);
        assert_int_equal(recvmsg(played->keeper_fd, &head, MSG_CMSG_CLOEXEC), sizeof(message));
        assert_int_equal(message.type, KEEPER_FD_STORE);
        assert_string_equal(message.name, "x.service/a/0");
        assert_non_null(CMSG_FIRSTHDR(&head));

        message.type = KEEPER_FD; /* the same back, with its descriptor */
        assert_int_equal(sendmsg(played->keeper_fd, &head, 0), sizeof(message));
        say(played, (KeeperMessage){ .type = KEEPER_FDS_END });
        say(played, (KeeperMessage){ .type = KEEPER_EXITS_END });
        assert_int_equal(keeper_link_greet(played->link), 0);
        assert_string_equal(played->heard[0], "fd x.service/a/0");
}

static void test_nonsense_ends_the_connection(void **state) {
        Played *played = *state;
        assert_int_equal(send(played->keeper_fd, "hello", 5, 0), 5);
        assert_int_equal(keeper_link_greet(played->link), -EPIPE);
        assert_string_equal(played->heard[0], "gone");
}

static void test_long_names_are_refused(void **state) {
        Played *played = *state;
        char name[KEEPER_NAME_MAX + 1];
        memset(name, 'x', sizeof(name));
        name[KEEPER_NAME_MAX] = '\0';
        assert_int_equal(keeper_link_remove(played->link, name), -ENAMETOOLONG);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(
                        test_exits_of_the_greeting_are_acknowledged_at_the_end, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_descriptors_go_both_ways, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_nonsense_ends_the_connection, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_long_names_are_refused, set_up, tear_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
