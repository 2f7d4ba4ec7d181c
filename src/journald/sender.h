/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Trusted facts about the processes that send messages: what the kernel and the manager say of
 * them. Facts are read once, kept for a second, and read again when more messages come. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/hashtable.h"
#include "base/list.h"
#include "journald/rate_limit.h"
#include "journald/storage_shelf.h"
#include "journald/value_set.h"

/* Not to be confused with what a message says of itself: these fields begin with '_'. */
typedef struct Sender {
        struct ucred credentials;
        char *unit;               /* owned; NULL = of no unit */
        ValueSet values;          /* _PID=, _COMM=, _SYSTEMD_UNIT= ... */
        uint64_t read_usec;       /* monotonic, when the facts were read */
        int max_level;            /* LogLevelMax= of the unit, LOG_DEBUG when unset */
        RateLimitRule rate_limit; /* LogRateLimit*= of the unit, or the general one */
        ShelfWish shelf;          /* where the unit's messages go, apart from others */
        unsigned n_refs;
        ListLink link; /* in order of last use, when nobody refers to it */
} Sender;

typedef struct Senders {
        HashTable *by_pid; /* owned, with its values */
        ListLink idle;     /* those with no reference, oldest first */
        unsigned n_idle;
        const char *units_directory; /* facts that the manager leaves about units */
        RateLimitRule rate_limit;    /* of units that say nothing */
        bool is_user;                /* units are those of a user's manager */
} Senders;

/* `units_directory` must stay. */
int senders_init(Senders *senders, const char *units_directory, const RateLimitRule *rate_limit);

/* The sender with these credentials, its facts not older than a second. `unit` (NULL = look at the
 * control group) is what a privileged peer said. NULL when out of memory. Release it with
 * sender_unref. */
Sender *sender_get(Senders *senders, const struct ucred *credentials, const char *unit);

/* Reads the facts again when they are old; call before using a sender that was kept. */
void sender_refresh(Senders *senders, Sender *sender, uint64_t now_usec);

/* Gives it back; returns NULL. */
Sender *sender_unref(Senders *senders, Sender *sender);

/* Releases all that nobody refers to; the others must have been given back. */
void senders_done(Senders *senders);
