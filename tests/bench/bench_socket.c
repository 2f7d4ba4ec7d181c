/* SPDX-License-Identifier: Apache-2.0 */

/* What ./dev bench has socket units start, the clients, and the floor.
 *   bench_socket answer            one byte to standard output, and ends
 *   bench_socket serve             accepts one connection from descriptor 3, answers it, and ends
 *   bench_socket clients N PATH    N connections one after the other; prints for each the
 *                                  milliseconds to the first byte
 *   bench_socket floor VERB N PATH the same to a bare loop that listens there and spawns VERB
 */

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define APART_USEC 20000 /* the manager is done with the one before */
#define LISTEN_FD 3

extern char **environ;

static double now_msec(void) {
        struct timespec now;
        (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
        return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int address_of(const char *path, struct sockaddr_un *ret) {
        size_t length = strlen(path);
        *ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
        if (length >= sizeof(ret->sun_path))
                return -1;
        memcpy(ret->sun_path, path, length);
        return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int serve(void) {
        int connection = accept(LISTEN_FD, NULL, NULL);
        while (connection < 0) { /* the descriptor may not block */
                struct pollfd traffic = { .fd = LISTEN_FD, .events = POLLIN };
                (void)poll(&traffic, 1, -1);
                connection = accept(LISTEN_FD, NULL, NULL);
        }
        return write(connection, "x", 1) != 1;
}

static int clients(long n, const char *path) {
        struct sockaddr_un address;
        for (long i = 0; i < n; i++) {
                char byte;
                int fd = address_of(path, &address);
                double begin = now_msec();
                if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
                    read(fd, &byte, 1) != 1) {
                        perror(path);
                        return 1;
                }
                printf("%.3f\n", now_msec() - begin);
                (void)close(fd);
                (void)usleep(APART_USEC);
        }
        return 0;
}

/* Runs the program with `fd` where it expects it. */
static void spawn(char *self, const char *verb, int fd, bool is_listener) {
        char *const argv[] = { self, (char *)(uintptr_t)verb, NULL };
        pid_t pid = vfork();
        if (pid == 0) {
                (void)dup2(fd, is_listener ? LISTEN_FD : STDOUT_FILENO);
                (void)execve(self, argv, environ); /* returns only on failure */
                _exit(127);
        }
        if (!is_listener)
                (void)close(fd);
        (void)waitpid(pid, NULL, 0); /* our own child */
}

static _Noreturn void listen_for_ever(char *self, const char *verb, int listener) {
        bool is_listener = strcmp(verb, "serve") == 0;
        for (;;) {
                struct pollfd traffic = { .fd = listener, .events = POLLIN };
                if (is_listener && poll(&traffic, 1, -1) == 1)
                        spawn(self, verb, listener, true);
                else if (!is_listener)
                        spawn(self, verb, accept(listener, NULL, NULL), false);
        }
}

static int floor_of(char *self, const char *verb, long n, const char *path) {
        struct sockaddr_un address;
        int listener = address_of(path, &address);
        if (bind(listener, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
            listen(listener, 100) < 0) {
                perror(path);
                return 1;
        }
        pid_t server = fork();
        if (server == 0)
                listen_for_ever(self, verb, dup2(listener, LISTEN_FD + 10));
        int r = clients(n, path);
        (void)kill(server, SIGKILL); /* our own child */
        return r;
}

int main(int argc, char **argv) {
        if (argc == 2 && strcmp(argv[1], "answer") == 0)
                return write(STDOUT_FILENO, "x", 1) != 1;
        if (argc == 2 && strcmp(argv[1], "serve") == 0)
                return serve();
        if (argc == 4 && strcmp(argv[1], "clients") == 0)
                return clients(strtol(argv[2], NULL, 10), argv[3]);
        if (argc == 5 && strcmp(argv[1], "floor") == 0)
                return floor_of(argv[0], argv[2], strtol(argv[3], NULL, 10), argv[4]);
        (void)fputs("usage: bench_socket answer|serve | clients N PATH | floor VERB N PATH\n",
                    stderr);
        return 2;
}
