/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What goes out on a private connection. libsystemd makes the handshake there and reads the calls;
 * everything that is written after the handshake goes this way and no other, or messages would be
 * mixed up: what a client has not read yet waits here. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "bus/bus_body.h"

struct BusConnection;

#define BUS_UNSENT_MAX (16u << 20)        /* bytes for a client that does not read */
#define BUS_UNSENT_TOTAL_MAX (128u << 20) /* bytes for all such clients together */

/* What stands before the arguments of a message. */
typedef struct BusHeader {
        uint8_t type;          /* SD_BUS_MESSAGE_SIGNAL, ... */
        uint32_t reply_serial; /* the call that is answered; 0 = none */
        uint32_t n_fds;
        const char *path, *interface, *member, *error_name; /* NULL = none */
} BusHeader;

/* A message that can be sent to any number of clients. */
typedef struct BusPacket {
        BusBody header;
        const BusBody *body; /* not owned */
} BusPacket;

/* Of one connection. */
typedef struct BusOutput {
        StrBuf unsent; /* bytes that the client did not take yet */
        size_t n_sent; /* of these */
        uint32_t serial;
} BusOutput;

/* Puts a message together. -EINVAL when the body lacks arguments; -ENOMEM. The packet is to be
 * released in any case. */
int bus_packet_init(BusPacket *packet, const BusHeader *about, const BusBody *body);

/* Releases the header; the body stays the caller's. */
void bus_packet_done(BusPacket *packet);
DEFINE_AUTO_DONE(BusPacket, bus_packet_done);

/* Writes a message, or keeps what the client does not take now. `fd` goes with it (-1 = none):
 * -EBUSY when there is something in front of it, nothing was sent then. -ENOBUFS when more would
 * have to be kept than is allowed; like any other error it ends the connection, but for -EBUSY. */
int bus_output_send(struct BusConnection *connection, BusPacket *packet, int fd);

/* Writes what was kept as far as the client takes it; negative when it has gone. */
int bus_output_flush(struct BusConnection *connection);

/* Bytes that are kept. */
size_t bus_output_unsent(const struct BusConnection *connection);

/* Forgets what was kept. */
void bus_output_done(struct BusConnection *connection);
