/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_output.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/macros.h"
#include "bus/bus_state.h"

#define SERIAL_AT 8           /* offset in the header, by the specification */
#define KEEP_CAPACITY 65536   /* bytes that an empty queue may hold on to */
#define COMPACT_AFTER 1048576 /* bytes sent from the front of a queue */

/* Codes of header fields. */
enum {
        FIELD_PATH = 1,
        FIELD_INTERFACE = 2,
        FIELD_MEMBER = 3,
        FIELD_ERROR_NAME = 4,
        FIELD_REPLY_SERIAL = 5,
        FIELD_SENDER = 7,
        FIELD_SIGNATURE = 8,
        FIELD_UNIX_FDS = 9,
};

/* --- packets ---------------------------------------------------------------------------------- */

static int add_field(BusBody *header, int code, char type, const void *value) {
        const char contents[] = { type, '\0' };
        int r = bus_body_append(header, "(y", code);

        if (r >= 0)
                r = bus_body_open(header, 'v', contents);
        if (r >= 0)
                r = bus_body_append_basic(header, type, value);
        if (r >= 0)
                r = bus_body_close(header);
        return r < 0 ? r : bus_body_close(header);
}

static int add_fields(BusBody *header, const BusHeader *about, const char *signature) {
        const struct {
                int code;
                char type;
                const void *value;
                bool is_there;
        } fields[] = {
                { FIELD_PATH, 'o', about->path, about->path },
                { FIELD_INTERFACE, 's', about->interface, about->interface },
                { FIELD_MEMBER, 's', about->member, about->member },
                { FIELD_ERROR_NAME, 's', about->error_name, about->error_name },
                { FIELD_REPLY_SERIAL, 'u', &about->reply_serial, about->reply_serial > 0 },
                { FIELD_SENDER, 's', BUS_NAME, true },
                { FIELD_SIGNATURE, 'g', signature, *signature },
                { FIELD_UNIX_FDS, 'u', &about->n_fds, about->n_fds > 0 },
        };
        int r = 0;

        for (unsigned i = 0; i < ARRAY_LENGTH(fields) && r >= 0; i++)
                if (fields[i].is_there)
                        r = add_field(header, fields[i].code, fields[i].type, fields[i].value);
        return r;
}

int bus_packet_init(BusPacket *packet, const BusHeader *about, const BusBody *body) {
        bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
        uint8_t flags = about->type == SD_BUS_MESSAGE_METHOD_CALL ? 0 : 1; /* wants no answer */
        BusBody *header = &packet->header;
        int r;

        *packet = (BusPacket){ .header = bus_body_of("yyyyuua(yv)"), .body = body };
        if (!bus_body_is_complete(body))
                return err_new(-EINVAL);
        r = bus_body_append(header, "yyyy", little ? 'l' : 'B', about->type, flags, 1);
        if (r >= 0)
                r = bus_body_append(header, "uu", (uint32_t)body->length, 0u);
        if (r >= 0)
                r = bus_body_open(header, 'a', "(yv)");
        if (r >= 0)
                r = add_fields(header, about, body->signature);
        return r < 0 ? r : bus_body_close(header);
}

void bus_packet_done(BusPacket *packet) {
        bus_body_done(&packet->header);
}

/* --- sending ---------------------------------------------------------------------------------- */

static bool is_full(int error) {
        return error == EAGAIN || error == ENOBUFS || error == EINTR;
}

/* The number of bytes that the client took. */
static ssize_t write_parts(int socket_fd, struct iovec *parts, unsigned n_parts, int fd) {
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(int))];
        } control = { 0 };
        struct msghdr message = { .msg_iov = parts, .msg_iovlen = n_parts };
        ssize_t n;

        if (fd >= 0) {
                message.msg_control = &control;
                message.msg_controllen = sizeof(control);
                control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
                                                   .cmsg_level = SOL_SOCKET,
                                                   .cmsg_type = SCM_RIGHTS };
                memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
        }
        n = sendmsg(socket_fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0)
                return n;
        return is_full(errno) ? 0 : err_new(-errno);
}

