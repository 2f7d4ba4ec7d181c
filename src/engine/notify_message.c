/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/notify_message.h"

#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/utf8.h"

static int parse_one(NotifyMessage *message, Str value) {
        (void)message; /* the key says it all */
        return str_equal_c(value, "1") ? 0 : err_new(-EINVAL);
}

static int parse_zero(NotifyMessage *message, Str value) {
        (void)message;
        return str_equal_c(value, "0") ? 0 : err_new(-EINVAL);
}

static int parse_ready(NotifyMessage *message, Str value) {
        int r = parse_one(message, value);
        if (r >= 0)
                message->phase = NOTIFY_KEY_READY;
        return r;
}

static int parse_reloading(NotifyMessage *message, Str value) {
        int r = parse_one(message, value);
        if (r >= 0)
                message->phase = NOTIFY_KEY_RELOADING;
        return r;
}

static int parse_stopping(NotifyMessage *message, Str value) {
        int r = parse_one(message, value);
        if (r >= 0)
                message->phase = NOTIFY_KEY_STOPPING;
        return r;
}

static int parse_text(NotifyMessage *message, Str value) {
        (void)message;
        return utf8_is_valid(value) ? 0 : err_new(-EINVAL);
}

static int parse_error_number(NotifyMessage *message, Str value) {
        return parse_errno(value, &message->error_number);
}

static int parse_main_pid(NotifyMessage *message, Str value) {
        return parse_pid(value, &message->main_pid);
}

static int parse_watchdog(NotifyMessage *message, Str value) {
        message->trigger_watchdog = str_equal_c(value, "trigger");
        return message->trigger_watchdog ? 0 : parse_one(message, value);
}

static int parse_watchdog_usec(NotifyMessage *message, Str value) {
        return parse_u64(value, 10, &message->watchdog_usec);
}

static int parse_extend_usec(NotifyMessage *message, Str value) {
        return parse_u64(value, 10, &message->extend_usec);
}

static int parse_monotonic_usec(NotifyMessage *message, Str value) {
        return parse_u64(value, 10, &message->monotonic_usec);
}

static int parse_fd_name(NotifyMessage *message, Str value) {
        (void)message;
        return notify_fd_name_is_valid(value) ? 0 : err_new(-EINVAL);
}

/* `parse` fills its member and says whether the value is one. */
static const struct {
        const char *name;
        int (*parse)(NotifyMessage *message, Str value);
} keys[] = {
        // clang-format off
        [NOTIFY_KEY_READY]               = { "READY",               parse_ready },
        [NOTIFY_KEY_RELOADING]           = { "RELOADING",           parse_reloading },
        [NOTIFY_KEY_STOPPING]            = { "STOPPING",            parse_stopping },
        [NOTIFY_KEY_STATUS]              = { "STATUS",              parse_text },
        [NOTIFY_KEY_ERRNO]               = { "ERRNO",               parse_error_number },
        [NOTIFY_KEY_BUSERROR]            = { "BUSERROR",            parse_text },
        [NOTIFY_KEY_MAINPID]             = { "MAINPID",             parse_main_pid },
        [NOTIFY_KEY_WATCHDOG]            = { "WATCHDOG",            parse_watchdog },
        [NOTIFY_KEY_WATCHDOG_USEC]       = { "WATCHDOG_USEC",       parse_watchdog_usec },
        [NOTIFY_KEY_EXTEND_TIMEOUT_USEC] = { "EXTEND_TIMEOUT_USEC", parse_extend_usec },
        [NOTIFY_KEY_MONOTONIC_USEC]      = { "MONOTONIC_USEC",      parse_monotonic_usec },
        [NOTIFY_KEY_FDSTORE]             = { "FDSTORE",             parse_one },
        [NOTIFY_KEY_FDSTOREREMOVE]       = { "FDSTOREREMOVE",       parse_one },
        [NOTIFY_KEY_FDNAME]              = { "FDNAME",              parse_fd_name },
        [NOTIFY_KEY_FDPOLL]              = { "FDPOLL",              parse_zero },
        [NOTIFY_KEY_BARRIER]             = { "BARRIER",             parse_one },
        // clang-format on
};
static_assert(ARRAY_LENGTH(keys) == NOTIFY_KEY_COUNT, "one row per key");

/* Keys that may be said several times: the last word counts. Of all others the first does. */
static bool is_repeatable(unsigned key) {
        return key == NOTIFY_KEY_READY || key == NOTIFY_KEY_RELOADING || key == NOTIFY_KEY_STOPPING;
}

static void parse_line(NotifyMessage *message, Str line) {
        Str name;
        if (str_find_char(line, '=') < 0)
                return;
        (void)str_next_part(&line, '=', &name);
        for (unsigned i = 0; i < ARRAY_LENGTH(keys); i++) {
                unsigned said = message->present | message->invalid;
                if (!str_equal_c(name, keys[i].name))
                        continue;
                if ((said & NOTIFY_BIT(i)) && !is_repeatable(i))
                        return;
                message->values[i] = line;
                if (keys[i].parse(message, line) < 0)
                        message->invalid |= NOTIFY_BIT(i);
                else
                        message->present |= NOTIFY_BIT(i);
                return;
        }
}

int notify_message_parse(Str text, NotifyMessage *ret) {
        NotifyMessage message = { .phase = -1 };
        Str rest = text, line;
        if (text.length > NOTIFY_MESSAGE_MAX)
                return NOTIFY_TOO_LONG;
        if (text.length > 0 && memchr(text.data, 0, text.length))
                return NOTIFY_HAS_NUL;
        while (str_next_part(&rest, '\n', &line))
                parse_line(&message, line);
        if (notify_message_has(&message, NOTIFY_KEY_BARRIER) &&
            message.present != NOTIFY_BIT(NOTIFY_KEY_BARRIER))
                return NOTIFY_MIXED_BARRIER;
        *ret = message;
        return NOTIFY_OK;
}

bool notify_message_has(const NotifyMessage *message, NotifyKey key) {
        return message->present & NOTIFY_BIT(key);
}

const char *notify_key_name(NotifyKey key) {
        return keys[key].name;
}

bool notify_fd_name_is_valid(Str name) {
        if (name.length > NOTIFY_FD_NAME_MAX)
                return false;
        for (size_t i = 0; i < name.length; i++)
                if (name.data[i] < ' ' || name.data[i] >= 127 || name.data[i] == ':')
                        return false;
        return true;
}
