/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Many datagrams received at once, with who sent them, when, and a descriptor that came along. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/str.h"

#define DATAGRAMS_AT_ONCE 16
#define DATAGRAM_ROOM 16 /* bytes in front of each that may be overwritten */

typedef struct DatagramBatch DatagramBatch;

typedef struct Datagram {
        char *data; /* may be changed; NUL behind it */
        size_t length;
        struct ucred from;  /* pid 0 = unknown */
        uint64_t sent_usec; /* realtime, 0 = unknown */
        int fd;             /* owned by the batch, -1 = none */
        bool is_cut;        /* it was too long */
} Datagram;

/* Room for a batch; memory is taken where it is used. NULL when out of memory. */
DatagramBatch *datagram_batch_new(void);

/* Receives what is there. How many, 0 when there is nothing, -errno. */
int datagram_batch_receive(DatagramBatch *batch, int fd);

/* One of them, until the next receive. */
Datagram *datagram_batch_get(DatagramBatch *batch, unsigned i);

/* Releases it; returns NULL. */
DatagramBatch *datagram_batch_free(DatagramBatch *batch);
