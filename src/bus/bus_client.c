/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/bus_client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/strv.h"

#define BUS_NAME "org.freedesktop.systemd1"
#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

struct BusClient {
        sd_bus *bus;              /* owned */
        char **awaited;           /* job paths still to end, owned */
        sd_bus_slot *job_removed; /* owned */
        char **ended; /* jobs that ended before they were awaited, owned: "path result" */
        BusJobFunction *on_end;
        void *userdata;
};

static int on_job_removed(sd_bus_message *message,
                          void *userdata,
                          sd_bus_error *error __attribute__((unused))) {
        BusClient *client = userdata;
        BusJobEnd end = { 0 };

        int r = sd_bus_message_read(message, "uoss", &end.id, &end.path, &end.unit, &end.result);
        if (r < 0)
                return 0; /* not for us to judge; the next message may be better */
        end.awaited = strv_contains(client->awaited, end.path);
        if (end.awaited)
                strv_remove(client->awaited, end.path);
        if (client->on_end)
                client->on_end(client->userdata, &end);
        else
                (void)strv_addf(&client->ended,
                                "%u %s %s %s",
                                end.id,
                                end.path,
                                end.unit,
                                end.result); /* without memory the wait ends by its time-out */
        return 0;
}

static int open_socket(const char *path) {
        struct sockaddr_un address;
        int length = socket_address_unix(path, &address);
        if (length < 0)
                return err_pass(length);
        AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, (socklen_t)length) < 0)
                return err_new(-errno);
        return steal_fd(&fd);
}

int bus_client_connect(const char *socket_path, BusClient **ret) {
        AUTO(bus_client_free) BusClient *client = calloc(1, sizeof(*client));
        if (!client)
                return err_new(-ENOMEM);
        int fd = open_socket(socket_path);
        if (fd < 0)
                return err_pass(fd);
        int r = sd_bus_new(&client->bus);
        if (r >= 0)
                r = sd_bus_set_fd(client->bus, fd, fd);
        if (r < 0) {
                (void)fd_close(fd);
                return err_pass(r);
        }
        r = sd_bus_start(client->bus);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(client);
        return 0;
}

int bus_client_adopt(sd_bus *bus, BusClient **ret) {
        BusClient *client = calloc(1, sizeof(*client));

        if (!client) {
                sd_bus_flush_close_unref(bus);
                return err_new(-ENOMEM);
        }
        client->bus = bus;
        *ret = client;
        return 0;
}

BusClient *bus_client_free(BusClient *client) {
        if (!client)
                return NULL;
        sd_bus_slot_unref(client->job_removed);
        sd_bus_flush_close_unref(client->bus);
        strv_free(client->awaited);
        strv_free(client->ended);
        free(client);
        return NULL;
}

sd_bus *bus_client_bus(BusClient *client) {
        return client->bus;
}

int bus_client_call(BusClient *client,
                    const char *member,
                    sd_bus_error *error,
                    sd_bus_message **ret_reply,
                    const char *types,
                    ...) {
        va_list args;

        va_start(args, types);
        int r = sd_bus_call_methodv(client->bus,
                                    BUS_NAME,
                                    BUS_MANAGER_PATH,
                                    BUS_MANAGER_INTERFACE,
                                    member,
                                    error,
                                    ret_reply,
                                    types,
                                    args);
        va_end(args);
        return err_pass(r);
}

/* Asks tendd for the ends of jobs only, which saves it the work of telling every change. systemd
 * does not know the method; nobody waits for an answer. */
static void listen_to_jobs(BusClient *client) {
        sd_bus_message *call = NULL;
        int r = sd_bus_message_new_method_call(
                client->bus, &call, BUS_NAME, BUS_MANAGER_PATH, "io.tend.Manager1", "Listen");
        if (r >= 0)
                r = sd_bus_message_append(call, "s", "jobs");
        if (r >= 0)
                r = sd_bus_message_set_expect_reply(call, false);
        if (r >= 0)
                (void)sd_bus_send(client->bus, call, NULL); /* the next call tells what is wrong */
        sd_bus_message_unref(call);
}

int bus_client_watch_jobs(BusClient *client) {
        int r = 0;

        if (client->job_removed)
                return 0;
        if (sd_bus_is_bus_client(client->bus) > 0)
                r = bus_client_call(client, "Subscribe", NULL, NULL, NULL);
        else
                listen_to_jobs(client);
        return r < 0 ? r
                     : err_pass(sd_bus_add_match(client->bus,
                                                 &client->job_removed,
                                                 "type='signal',interface='" BUS_MANAGER_INTERFACE
                                                 "',member='JobRemoved'",
                                                 on_job_removed,
                                                 client));
}

int bus_client_unit_job(BusClient *client,
                        const char *member,
                        const char *unit,
                        const char *mode,
                        sd_bus_error *error,
                        char **ret_job_path) {
        sd_bus_message *reply = NULL;
        const char *path;

        int r = bus_client_watch_jobs(client);
        if (r >= 0)
                r = bus_client_call(client, member, error, &reply, "ss", unit, mode);
        if (r >= 0)
                r = sd_bus_message_read(reply, "o", &path);
        if (r >= 0) {
                *ret_job_path = strdup(path);
                r = *ret_job_path ? 0 : -ENOMEM;
        }
        sd_bus_message_unref(reply);
        return err_pass(r);
}

