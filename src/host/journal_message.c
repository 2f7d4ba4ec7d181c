/* SPDX-License-Identifier: Apache-2.0 */
#include "host/journal_message.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/strbuf.h"
#include "engine/engine.h"

#define DATAGRAM_SIZE (64 * 1024)        /* sent before it grows beyond this */
#define WAIT_MSEC 100                    /* for room, when the recorder is busy */
#define RETRY_USEC (500 * USEC_PER_MSEC) /* between looks for a recorder that is not there */

struct JournalMessages {
        const char *path;
        UnitScope scope;
        int fd;             /* connected, -1 = no recorder */
        uint64_t look_usec; /* monotonic, when to look for one again */
        StrBuf text;        /* entries of the native protocol, each ends in an empty line */
};

int journal_messages_new(const char *socket_path, UnitScope scope, JournalMessages **ret) {
        JournalMessages *messages = calloc(1, sizeof(*messages));

        if (!messages)
                return err_new(-ENOMEM);
        messages->path = socket_path;
        messages->scope = scope;
        messages->fd = -1;
        *ret = messages;
        return 0;
}

JournalMessages *journal_messages_free(JournalMessages *messages) {
        if (!messages)
                return NULL;
        journal_messages_flush(messages);
        messages->fd = fd_close(messages->fd);
        strbuf_done(&messages->text);
        free(messages);
        return NULL;
}

static int connect_to(const char *path) {
        struct sockaddr_un address;
        int length = socket_address_unix(path, &address);
        AUTO_FD int fd = length < 0 ? -1 : socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || connect(fd, (const struct sockaddr *)&address, (socklen_t)length) < 0)
                return -1;
        return steal_fd(&fd);
}

static bool has_recorder(JournalMessages *messages) {
        uint64_t now_usec = clock_monotonic_usec();

        if (messages->fd >= 0)
                return true;
        if (now_usec < messages->look_usec)
                return false;
        messages->look_usec = now_usec + RETRY_USEC;
        messages->fd = connect_to(messages->path);
        return messages->fd >= 0;
}

/* "NAME=value\n", or the form with a length where the value has line breaks. */
static void add_field(StrBuf *out, const char *name, const char *value) {
        uint64_t length = htole64(strlen(value));

        strbuf_add(out, name);
        if (!strchr(value, '\n'))
                strbuf_add_char(out, '=');
        else {
                strbuf_add_char(out, '\n');
                strbuf_add_bytes(out, &length, sizeof(length));
        }
        strbuf_add(out, value);
        strbuf_add_char(out, '\n');
}

/* UNIT= is what systemd writes; OBJECT_SYSTEMD_UNIT= is what journalctl asks for when the writer
 * is not process 1. */
static void add_unit(JournalMessages *messages, const Unit *unit) {
        bool is_user = messages->scope == UNIT_SCOPE_USER;
        char id[ID128_TEXT_SIZE];

        add_field(&messages->text, is_user ? "USER_UNIT" : "UNIT", unit->id);
        add_field(&messages->text,
                  is_user ? "OBJECT_SYSTEMD_USER_UNIT" : "OBJECT_SYSTEMD_UNIT",
                  unit->id);
        if (!id128_is_null(unit->invocation_id))
                add_field(&messages->text,
                          is_user ? "USER_INVOCATION_ID" : "INVOCATION_ID",
                          id128_print(unit->invocation_id, id));
        if (unit->engine->message_id)
                add_field(&messages->text, "MESSAGE_ID", unit->engine->message_id);
        if (unit->engine->message_fields)
                strbuf_add(&messages->text, unit->engine->message_fields);
}

bool journal_messages_add(JournalMessages *messages,
                          int level,
                          const Unit *unit,
                          const char *text) {
        const char priority[] = { (char)('0' + LOG_PRI(level)), '\0' };

        if (!has_recorder(messages))
                return false;
        if (messages->text.length + strlen(text) > DATAGRAM_SIZE)
                journal_messages_flush(messages);
        add_field(&messages->text, "PRIORITY", priority);
        add_field(&messages->text, "SYSLOG_FACILITY", "3");
        add_field(&messages->text, "SYSLOG_IDENTIFIER", "tendd");
        if (unit)
                add_unit(messages, unit);
        add_field(&messages->text, "MESSAGE", text);
        strbuf_add_char(&messages->text, '\n');
        return true;
}

static int send_text(const JournalMessages *messages) {
        for (unsigned i = 0; i < 2; i++) {
                struct pollfd room = { .fd = messages->fd, .events = POLLOUT };
                if (send(messages->fd,
                         messages->text.data,
                         messages->text.length,
                         MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
                        return 0;
                if (errno != EAGAIN || i > 0 || poll(&room, 1, WAIT_MSEC) <= 0)
                        return -errno;
        }
        return -EAGAIN;
}

/* A recorder that is busy gets it next time; one that is gone does not. */
void journal_messages_flush(JournalMessages *messages) {
        if (messages->text.length == 0)
                return;
        int r = messages->text.failed ? -ENOMEM : send_text(messages);
        if (r == -EAGAIN && messages->text.length <= DATAGRAM_SIZE)
                return;
        if (r < 0 && r != -EAGAIN)
                messages->fd = fd_close(messages->fd);
        strbuf_clear(&messages->text);
}
