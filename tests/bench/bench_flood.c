/* SPDX-License-Identifier: Apache-2.0 */

/* Clients that ask for more than a manager can do, so that ./dev bench measures what others get
 * meanwhile: bench_flood N UNIT... opens N connections to the private socket; each asks without
 * pause to start and to stop the units in turn, and throws away what comes. It knows as much of
 * D-Bus as that takes, so that it asks faster than it is answered. One that is cut off comes back.
 * Prints "flooding" when it begins, ends when killed. */

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#define CALL_MAX 1024
#define FLOOD_MAX 65536 /* calls that are sent again and again */

typedef struct Bytes {
        uint8_t data[FLOOD_MAX];
        size_t length;
} Bytes;

typedef struct Flooder {
        int fd;      /* -1 = not connected */
        size_t sent; /* of the flood */
} Flooder;

/* --- calls, by the D-Bus specification --------------------------------------------------------*/

static void add(Bytes *bytes, const void *data, size_t length) {
        memcpy(bytes->data + bytes->length, data, length);
        bytes->length += length;
}

static void align(Bytes *bytes, size_t alignment) {
        while (bytes->length % alignment != 0)
                bytes->data[bytes->length++] = 0;
}

static void add_number(Bytes *bytes, uint32_t number) {
        align(bytes, 4);
        add(bytes, &number, sizeof(number));
}

static void set_number(Bytes *bytes, size_t at, size_t number) {
        uint32_t word = (uint32_t)number;

        memcpy(bytes->data + at, &word, sizeof(word));
}

static void add_text(Bytes *bytes, const char *text) {
        add_number(bytes, (uint32_t)strlen(text));
        add(bytes, text, strlen(text) + 1);
}

static void add_field(Bytes *bytes, char code, char type, const char *text) {
        const char head[] = { code, 1, type, 0 };

        align(bytes, 8);
        add(bytes, head, sizeof(head));
        add_text(bytes, text);
}

/* A call that wants no answer, with two strings. */
static void make_call(Bytes *call, const char *method, const char *unit) {
        static const char fixed[] = {
                __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 'l' : 'B', 1, 1, 1
        };
        static const char signature[] = { 8, 1, 'g', 0, 2, 's', 's', 0 };
        size_t fields, body;

        call->length = 0;
        add(call, fixed, sizeof(fixed));
        add_number(call, 0); /* length of the body */
        add_number(call, 1); /* serial number */
        add_number(call, 0); /* length of the fields */
        fields = call->length;
        add_field(call, 1, 'o', "/org/freedesktop/systemd1");
        add_field(call, 2, 's', "org.freedesktop.systemd1.Manager");
        add_field(call, 3, 's', method);
        align(call, 8);
        add(call, signature, sizeof(signature));
        set_number(call, 12, call->length - fields);
        align(call, 8);
        body = call->length;
        add_text(call, unit);
        add_text(call, "replace");
        set_number(call, 4, call->length - body);
}

static void make_flood(Bytes *flood, char **units, unsigned n_units) {
        static Bytes call;

        for (unsigned i = 0; flood->length + CALL_MAX < FLOOD_MAX; i++) {
                make_call(&call, i / n_units % 2 ? "StopUnit" : "StartUnit", units[i % n_units]);
                add(flood, call.data, call.length);
        }
}

/* --- connections ------------------------------------------------------------------------------*/

static int open_socket(void) {
        static const char hello[] = "\0AUTH EXTERNAL 30\r\nBEGIN\r\n";
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/run/systemd/private" };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
            send(fd, hello, sizeof(hello) - 1, MSG_NOSIGNAL) == sizeof(hello) - 1)
                return fd;
        if (fd >= 0)
                (void)close(fd);
        return -1;
}

/* Reads what there is and sends what goes. */
static void turn(Flooder *flooder, const Bytes *flood) {
        static uint8_t unread[1 << 18];
        ssize_t n = 1;

        if (flooder->fd < 0)
                *flooder = (Flooder){ .fd = open_socket() };
        while (flooder->fd >= 0 && n > 0)
                n = recv(flooder->fd, unread, sizeof(unread), MSG_DONTWAIT);
        if (n < 0)
                n = send(flooder->fd,
                         flood->data + flooder->sent,
                         flood->length - flooder->sent,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0)
                flooder->sent = (flooder->sent + (size_t)n) % flood->length;
}

/* Until one of them can read or write; those that hung up are closed. */
static void wait_for_any(Flooder *flooders, unsigned n) {
        struct pollfd fds[CONNECTIONS_MAX];

        for (unsigned i = 0; i < n; i++)
                fds[i] = (struct pollfd){ .fd = flooders[i].fd, .events = POLLIN | POLLOUT };
        (void)poll(fds, n, 100); /* those that are to come back do so then */
        for (unsigned i = 0; i < n; i++)
                if (fds[i].fd >= 0 && (fds[i].revents & (POLLHUP | POLLERR))) {
                        (void)close(flooders[i].fd);
                        flooders[i].fd = -1;
                }
}

int main(int argc, char **argv) {
        static Bytes flood;
        Flooder flooders[CONNECTIONS_MAX];
        unsigned n = argc > 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;

        if (n == 0 || n > CONNECTIONS_MAX) {
                (void)fputs("usage: bench_flood N UNIT...\n", stderr);
                return 2;
        }
        make_flood(&flood, argv + 2, (unsigned)argc - 2);
        for (unsigned i = 0; i < n; i++)
                flooders[i] = (Flooder){ .fd = open_socket() };
        (void)puts("flooding");
        (void)fflush(stdout);
        for (;;) {
                for (unsigned i = 0; i < n; i++)
                        turn(&flooders[i], &flood);
                wait_for_any(flooders, n);
        }
}
