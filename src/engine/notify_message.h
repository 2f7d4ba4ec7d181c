/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a service says by sd_notify(3): one datagram of "KEY=value" lines, from anybody who can
 * reach the socket. Pure; the slices point into the text. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

#define NOTIFY_MESSAGE_MAX 4096 /* bytes of one datagram; systemd reads no more */
#define NOTIFY_FD_NAME_MAX 255

typedef enum NotifyKey {
        NOTIFY_KEY_READY,
        NOTIFY_KEY_RELOADING,
        NOTIFY_KEY_STOPPING,
        NOTIFY_KEY_STATUS,
        NOTIFY_KEY_ERRNO,
        NOTIFY_KEY_BUSERROR,
        NOTIFY_KEY_MAINPID,
        NOTIFY_KEY_WATCHDOG,
        NOTIFY_KEY_WATCHDOG_USEC,
        NOTIFY_KEY_EXTEND_TIMEOUT_USEC,
        NOTIFY_KEY_MONOTONIC_USEC,
        NOTIFY_KEY_FDSTORE,
        NOTIFY_KEY_FDSTOREREMOVE,
        NOTIFY_KEY_FDNAME,
        NOTIFY_KEY_FDPOLL,
        NOTIFY_KEY_BARRIER,
        NOTIFY_KEY_COUNT
} NotifyKey;

#define NOTIFY_BIT(key) (1u << (key))

typedef struct NotifyMessage {
        unsigned present;             /* NOTIFY_BIT of keys with a valid value */
        unsigned invalid;             /* of keys whose value was not understood */
        Str values[NOTIFY_KEY_COUNT]; /* as written, the first of each key */
        int phase; /* the last of READY, RELOADING and STOPPING that was said; -1 none */
        bool trigger_watchdog; /* WATCHDOG=trigger instead of 1 */
        int error_number;
        pid_t main_pid;
        uint64_t watchdog_usec, extend_usec, monotonic_usec;
} NotifyMessage;

typedef enum NotifyOutcome {
        NOTIFY_OK = 0,
        NOTIFY_TOO_LONG = 1,
        NOTIFY_HAS_NUL = 2,
        NOTIFY_MIXED_BARRIER = 3, /* BARRIER=1 stands alone */
} NotifyOutcome;

/* Reads a datagram; unknown keys and lines without "=" are skipped. NotifyOutcome; `ret` is set
 * when it is NOTIFY_OK. */
int notify_message_parse(Str text, NotifyMessage *ret);

/* Whether a key came with a valid value. */
bool notify_message_has(const NotifyMessage *message, NotifyKey key);

/* "READY", ... */
const char *notify_key_name(NotifyKey key);

/* Whether a descriptor may have this name: printable ASCII without ":", at most NOTIFY_FD_NAME_MAX.
 */
bool notify_fd_name_is_valid(Str name);
