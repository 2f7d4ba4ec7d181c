/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "unit_test.h"

static void test_close_keeps_errno(void **state UNUSED) {
        errno = ENOENT;
        assert_int_equal(fd_close(-1), -1);
        assert_int_equal(fd_close(9999), -1);
        assert_int_equal(errno, ENOENT);
}

static void test_all_bytes_move(void **state UNUSED) {
        int ends[2];
        char text[16] = { 0 };
        size_t length;
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        AUTO_FD int out = ends[0];
        assert_int_equal(fd_write_all(ends[1], "hello", 5), 0);
        (void)fd_close(ends[1]);
        assert_int_equal(fd_read_all(out, text, 2, NULL), 0);
        assert_int_equal(fd_read_all(out, text + 2, sizeof(text) - 2, &length), 0);
        assert_int_equal(length, 3);
        assert_string_equal(text, "hello");
        assert_int_equal(fd_read_all(out, text, 1, NULL), -EIO);
}

static void test_flags(void **state UNUSED) {
        AUTO_FD int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        assert_int_equal(fd_set_nonblock(fd, true), 0);
        assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
        assert_int_equal(fd_set_nonblock(fd, false), 0);
        assert_false(fcntl(fd, F_GETFL) & O_NONBLOCK);
        assert_int_equal(fd_set_cloexec(fd, false), 0);
        assert_false(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        assert_int_equal(fd_set_cloexec(fd, true), 0);
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        assert_int_equal(fd_set_cloexec(-1, true), -EBADF);
}

static void test_standard_descriptors_are_avoided(void **state UNUSED) {
        int saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
        assert_int_equal(fd_above_stdio(saved), saved);
        assert_int_equal(fd_above_stdio(-1), -1);
        AUTO_FD int source = open("/dev/null", O_RDONLY | O_CLOEXEC);
        assert_int_equal(dup2(source, STDIN_FILENO), STDIN_FILENO);
        AUTO_FD int moved = fd_above_stdio(STDIN_FILENO);
        assert_true(moved > STDERR_FILENO);
        assert_int_equal(fcntl(STDIN_FILENO, F_GETFD), -1);
        if (saved >= 0) {
                assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
                (void)fd_close(saved);
        }
}

static void test_sealed_memory_cannot_change(void **state UNUSED) {
        char text[8] = { 0 };
        size_t length;
        AUTO_FD int fd = fd_new_sealed("test", "plan", 4);
        assert_true(fd >= 0);
        assert_int_equal(fd_read_all(fd, text, sizeof(text), &length), 0);
        assert_string_equal(text, "plan");
        assert_int_equal(fd_write_all(fd, "x", 1), -EPERM);
        assert_int_equal(ftruncate(fd, 0), -1);
        assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
}

static void test_a_process_is_signalled_by_descriptor(void **state UNUSED) {
        siginfo_t info = { 0 };
        pid_t pid = fork();
        if (pid == 0) {
                (void)pause();
                _exit(1);
        }
        AUTO_FD int fd = pidfd_new(pid);
        assert_true(fd >= 0);
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        assert_int_equal(pidfd_signal(fd, SIGKILL), 0);
        assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED), 0);
        assert_int_equal(info.si_status, SIGKILL);
        assert_int_equal(pidfd_signal(fd, SIGKILL), -ESRCH);
        assert_int_equal(pidfd_new(-1), -EINVAL);
}

static void test_socket_addresses(void **state UNUSED) {
        struct sockaddr_un address;
        char path[sizeof(address.sun_path) + 1] = { 0 };
        const int head = offsetof(struct sockaddr_un, sun_path);
        assert_int_equal(socket_address_unix("/run/x", &address), head + 7);
        assert_string_equal(address.sun_path, "/run/x");
        assert_int_equal(socket_address_unix("@x", &address), head + 2);
        assert_memory_equal(address.sun_path, "\0x", 2);
        assert_int_equal(socket_address_unix("", &address), -EINVAL);
        memset(path, 'a', sizeof(path) - 1);
        assert_int_equal(socket_address_unix(path, &address), -ENAMETOOLONG);
        path[0] = '@';
        assert_int_equal(socket_address_unix(path, &address), sizeof(address));
        path[0] = 'a';
        path[sizeof(path) - 2] = '\0';
        assert_int_equal(socket_address_unix(path, &address), sizeof(address));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_close_keeps_errno),
                cmocka_unit_test(test_all_bytes_move),
                cmocka_unit_test(test_flags),
                cmocka_unit_test(test_standard_descriptors_are_avoided),
                cmocka_unit_test(test_sealed_memory_cannot_change),
                cmocka_unit_test(test_a_process_is_signalled_by_descriptor),
                cmocka_unit_test(test_socket_addresses),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
