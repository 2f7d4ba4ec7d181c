/* SPDX-License-Identifier: Apache-2.0 */
#include "host/listen_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/macros.h"
#include "base/strv.h"
#include "engine/service_unit.h"
#include "engine/socket_unit.h"
#include "host/keeper_link.h"
#include "host/listen_node.h"
#include "host/socket_accept.h"

#define KEEPER_PREFIX "listen:"
#define FLUSH_MAX 1024 /* waiting connections or datagrams that are dropped at once */

/* Opening and closing is here; making one descriptor is listen_node.c, connections are
 * socket_accept.c. */

typedef struct ListenSocket {
        int fd;
        sd_event_source *traffic; /* NULL until it was watched */
        Unit *unit;
} ListenSocket;

struct ListenSockets {
        ListenSocket *sockets; /* owned, one per rule */
        unsigned n_sockets;
        char **keeper_names; /* owned, in the same order */
};

static const RuleList *rules_of(const Unit *unit) {
        return unit->spec ? unit_spec_rules(unit->spec, DIRECTIVE_LISTEN) : NULL;
}

/* The name of a descriptor in the keeper: by what it is, so that a changed address is a new one. */
static int add_keeper_name(ListenSockets *listen, const Unit *unit, const Rule *rule) {
        static const uint8_t key[16] = "tend-listen-name";
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        strbuf_addf(&text, "%s\n%d\n%s", unit->id, rule->variant, rule->source);
        int r = strbuf_result(&text);
        if (r < 0)
                return err_pass(r);
        uint64_t hash = siphash24(strbuf_text(&text), text.length, key);
        return strv_addf(&listen->keeper_names, KEEPER_PREFIX "%016llx", (unsigned long long)hash);
}

static ListenSockets *listen_free(ListenSockets *listen) {
        if (!listen)
                return NULL;
        for (unsigned i = 0; i < listen->n_sockets; i++) {
                sd_event_source_disable_unref(listen->sockets[i].traffic);
                (void)fd_close(listen->sockets[i].fd); /* always -1 */
        }
        strv_free(listen->keeper_names);
        free(listen->sockets);
        free(listen);
        return NULL;
}
DEFINE_AUTO(ListenSockets *, listen_free);

static int open_one(HostUnit *hu, ListenSockets *listen, const Rule *rule) {
        ListenSocket *socket = &listen->sockets[listen->n_sockets];
        int r = add_keeper_name(listen, hu->unit, rule);
        if (r < 0)
                return err_pass(r);
        const char *name = listen->keeper_names[listen->n_sockets];
        int fd = host_take_kept_fd(hu->host, name);
        if (fd < 0) {
                fd = listen_node_open(hu->unit, rule);
                if (fd < 0)
                        return err_pass(fd);
                host_keep_fd(hu->host, name, fd);
        }
        *socket = (ListenSocket){ .fd = fd, .unit = hu->unit };
        listen->n_sockets++;
        return 0;
}

int listen_socket_open(HostUnit *hu) {
        const RuleList *rules = rules_of(hu->unit);
        unsigned n = rules ? rules->n_rules : 0;
        AUTO(listen_free) ListenSockets *listen = calloc(1, sizeof(*listen));
        if (hu->listen)
                return 0;
        if (!listen)
                return err_new(-ENOMEM);
        listen->sockets = calloc(n + 1, sizeof(*listen->sockets));
        if (!listen->sockets)
                return err_new(-ENOMEM);
        int r = 0;
        for (unsigned i = 0; i < n && r >= 0; i++)
                r = open_one(hu, listen, &rules->rules[i]);
        hu->listen = STEAL(listen);
        if (r < 0) {
                listen_socket_close(hu, true);
                return err_pass(r);
        }
        listen_node_link(hu->unit);
        return 0;
}

void listen_socket_close(HostUnit *hu, bool forget) {
        if (!hu->listen)
                return;
        if (forget) {
                STRV_FOREACH(name, hu->listen->keeper_names)
                if (hu->host->keeper)
                        (void)keeper_link_remove(hu->host->keeper,
                                                 *name); /* a lost keeper was reported */
                listen_node_remove(hu->unit);
        }
        hu->listen = listen_free(hu->listen);
}

/* --- traffic ---------------------------------------------------------------------------------- */

static int on_traffic(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        ListenSocket *socket = userdata;
        Unit *unit = socket->unit;
        HostUnit *hu = host_unit_peek(unit);
        (void)source;
        (void)events; /* an error on the socket also starts the service, which finds it */

        if (unit_spec_bool(unit->spec, DIRECTIVE_ACCEPT)) {
                socket_accept_one(hu, fd);
        } else {
                const EngineEvent event = { .type = EVENT_SOCKET_INCOMING, .unit = unit };
                engine_handle(hu->host->engine, &event);
        }
        return 0;
}

