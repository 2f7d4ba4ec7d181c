/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Entries pushed to Loki: in batches, again and again until they are taken; only then the cursor
 * file says that they were sent. So nothing is lost when either side dies; a batch that was taken
 * while we died is sent once more with the same moments, which Loki drops. */

#include "journal/journal_render.h"

typedef struct LogPush LogPush;

typedef struct LogPushTarget {
        const char *url;         /* "/loki/api/v1/push" is added when it has no path */
        char *const *headers;    /* further ones, or NULL */
        const char *cursor_file; /* or NULL */
} LogPushTarget;

/* The target stays the caller's. -errno after a message. */
int log_push_new(const LogPushTarget *target, LogPush **ret);

/* Adds an entry; sends when there are many. -errno after a message: the server will never take
 * them, or the cursor cannot be written. */
int log_push_add(LogPush *push, JournalRenderer *renderer, const JournalPlace *place);

/* Sends what is there, as long as it takes. -errno as above. */
int log_push_flush(LogPush *push);

/* Releases it without sending; NULL. */
LogPush *log_push_free(LogPush *push);
DEFINE_AUTO(LogPush *, log_push_free);