size_t bus_output_unsent(const BusConnection *connection) {
        return connection->output.unsent.length - connection->output.n_sent;
}

/* Keeps what is left of the parts after the first `n` bytes. */
static int keep(BusConnection *connection, const struct iovec *parts, unsigned n_parts, size_t n) {
        BusServer *server = connection->server;
        StrBuf *unsent = &connection->output.unsent;
        size_t before = unsent->length;

        for (unsigned i = 0; i < n_parts; i++) {
                size_t gone = MIN(n, parts[i].iov_len);
                n -= gone;
                if (gone == parts[i].iov_len)
                        continue;
                strbuf_add_bytes(unsent, (char *)parts[i].iov_base + gone, parts[i].iov_len - gone);
        }
        server->n_unsent += unsent->length - before;
        return err_pass(strbuf_result(unsent));
}

static bool may_keep(const BusConnection *connection, size_t size) {
        size_t unsent = bus_output_unsent(connection);

        /* One message is always taken, however long. */
        return unsent == 0 || (unsent + size <= BUS_UNSENT_MAX &&
                               connection->server->n_unsent + size <= BUS_UNSENT_TOTAL_MAX);
}

int bus_output_send(BusConnection *connection, BusPacket *packet, int fd) {
        uint8_t zeros[8] = { 0 };
        const BusBody *header = &packet->header, *body = packet->body;
        struct iovec parts[] = {
                { header->data, header->length },
                { zeros, -header->length & 7 },
                { body->data, body->length }, /* NULL, 0 without arguments */
        };
        size_t size = parts[0].iov_len + parts[1].iov_len + parts[2].iov_len;
        bool waits = bus_output_unsent(connection) > 0;
        ssize_t n = 0;

        if (fd >= 0 && waits)
                return -EBUSY;
        if (!may_keep(connection, size))
                return err_new(-ENOBUFS);
        connection->output.serial = connection->output.serial + 1 ?: 1;
        memcpy(header->data + SERIAL_AT, &connection->output.serial, sizeof(uint32_t));
        if (!waits)
                n = write_parts(sd_bus_get_fd(connection->bus), parts, ARRAY_LENGTH(parts), fd);
        if (n < 0)
                return (int)n;
        if (fd >= 0 && n == 0)
                return -EBUSY;
        return (size_t)n == size ? 0 : keep(connection, parts, ARRAY_LENGTH(parts), (size_t)n);
}

/* Drops what was sent from the front of the queue. */
static void compact(BusOutput *output) {
        StrBuf *unsent = &output->unsent;

        if (output->n_sent == unsent->length && unsent->capacity <= KEEP_CAPACITY)
                strbuf_clear(unsent);
        else if (output->n_sent == unsent->length)
                strbuf_done(unsent);
        else if (output->n_sent >= COMPACT_AFTER && output->n_sent >= unsent->length / 2) {
                memmove(unsent->data,
                        unsent->data + output->n_sent,
                        unsent->length - output->n_sent);
                strbuf_truncate(unsent, unsent->length - output->n_sent);
        } else
                return;
        output->n_sent = 0;
}

int bus_output_flush(BusConnection *connection) {
        BusOutput *output = &connection->output;
        struct iovec part = { .iov_len = bus_output_unsent(connection) };
        ssize_t n;

        if (part.iov_len == 0)
                return 0;
        part.iov_base = output->unsent.data + output->n_sent;
        n = write_parts(sd_bus_get_fd(connection->bus), &part, 1, -1);
        if (n < 0)
                return (int)n;
        output->n_sent += (size_t)n;
        connection->server->n_unsent -= (size_t)n;
        compact(output);
        return 0;
}

void bus_output_done(BusConnection *connection) {
        connection->server->n_unsent -= bus_output_unsent(connection);
        strbuf_done(&connection->output.unsent);
        connection->output.n_sent = 0;
}
