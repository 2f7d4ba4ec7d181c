/* SPDX-License-Identifier: Apache-2.0 */

/* Writes lines of 100 bytes, all different: bench_lines COUNT [STREAM-SOCKET]. To standard output,
 * or as a service to the journal's stream socket. With a third argument the socket is the native
 * one, and each line is the message of a datagram with 12 fields. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE 100
#define AT_ONCE 640 /* lines in one write */
#define HEADER "bench\nbench.service\n30\n1\n0\n0\n0\n"

#define FIELDS                                                                                     \
        "PRIORITY=6\nSYSLOG_IDENTIFIER=bench\nSYSLOG_FACILITY=3\nCODE_FILE=src/bench.c\n"          \
        "CODE_LINE=117\nCODE_FUNC=send_request\nTHREAD=worker\nREQUEST_METHOD=GET\n"               \
        "REQUEST_HOST=www.example.org\nSTATUS=200\nREGION=north\nMESSAGE="

static int connect_to(const char *path, int type) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0), size = 8 << 20;

        if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
                return -1;
        memcpy(address.sun_path, path, strlen(path));
        if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
            (type == SOCK_STREAM && write(fd, HEADER, sizeof(HEADER) - 1) < 0))
                return -1;
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)); /* as systemd */
        return fd;
}

static void fill(char *line, unsigned long number) {
        (void)snprintf(line, LINE, "%010lu ", number); /* fits */
        for (unsigned i = 11; i < LINE - 1; i++)
                line[i] = (char)('a' + (number * 7 + i * 13) % 26);
        line[LINE - 1] = '\n';
}

static int send_datagrams(int fd, unsigned long count) {
        static char message[sizeof(FIELDS) - 1 + LINE] = FIELDS;

        for (unsigned long i = 0; i < count; i++) {
                fill(message + sizeof(FIELDS) - 1, i);
                if (send(fd, message, sizeof(message), 0) < 0)
                        return 1;
        }
        return 0;
}

int main(int argc, char **argv) {
        static char lines[AT_ONCE * LINE];
        unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
        int fd =
                argc > 2 ? connect_to(argv[2], argc > 3 ? SOCK_DGRAM : SOCK_STREAM) : STDOUT_FILENO;

        if (fd < 0)
                return 1;
        if (argc > 3)
                return send_datagrams(fd, count);
        for (unsigned long done = 0; done < count;) {
                unsigned long n = count - done < AT_ONCE ? count - done : AT_ONCE;
                for (unsigned long i = 0; i < n; i++)
                        fill(lines + i * LINE, done + i);
                for (size_t at = 0; at < n * LINE;) {
                        ssize_t written = write(fd, lines + at, n * LINE - at);
                        if (written < 0)
                                return 1;
                        at += (size_t)written;
                }
                done += n;
        }
        return 0;
}
