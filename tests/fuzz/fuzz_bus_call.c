/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../engine/fake_host.h"

#include "bus/bus_default_properties.h"
#include "bus/bus_method.h"
#include "bus/bus_private.h"
#include "fuzz_input.h"
#include "unit/unit_load.h"

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

static void append(Fuzz *fuzz, sd_bus_message *message, const char *signature, size_t length);

/* Length of the first complete type. */
static size_t type_length(const char *signature) {
        size_t n = 0;
        int depth = 0;

        while (signature[n] == 'a')
                n++;
        do {
                depth += signature[n] == '(';
                depth -= signature[n] == ')';
                n++;
        } while (depth > 0);
        return n;
}

static void append_basic(Fuzz *fuzz, sd_bus_message *message, char type) {
        uint64_t number = 0;
        uint8_t byte;
        int truth;

        if (type == 's') {
                AUTO_FREE char *text = next_text(fuzz);
                require(sd_bus_message_append_basic(message, 's', text) >= 0);
                return;
        }
        if (type == 'o') {
                require(sd_bus_message_append_basic(message, 'o', "/") >= 0);
                return;
        }
        number = byte = next_byte(fuzz);
        number = byte == 255 ? UINT64_MAX : number;
        truth = byte & 1;
        if (type == 'b')
                require(sd_bus_message_append_basic(message, type, &truth) >= 0);
        else
                require(sd_bus_message_append_basic(
                                message, type, type == 'y' ? (void *)&byte : (void *)&number) >= 0);
}

/* A property with a value that it may take. */
static void append_property(Fuzz *fuzz, sd_bus_message *message) {
        static const char *const others[] = {
                "s",  "b",     "u",     "t",     "as",       "ay",      "a(sasb)",
                "au", "a(ss)", "a(st)", "(bas)", "a(sasas)", "a(sbbs)",
        };
        unsigned number = next_byte(fuzz) * 256u;
        const BusPropertyRow *row =
                &bus_property_rows[(number + next_byte(fuzz)) % bus_property_count];
        uint8_t which = next_byte(fuzz);
        const char *signature = which < 200 ? row->signature : others[which % ARRAY_LENGTH(others)];

        if (streq(signature, "a(sasbttttuii)"))
                signature = "a(sasb)";
        if (streq(signature, "a(sbbsi)"))
                signature = "a(sbbs)";
        if (streq(signature, "a(stt)"))
                signature = "a(st)";
        require(sd_bus_message_append_basic(message, 's', row->name) >= 0);
        require(sd_bus_message_open_container(message, 'v', signature) >= 0);
        append(fuzz, message, signature, strlen(signature));
        require(sd_bus_message_close_container(message) >= 0);
}

static void append_container(Fuzz *fuzz, sd_bus_message *message, const char *type, size_t length) {
        bool is_array = type[0] == 'a';
        AUTO_FREE char *contents = str_dup((Str){ type + 1, length - (is_array ? 1 : 2) });
        unsigned n = is_array ? next_byte(fuzz) % 17 : 1;

        require(contents);
        require(sd_bus_message_open_container(message, is_array ? 'a' : 'r', contents) >= 0);
        for (; n > 0; n--)
                append(fuzz, message, contents, strlen(contents));
        require(sd_bus_message_close_container(message) >= 0);
}

/* Values of these types. */
static void append(Fuzz *fuzz, sd_bus_message *message, const char *signature, size_t length) {
        for (size_t i = 0; i < length;) {
                const char *type = signature + i;
                size_t n = type_length(type);
                if (type[0] == 'v')
                        require(sd_bus_message_append(message, "v", "s", "debug") >= 0);
                else if (length == 2 && memcmp(type, "sv", 2) == 0) {
                        append_property(fuzz, message);
                        return;
                } else if (type[0] == 'a' || type[0] == '(')
                        append_container(fuzz, message, type, n);
                else
                        append_basic(fuzz, message, type[0]);
                i += n;
        }
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
        append(fuzz, call, row->in, strlen(row->in));
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

/* What is written for a transient unit can be read again. */
static int make_transient(void *userdata, const char *name, const char *text, UnitSpec **ret) {
        const SpecifierContext specifiers = { .unit_name = name };

        (void)userdata;
        require(unit_spec_new(name, ret) >= 0);
        require(unit_load_text(*ret, str_of(text), NULL, &specifiers) >= 0);
        (*ret)->load_state = UNIT_LOADED;
        return 0;
}

static int
write_setting(void *userdata, Unit *unit, const char *setting, const char *text, bool runtime) {
        (void)userdata;
        (void)unit;
        (void)runtime;
        require(strstr(text, setting));
        return 0;
}

static int reload_unit(void *userdata, Unit *unit) {
        (void)userdata;
        (void)unit;
        return 0;
}

static void add_units(FakeHost *host) {
        fake_host_add_unit(host, "a.service", "[Service]\nExecStart=/bin/a\nExecReload=/bin/r\n");
        fake_host_add_unit(host, "b.target", "[Unit]\nAllowIsolate=yes\nWants=a.service\n");
        fake_host_add_unit(host, "c@.service", "[Service]\nType=notify\nExecStart=/bin/c\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const BusHost little = {
                .make_transient = make_transient,
                .write_setting = write_setting,
                .reload_unit = reload_unit,
        };
        Fuzz fuzz = { .input = { (const char *)data, size } };
        BusServerOptions options = { .host = &little, .owner = getuid() };
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
        require(bus_private_accept(fuzz.server, fds[0]) >= 0);
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
