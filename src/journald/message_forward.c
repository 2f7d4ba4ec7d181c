/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/message_forward.h"

#include <syslog.h>

#include "base/parse_value.h"

/* The value of a field of the message, or of its stream or kind of input. */
static Str find(const Message *message, const char *name) {
        size_t length = strlen(name);

        for (size_t i = 0; i < message->n_values; i++) {
                Str value = message->values[i];
                if (value.length > length && value.data[length] == '=' &&
                    memcmp(value.data, name, length) == 0)
                        return (Str){ value.data + length + 1, value.length - length - 1 };
        }
        for (unsigned i = 0; i < 2; i++) {
                const char *value =
                        message->sets[i] ? value_set_find(message->sets[i], name) : NULL;
                if (value)
                        return str_of(value);
        }
        return STR_EMPTY;
}

void message_forward(const Message *message, Forward *forward) {
        const char *program = value_set_find(&message->sender->values, "_COMM");
        Str pid = find(message, "SYSLOG_PID");
        Str facility = find(message, "SYSLOG_FACILITY");
        uint64_t number = 0;
        ForwardLine line = {
                .priority = message->priority,
                .also = message->forward,
                .raw = message->raw,
                .identifier = find(message, "SYSLOG_IDENTIFIER"),
                .text = find(message, "MESSAGE"),
                .pid = message->sender->credentials.pid,
                .realtime_usec = message->realtime_usec,
                .monotonic_usec = message->monotonic_usec,
        };

        if (pid.length > 0 && parse_u64(pid, 10, &number) >= 0 && number <= INT32_MAX)
                line.pid = (int64_t)number;
        if (LOG_FAC(line.priority) == 0 && parse_u64(facility, 10, &number) >= 0 &&
            number < LOG_NFACILITIES)
                line.priority |= (int)number << 3;
        if (line.identifier.length == 0 && program)
                line.identifier = str_of(program);
        if (line.text.length > 0)
                forward_send(forward, &line);
}
