/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Messages on their way to others as well: the socket of a syslog daemon, the kernel's log, a
 * console, everybody who is logged in (journald.conf(5)). Nothing here waits: who does not read
 * gets less. */

#include <stdbool.h>
#include <stdint.h>

#include "journald/journald_config.h"

typedef struct Forward {
        const JournaldConfig *config;
        const char *socket_path; /* where a syslog daemon listens */
        int max_level;           /* no message above it goes anywhere but to a syslog daemon; -1 */
        int syslog_level;        /* nor above it to that; -1 = none is wanted */
        int socket_fd;           /* connected; -1 = nobody listens */
        int kernel_fd;           /* -1 = not wanted, or not there */
        int console_fd;          /* opened by who started us; -1 = not there */
        uint64_t retry_usec;     /* monotonic; nobody is looked for before this */
        bool with_time;          /* the kernel's messages on the console have times */
} Forward;

#define FORWARD_INIT ((Forward){ .socket_fd = -1, .kernel_fd = -1, .console_fd = -1 })

/* One message. */
typedef struct ForwardLine {
        int priority;         /* with facility */
        unsigned also;        /* targets that its stream wants, a bit for each ForwardTarget */
        Str raw;              /* the datagram when it came from syslog(3); else empty */
        Str identifier, text; /* the identifier may be empty */
        int64_t pid;          /* 0 = none is shown */
        uint64_t realtime_usec, monotonic_usec;
} ForwardLine;

/* Opens what is opened once; before privileges are given up. The paths and the configuration stay
 * the caller's. */
void forward_init(Forward *forward, const JournaldConfig *config, const char *socket_path);

/* Whether forward_send would do anything. */
static inline bool
forward_is_due(const Forward *forward, int level, unsigned also, uint64_t monotonic_usec) {
        bool may_be_there = forward->socket_fd >= 0 || monotonic_usec >= forward->retry_usec;

        return level <= forward->max_level || also != 0 ||
               (may_be_there && level <= forward->syslog_level);
}

/* Sends a message where it is wanted. Failures are nobody's loss: it is in the journal. */
void forward_send(Forward *forward, const ForwardLine *line);

/* Closes what is open. */
void forward_done(Forward *forward);
