/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../engine/fake_host.h"

#include "bus/bus_connection.h"
#include "bus/bus_method.h"
#include "fuzz_input.h"

/* A client's side of a conversation: each call is one byte for the method, one for the object, and
 * lines of text that fill the arguments. A first byte of 255 sends the rest as it is, after the
 * handshake. The server must answer or hang up, and its engine must stay whole. */

#define CALLS_MAX 64

static void require(bool truth) {
        if (!truth)
                abort();
}

typedef struct Fuzz {
        FakeHost *host;
        sd_event *event;
        BusServer *server;
        Str input;
} Fuzz;

static uint8_t next_byte(Fuzz *fuzz) {
        uint8_t byte = 0;

        if (fuzz->input.length > 0) {
                byte = (uint8_t)*fuzz->input.data;
                fuzz->input.data++;
                fuzz->input.length--;
        }
        return byte;
}

/* The next line as a string that D-Bus takes, in fresh memory. */
static char *next_text(Fuzz *fuzz) {
        Str line = STR_EMPTY;
        char *text;

        if (fuzz->input.length > 0)
                (void)str_next_part(&fuzz->input, '\n', &line); /* empty at the end */
        if (!fuzz->input.data)
                fuzz->input = STR_EMPTY;
        text = str_dup(line);
        require(text);
        for (char *p = text; p < text + line.length; p++)
                if (*p == '\0' || (unsigned char)*p >= 0x80)
                        *p = '?';
        return text;
}

static int append_argument(Fuzz *fuzz, sd_bus_message *message, char type) {
        AUTO_FREE char *text = NULL;
        uint64_t number;
        uint8_t byte;

        if (type == 's') {
                text = next_text(fuzz);
                return sd_bus_message_append_basic(message, 's', text);
        }
        number = next_byte(fuzz);
        byte = (uint8_t)number;
        return type == 'y' ? sd_bus_message_append_basic(message, 'y', &byte)
                           : sd_bus_message_append_basic(message, type, &number);
}

static int append_arguments(Fuzz *fuzz, sd_bus_message *message, const char *signature) {
        int r = 0;

        for (; *signature && r >= 0; signature++) {
                if (*signature == 'v') {
                        r = sd_bus_message_append(message, "v", "s", "debug");
                        continue;
                }
                if (*signature != 'a') {
                        r = append_argument(fuzz, message, *signature);
                        continue;
                }
                signature++;
                r = sd_bus_message_open_container(message, 'a', (char[]){ *signature, '\0' });
                for (unsigned n = next_byte(fuzz) % 17; n > 0 && r >= 0; n--)
                        r = append_argument(fuzz, message, *signature);
                if (r >= 0)
                        r = sd_bus_message_close_container(message);
        }
        return r;
}

static void send_call(Fuzz *fuzz, sd_bus *client) {
        static const char *const paths[] = {
                BUS_PATH_MANAGER,
                BUS_PATH_UNITS "/a_2eservice",
                BUS_PATH_UNITS "/b_2etarget",
                BUS_PATH_UNITS "/c_40x_2eservice",
                BUS_PATH_JOBS "/1",
                BUS_PATH_JOBS "/2",
                "/",
        };
        const BusMethodRow *row = &bus_method_rows[next_byte(fuzz) % bus_method_count];
        const char *path = paths[next_byte(fuzz) % ARRAY_LENGTH(paths)];
        sd_bus_message *call = NULL;

        require(sd_bus_message_new_method_call(client, &call, NULL, path, NULL, row->member) >= 0);
        require(append_arguments(fuzz, call, row->in) >= 0);
        (void)sd_bus_send(client, call, NULL); /* fails once the server has hung up */
        sd_bus_message_unref(call);
}

static void settle(Fuzz *fuzz) {
        while (sd_event_run(fuzz->event, 0) > 0)
                fake_host_run(fuzz->host);
        fake_host_run(fuzz->host);
}

static void talk(Fuzz *fuzz, int fd) {
        sd_bus *client = NULL;

        require(sd_bus_new(&client) >= 0);
        require(sd_bus_set_fd(client, fd, fd) >= 0);
        require(sd_bus_start(client) >= 0);
        require(sd_bus_attach_event(client, fuzz->event, 0) >= 0);
        for (unsigned i = 0; i < CALLS_MAX && fuzz->input.length > 0; i++) {
                send_call(fuzz, client);
                settle(fuzz);
        }
        sd_bus_close_unref(client);
}

static void send_bytes(Fuzz *fuzz, int fd) {
        static const char hello[] = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";

        require(write(fd, hello, sizeof(hello) - 1) == sizeof(hello) - 1);
        settle(fuzz);
        /* The server may have hung up already. */
        (void)!write(fd, fuzz->input.data, fuzz->input.length);
        settle(fuzz);
        close(fd);
}

static void add_units(FakeHost *host) {
        fake_host_add_unit(host, "a.service", "[Service]\nExecStart=/bin/a\nExecReload=/bin/r\n");
        fake_host_add_unit(host, "b.target", "[Unit]\nAllowIsolate=yes\nWants=a.service\n");
        fake_host_add_unit(host, "c@.service", "[Service]\nType=notify\nExecStart=/bin/c\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const BusHost nothing = { 0 };
        Fuzz fuzz = { .input = { (const char *)data, size } };
        BusServerOptions options = { .host = &nothing, .owner = getuid() };
        int fds[2];

        (void)signal(SIGPIPE, SIG_IGN);
        fuzz.host = fake_host_new(NULL);
        fuzz.host->silent = true;
        add_units(fuzz.host);
        require(sd_event_new(&fuzz.event) >= 0);
        options.engine = fuzz.host->engine;
        options.event = fuzz.event;
        require(bus_server_new(&options, &fuzz.server) >= 0);
        require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
        require(bus_connection_accept(fuzz.server, fds[0]) >= 0);
        if (size > 0 && data[0] == 255) {
                (void)next_byte(&fuzz);
                send_bytes(&fuzz, fds[1]);
        } else
                talk(&fuzz, fds[1]);
        settle(&fuzz);
        bus_server_free(fuzz.server);
        sd_event_unref(fuzz.event);
        fake_host_free(fuzz.host);
        return 0;
}