int listen_socket_watch(HostUnit *hu, bool watch) {
        int result = 0;
        for (unsigned i = 0; hu->listen && i < hu->listen->n_sockets; i++) {
                ListenSocket *socket = &hu->listen->sockets[i];
                int r = 0;
                /* A service of before it was an accepting socket may have made it block. */
                if (watch && socket_accepts(hu->unit))
                        (void)fd_set_nonblock(socket->fd, true); /* it is ours and open */
                if (!watch)
                        socket->traffic = sd_event_source_disable_unref(socket->traffic);
                else if (!socket->traffic)
                        r = sd_event_add_io(hu->host->event,
                                            &socket->traffic,
                                            socket->fd,
                                            EPOLLIN,
                                            on_traffic,
                                            socket);
                if (r < 0) {
                        unit_log(hu->unit,
                                 LOG_ERR,
                                 "%s: %s cannot be watched for traffic: %s",
                                 hu->unit->id,
                                 rules_of(hu->unit)->rules[i].source,
                                 strerror(-r));
                        result = err_new(r);
                }
        }
        return result;
}

/* Drops one waiting connection, datagram or piece of a stream; false when there is none. */
static bool drop_one(int fd) {
        char scrap[4096];
        AUTO_FD int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (connection >= 0)
                return true;
        if (errno == EAGAIN || errno == ECONNABORTED)
                return false;
        ssize_t n = recv(fd, scrap, sizeof(scrap), MSG_DONTWAIT | MSG_TRUNC);
        if (n < 0 && errno == ENOTSOCK)
                n = read(fd, scrap, sizeof(scrap));
        return n > 0;
}

/* The service may have made the descriptor a blocking one, which it is for us too then (fcntl(2)).
 * It is what it was afterwards, for others who may hold it still. */
static void flush_one(int fd) {
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0 || fd_set_nonblock(fd, true) < 0)
                return;
        for (unsigned n = 0; n < FLUSH_MAX && drop_one(fd); n++)
                ;
        if (!(flags & O_NONBLOCK))
                (void)fd_set_nonblock(fd, false); /* as before */
}

void listen_socket_flush(HostUnit *hu) {
        for (unsigned i = 0; hu->listen && i < hu->listen->n_sockets; i++)
                flush_one(hu->listen->sockets[i].fd);
}

/* --- what services get ------------------------------------------------------------------------ */

int listen_socket_give(Host *host, Unit *service) {
        HostUnit *hu = host_unit_get(host, service);
        if (!hu)
                return err_new(-ENOMEM);
        if (host->connection.fd < 0)
                return err_new(-EBADF);
        connection_end(host, &hu->connection, true);
        hu->connection = host->connection;
        host->connection = CONNECTION_NONE;
        return 0;
}

static void add_name(StrBuf *names, const char *name) {
        strbuf_addf(names, "%s%s", names->length > 0 ? ":" : "", name);
}

static unsigned collect_from(const Unit *socket_unit, int *fds, unsigned max, StrBuf *names) {
        const HostUnit *hu = host_unit_peek(socket_unit);
        const char *name = socket_unit->spec ? unit_spec_text(socket_unit->spec,
                                                              DIRECTIVE_FILE_DESCRIPTOR_NAME)
                                             : NULL;
        unsigned n = 0;
        for (unsigned i = 0; hu && hu->listen && i < hu->listen->n_sockets && n < max; i++) {
                fds[n++] = hu->listen->sockets[i].fd;
                add_name(names, name ? name : socket_unit->id);
        }
        return n;
}

int listen_socket_collect(
        const Host *host, const Unit *service, int *fds, unsigned max, StrBuf *names) {
        const HostUnit *own = host_unit_peek(service);
        unsigned n = 0, cursor = 0;
        (void)host;
        if (own && own->connection.fd >= 0 && max > 0) {
                fds[0] = own->connection.fd;
                add_name(names, "connection");
                return strbuf_result(names) < 0 ? err_new(-ENOMEM) : 1;
        }
        for (const UnitEdge *edge;
             (edge = unit_graph_next(service, DEP_BIT(DEP_TRIGGERED_BY), &cursor));)
                if (edge->other->type == UNIT_SOCKET &&
                    !unit_spec_bool(edge->other->spec, DIRECTIVE_ACCEPT))
                        n += collect_from(edge->other, fds + n, max - n, names);
        return strbuf_result(names) < 0 ? err_new(-ENOMEM) : (int)n;
}

void listen_socket_drop_unclaimed(Host *host) {
        for (;;) {
                AUTO_FREE char *name = NULL;
                AUTO_FD int fd = host_take_kept_prefix(host, KEEPER_PREFIX, &name);
                if (fd < 0)
                        return;
                if (host->keeper)
                        (void)keeper_link_remove(host->keeper,
                                                 name); /* a lost keeper was reported */
        }
}