int bus_client_await_job(BusClient *client, const char *job_path) {
        int r = bus_client_watch_jobs(client);
        return err_pass(r < 0 ? r : strv_add_unique(&client->awaited, job_path));
}

/* Tells of the jobs whose end was seen before anybody waited. */
static void replay_ended(BusClient *client) {
        STRV_FOREACH(line, client->ended) {
                AUTO_STRV char **words = NULL;
                if (strv_split(&words, str_of(*line), ' ') < 0 || strv_length(words) != 4)
                        continue;
                BusJobEnd end = { .path = words[1], .unit = words[2], .result = words[3] };
                end.awaited = strv_contains(client->awaited, end.path);
                if (end.awaited)
                        strv_remove(client->awaited, end.path);
                if (client->on_end)
                        client->on_end(client->userdata, &end);
        }
        client->ended = strv_free(client->ended);
}

int bus_client_wait(BusClient *client,
                    uint64_t timeout_usec,
                    BusJobFunction *on_end,
                    void *userdata) {
        uint64_t deadline_usec = usec_add(clock_monotonic_usec(), timeout_usec);
        int r = 0;

        client->on_end = on_end;
        client->userdata = userdata;
        replay_ended(client);
        while (strv_length(client->awaited) > 0) {
                r = sd_bus_process(client->bus, NULL);
                if (r < 0)
                        break;
                if (r > 0)
                        continue;
                uint64_t now_usec = clock_monotonic_usec();
                if (now_usec >= deadline_usec) {
                        r = -ETIME;
                        break;
                }
                r = sd_bus_wait(client->bus, usec_sub(deadline_usec, now_usec));
                if (r < 0 && r != -EINTR)
                        break;
        }
        client->on_end = NULL;
        return r < 0 ? err_pass(r) : 0;
}

char *bus_client_unit_path(const char *unit) {
        char *path = NULL;
        return sd_bus_path_encode(BUS_MANAGER_PATH "/unit", unit, &path) < 0 ? NULL : path;
}

static int get_property(BusClient *client,
                        const char *path,
                        const char *interface,
                        const char *property,
                        sd_bus_error *error,
                        sd_bus_message **ret_reply) {
        return sd_bus_call_method(client->bus,
                                  BUS_NAME,
                                  path,
                                  PROPERTIES_INTERFACE,
                                  "Get",
                                  error,
                                  ret_reply,
                                  "ss",
                                  interface,
                                  property);
}

int bus_client_get_text(BusClient *client,
                        const char *path,
                        const char *interface,
                        const char *property,
                        sd_bus_error *error,
                        char **ret) {
        sd_bus_message *reply = NULL;
        const char *text;

        int r = get_property(client, path, interface, property, error, &reply);
        if (r >= 0)
                r = sd_bus_message_read(reply, "v", "s", &text);
        if (r >= 0) {
                *ret = strdup(text);
                r = *ret ? 0 : -ENOMEM;
        }
        sd_bus_message_unref(reply);
        return err_pass(r);
}

/* Reads the number inside an entered variant. */
static int read_number(sd_bus_message *reply, char type, uint64_t *ret) {
        union {
                uint8_t y;
                int b;
                uint16_t q;
                uint32_t u;
                int32_t i;
                uint64_t t;
        } value = { 0 };

        if (!strchr("ybnqiuxt", type))
                return err_new(-EBADMSG);
        int r = sd_bus_message_read_basic(reply, type, &value);
        if (r < 0)
                return err_pass(r);
        *ret = strchr("xt", type)   ? value.t
               : type == 'i'        ? (uint64_t)(int64_t)value.i
               : strchr("nq", type) ? value.q
               : type == 'y'        ? value.y
                                    : value.u;
        return 0;
}

int bus_client_get_number(BusClient *client,
                          const char *path,
                          const char *interface,
                          const char *property,
                          sd_bus_error *error,
                          uint64_t *ret) {
        sd_bus_message *reply = NULL;
        const char *contents;
        char type;

        int r = get_property(client, path, interface, property, error, &reply);
        if (r >= 0)
                r = sd_bus_message_peek_type(reply, &type, &contents);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'v', contents);
        if (r >= 0)
                r = read_number(reply, contents[0], ret);
        sd_bus_message_unref(reply);
        return err_pass(r);
}

int bus_client_get_all(BusClient *client,
                       const char *path,
                       const char *interface,
                       sd_bus_error *error,
                       sd_bus_message **ret_reply) {
        return err_pass(sd_bus_call_method(client->bus,
                                           BUS_NAME,
                                           path,
                                           PROPERTIES_INTERFACE,
                                           "GetAll",
                                           error,
                                           ret_reply,
                                           "s",
                                           interface));
}
