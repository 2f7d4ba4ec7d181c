/* SPDX-License-Identifier: Apache-2.0 */
#include "host/connection.h"

#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/hash.h"
#include "base/random_id.h"
#include "base/strbuf.h"
#include "host/host.h"
#include "host/keeper_link.h"

#define KEEPER_PREFIX "accepted:"

/* What the names of all connections of a socket unit begin with. Names of units may be longer than
 * the keeper takes. */
static void add_prefix(StrBuf *out, const Unit *socket) {
        static const uint8_t key[16] = "tend-accept-name";
        unsigned long long hash = siphash24(socket->id, strlen(socket->id), key);
        strbuf_addf(out, KEEPER_PREFIX "%016llx:", hash);
}

static char *new_name(const Unit *socket) {
        StrBuf name = STRBUF_INIT;
        char text[ID128_TEXT_SIZE];
        Id128 id;
        if (id128_random(&id) < 0)
                return NULL;
        add_prefix(&name, socket);
        strbuf_add(&name, id128_print(id, text));
        return strbuf_steal(&name);
}

void connection_prepare(Host *host, const Unit *socket, Connection *ret) {
        *ret = (Connection){ .fd = -1, .keeper_name = host->keeper ? new_name(socket) : NULL };
}

void connection_begin(Host *host, Connection *connection, int fd) {
        connection->fd = fd;
        if (connection->keeper_name)
                host_keep_fd(host, connection->keeper_name, fd);
}

bool connection_take_back(Host *host, Str keeper_name, Connection *ret) {
        AUTO_FREE char *name = str_dup(keeper_name);
        int fd = name ? host_take_kept_fd(host, name) : -1;
        if (fd < 0)
                return false;
        *ret = (Connection){ .fd = fd, .keeper_name = STEAL(name) };
        return true;
}

bool connection_take_any(Host *host, const Unit *socket, Connection *ret) {
        AUTO(strbuf_done) StrBuf prefix = STRBUF_INIT;
        char *name = NULL;
        add_prefix(&prefix, socket);
        int fd = strbuf_result(&prefix) < 0
                         ? -1
                         : host_take_kept_prefix(host, strbuf_text(&prefix), &name);
        if (fd < 0)
                return false;
        *ret = (Connection){ .fd = fd, .keeper_name = name };
        return true;
}

void connection_end(Host *host, Connection *connection, bool also_keeper) {
        if (also_keeper && connection->fd >= 0 && connection->keeper_name && host->keeper)
                (void)keeper_link_remove(host->keeper,
                                         connection->keeper_name); /* a lost keeper was reported */
        (void)fd_close(connection->fd);                            /* always -1 */
        free(connection->keeper_name);
        *connection = CONNECTION_NONE;
}

void connection_drop_unclaimed(Host *host) {
        for (;;) {
                Connection left = CONNECTION_NONE;
                left.fd = host_take_kept_prefix(host, KEEPER_PREFIX, &left.keeper_name);
                if (left.fd < 0)
                        return;
                connection_end(host, &left, true);
        }
}
