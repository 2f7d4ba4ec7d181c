/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/varlink_control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/json.h"
#include "base/macros.h"
#include "journald/flush_request.h"

#define CALL_MAX 4096
#define ANSWERED_LATER 1 /* by somebody else */

/* A client; it goes when it hangs up or says nonsense. */
typedef struct Client {
        Recorder *recorder;
        int fd;
        sd_event_source *source;
        char text[CALL_MAX];
        size_t length;
} Client;

static void client_free(Client *client) {
        sd_event_source_disable_unref(client->source);
        (void)fd_close(client->fd);
        free(client);
}

/* What was sent before the request must be stored before the answer. */
static int synchronize(Recorder *recorder, int client UNUSED) {
        recorder_drain(recorder);
        return recorder_each_storage(recorder, storage_sync);
}

static int drain(Recorder *recorder, int client UNUSED) {
        recorder_drain(recorder);
        return 0;
}

static int rotate(Recorder *recorder, int client UNUSED) {
        return recorder_each_storage(recorder, storage_rotate);
}

static int flush_to_var(Recorder *recorder, int client) {
        int r = flush_request(recorder, client);

        return r == FLUSH_BY_THE_NEXT ? ANSWERED_LATER : r;
}

static int relinquish_var(Recorder *recorder, int client UNUSED) {
        return recorder_each_storage(recorder, storage_relinquish);
}

static const struct {
        const char *name;
        int (*run)(Recorder *recorder, int client); /* 0, ANSWERED_LATER or -errno */
} methods[] = {
        { "io.systemd.Journal.FlushToVar", flush_to_var },
        { "io.systemd.Journal.RelinquishVar", relinquish_var },
        { "io.systemd.Journal.Rotate", rotate },
        { "io.systemd.Journal.Synchronize", synchronize },
        { "io.tend.Journal.Drain", drain },
};

/* Takes a string with its quotes from the front; escapes stay as they are. */
static bool take_string(Str *text, Str *ret) {
        if (text->length == 0 || text->data[0] != '"')
                return false;
        for (size_t i = 1; i < text->length; i++) {
                if (text->data[i] == '\\')
                        i++;
                else if (text->data[i] == '"') {
                        *ret = (Str){ text->data + 1, i - 1 };
                        *text = (Str){ text->data + i + 1, text->length - i - 1 };
                        return true;
                }
        }
        return false;
}

/* A call is one object; its own members are those at depth 1. */
void varlink_method(Str message, char ret[static 128]) {
        Str text = str_trim(message), string, key = STR_EMPTY;
        unsigned depth = 0;

        ret[0] = '\0';
        while (text.length > 0) {
                char c = text.data[0];
                if (c == '"') {
                        if (!take_string(&text, &string))
                                return;
                        bool is_method = depth == 1 && str_equal_c(key, "method");
                        if (is_method && string.length < 128) {
                                memcpy(ret, string.data, string.length);
                                ret[string.length] = '\0';
                                return;
                        }
                        key = depth == 1 ? string : STR_EMPTY;
                        continue;
                }
                depth += c == '{' || c == '[';
                if ((c == '}' || c == ']') && depth-- == 0)
                        return;
                if (c == ',')
                        key = STR_EMPTY;
                text = (Str){ text.data + 1, text.length - 1 };
        }
}

static void answer(const Client *client, const char *error, const char *parameter) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        JsonWriter writer = { .out = &out };

        json_begin_object(&writer, NULL);
        if (error)
                json_string(&writer, "error", error);
        json_begin_object(&writer, "parameters");
        if (parameter)
                json_string(&writer, "method", parameter);
        json_end_object(&writer);
        json_end_object(&writer);
        strbuf_add_char(&out, '\0');
        if (strbuf_result(&out) == 0)
                (void)send(
                        client->fd, out.data, out.length, MSG_NOSIGNAL | MSG_DONTWAIT); /* gone */
}

static void serve(Client *client, Str message) {
        char method[128];

        varlink_method(message, method);
        for (size_t i = 0; i < ARRAY_LENGTH(methods); i++)
                if (streq(methods[i].name, method)) {
                        int r = methods[i].run(client->recorder, client->fd);
                        if (r != ANSWERED_LATER)
                                answer(client,
                                       r < 0 ? "org.varlink.service.InternalError" : NULL,
                                       NULL);
                        return;
                }
        answer(client, "org.varlink.service.MethodNotFound", method);
}

static int on_client(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Client *client = userdata;
        ssize_t n = recv(fd,
                         client->text + client->length,
                         sizeof(client->text) - client->length,
                         MSG_DONTWAIT);

        (void)source;
        (void)events;
        if (n <= 0) {
                if (n == 0 || errno != EAGAIN)
                        client_free(client);
                return 0;
        }
        client->length += (size_t)n;
        char *end;
        while ((end = memchr(client->text, '\0', client->length))) {
                size_t used = (size_t)(end - client->text) + 1;
                serve(client, (Str){ client->text, used - 1 });
                memmove(client->text, client->text + used, client->length - used);
                client->length -= used;
        }
        if (client->length == sizeof(client->text))
                client_free(client);
        return 0;
}

/* Root and who started us may ask. */
static bool is_allowed(const Recorder *recorder, int fd) {
        struct ucred peer;
        socklen_t length = sizeof(peer);

        return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
               (peer.uid == 0 || peer.uid == recorder->user.starter);
}

int on_varlink_socket(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Recorder *recorder = userdata;
        AUTO_FD int accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        (void)source;
        (void)events;
        if (accepted < 0 || !is_allowed(recorder, accepted))
                return 0;
        Client *client = calloc(1, sizeof(*client));
        if (!client)
                return 0;
        client->recorder = recorder;
        client->fd = steal_fd(&accepted);
        if (sd_event_add_io(
                    recorder->event, &client->source, client->fd, EPOLLIN, on_client, client) < 0 ||
            sd_event_source_set_floating(client->source, true) < 0)
                client_free(client);
        return 0;
}
