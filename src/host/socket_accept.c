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

/* What is said of the other side of a connection, all owned. */
typedef struct PeerText {
        char *instance; /* "local-remote" of the internet, "PID-UID" of this machine */
        char *address;  /* NULL of this machine */
        unsigned port;
        char *title; /* "10.0.0.1:80", "[::1]:80", "PID 1/UID 0" */
} PeerText;

static void peer_text_done(PeerText *text) {
        free(text->instance);
        free(text->address);
        free(text->title);
}
DEFINE_AUTO_DONE(PeerText, peer_text_done);

/* `out` is left without an instance when there is no memory. */
static void describe_local(const struct ucred *creds, PeerText *out) {
        StrBuf instance = STRBUF_INIT, title = STRBUF_INIT;
        strbuf_addf(&instance, "%d-%u", (int)creds->pid, (unsigned)creds->uid);
        strbuf_addf(&title, "PID %d/UID %u", (int)creds->pid, (unsigned)creds->uid);
        out->instance = strbuf_steal(&instance);
        out->title = strbuf_steal(&title);
}

static void
describe_remote(const SocketAddress *local, const SocketAddress *remote, PeerText *out) {
        AUTO_FREE char *local_address = NULL, *local_text = NULL, *remote_text = NULL;
        StrBuf instance = STRBUF_INIT, title = STRBUF_INIT;
        unsigned local_port = 0;
        local_text = socket_address_print(local, &local_address, &local_port);
        remote_text = socket_address_print(remote, &out->address, &out->port);
        if (!local_text || !remote_text) {
                out->instance = str_dup(STR_LITERAL("unknown"));
                return;
        }
        strbuf_addf(&instance, "%s-%s", local_text, remote_text);
        bool has_colons = strchr(out->address, ':') && remote->storage.ss_family == AF_INET6;
        strbuf_addf(&title, has_colons ? "[%s]:%u" : "%s:%u", out->address, out->port);
        out->instance = strbuf_steal(&instance);
        out->title = strbuf_steal(&title);
}

/* Without an instance when the other side has gone again. */
static void describe(int fd, PeerText *out) {
        SocketAddress local = { .length = sizeof(local.storage) }, remote = local;
        struct ucred creds;
        socklen_t size = sizeof(creds);

        if (getsockname(fd, (struct sockaddr *)&local.storage, &local.length) < 0 ||
            getpeername(fd, (struct sockaddr *)&remote.storage, &remote.length) < 0)
                return;
        if (local.storage.ss_family != AF_UNIX)
                describe_remote(&local, &remote, out);
        else if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &creds, &size) == 0)
                describe_local(&creds, out);
}

/* Tells the engine of host->connection, which is closed when no service gets it. */
static void announce(Host *host, Unit *unit) {
        AUTO(peer_text_done) PeerText text = { 0 };
        describe(host->connection.fd, &text);
        const SocketPeer peer = {
                .instance = text.instance,
                .address = text.address,
                .port = text.port,
                .title = text.title,
        };
        const EngineEvent event = { .type = EVENT_SOCKET_INCOMING, .unit = unit, .peer = &peer };
        if (text.instance)
                engine_handle(host->engine, &event);
        connection_end(host, &host->connection, true);
}

void socket_accept_one(HostUnit *hu, int fd) {
        Host *host = hu->host;
        connection_prepare(host, hu->unit, &host->connection);
        int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (connection < 0) {
                if (!is_transient(errno))
                        unit_log(hu->unit,
                                 LOG_WARNING,
                                 "%s: Failed to accept a connection: %s",
                                 hu->unit->id,
                                 strerror(errno));
                connection_end(host, &host->connection, false);
                return;
        }
        connection_begin(host, &host->connection, connection);
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
