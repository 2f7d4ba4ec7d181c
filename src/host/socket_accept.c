/* SPDX-License-Identifier: Apache-2.0 */
#include "host/socket_accept.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>

#include "base/error.h"
#include "host/socket_address.h"
#include "host/socket_options.h"

/* Errors of one connection, which say nothing about the socket (accept(2)). */
static bool is_transient(int error) {
        switch (error) {
        case EAGAIN:
        case EINTR:
        case ECONNABORTED:
        case ENETDOWN:
        case EPROTO:
        case ENOPROTOOPT:
        case EHOSTDOWN:
        case ENONET:
        case EHOSTUNREACH:
        case EOPNOTSUPP:
        case ENETUNREACH:
        case ETIMEDOUT:
                return true;
        default:
                return false;
        }
}

/* "local-remote" of the internet, "PID-UID" of this machine. */
static char *describe(int fd, SocketPeer *peer, char **ret_address) {
        SocketAddress local = { .length = sizeof(local.storage) }, remote = local;
        AUTO_FREE char *local_address = NULL, *local_text = NULL, *remote_text = NULL;
        StrBuf out = STRBUF_INIT;
        struct ucred creds;
        socklen_t size = sizeof(creds);
        unsigned local_port = 0;

        if (getsockname(fd, (struct sockaddr *)&local.storage, &local.length) < 0 ||
            getpeername(fd, (struct sockaddr *)&remote.storage, &remote.length) < 0)
                return NULL;
        if (local.storage.ss_family == AF_UNIX) {
                if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &creds, &size) < 0)
                        return NULL;
                strbuf_addf(&out, "%d-%u", (int)creds.pid, (unsigned)creds.uid);
                return strbuf_steal(&out);
        }
        local_text = socket_address_print(&local, &local_address, &local_port);
        remote_text = socket_address_print(&remote, ret_address, &peer->port);
        if (!local_text || !remote_text)
                return str_dup(STR_LITERAL("unknown"));
        strbuf_addf(&out, "%s-%s", local_text, remote_text);
        return strbuf_steal(&out);
}

/* Tells the engine of host->connection, which is closed when no service gets it. */
static void announce(Host *host, Unit *unit) {
        SocketPeer peer = { 0 };
        AUTO_FREE char *address = NULL;
        AUTO_FREE char *instance = describe(host->connection.fd, &peer, &address);
        if (instance) { /* else the other side has gone again */
                peer.instance = instance;
                peer.address = address;
                const EngineEvent event = { .type = EVENT_SOCKET_INCOMING,
                                            .unit = unit,
                                            .peer = &peer };
                engine_handle(host->engine, &event);
        }
        connection_end(host, &host->connection, true);
}

void socket_accept_one(HostUnit *hu, int fd) {
        Host *host = hu->host;
        int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (connection < 0) {
                if (!is_transient(errno))
                        unit_log(hu->unit,
                                 LOG_WARNING,
                                 "%s: Failed to accept a connection: %s",
                                 hu->unit->id,
                                 strerror(errno));
                return;
        }
        connection_begin(host, hu->unit, connection, &host->connection);
        struct sockaddr_storage storage = { 0 };
        socklen_t length = sizeof(storage);
        (void)getsockname(connection, (struct sockaddr *)&storage, &length); /* else of no family */
        socket_options_apply(connection, storage.ss_family, hu->unit);
        announce(host, hu->unit);
}

void socket_accept_restored(Host *host) {
        for (Unit *unit = engine_next_unit(host->engine, NULL); unit;
             unit = engine_next_unit(host->engine, unit)) {
                if (unit->type != UNIT_SOCKET)
                        continue;
                while (connection_take_any(host, unit, &host->connection))
                        announce(host, unit);
        }
        connection_drop_unclaimed(host);
}
