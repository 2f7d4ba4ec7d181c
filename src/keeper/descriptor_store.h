/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Descriptors that must not close when the manager dies: kept under a name, handed to each new
 * manager. A fixed table; nothing is allocated. */

#include <stdbool.h>

#include "base/keeper_protocol.h"

#define DESCRIPTORS_MAX 4096

typedef struct StoredDescriptor {
        int fd; /* owned; 0 = free slot */
        char name[KEEPER_NAME_MAX];
} StoredDescriptor;

typedef struct DescriptorStore {
        StoredDescriptor items[DESCRIPTORS_MAX];
        unsigned end;    /* slots at and above this index are free */
        unsigned n_sent; /* index of the first not sent to the present manager */
} DescriptorStore;

/* Keeps `fd` (which then belongs to the store) under `name`, replacing an older one. False when the
 * store is full or the name is empty; the descriptor is closed then. */
bool descriptor_store_put(DescriptorStore *store, const char *name, int fd);

/* Closes the descriptors of this name, or of this prefix when it ends in '*'. */
void descriptor_store_remove(DescriptorStore *store, const char *name);

/* A new manager has come: everything is to be sent again. */
void descriptor_store_rewind(DescriptorStore *store);

/* Sends what is unsent; 1 when all is sent, 0 when the socket is full, -errno. */
int descriptor_store_send(DescriptorStore *store, int socket_fd);
