/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Messages of the native protocol: "FIELD=value\n", or "FIELD\n", the length in 8 bytes, little
 * endian, the value and "\n". An empty line ends an entry; more may follow. */

#include <stdbool.h>

#include "base/str.h"

/* What is left of a message, and one entry of it. */
typedef struct NativeMessage {
        char *data; /* not owned; changed: values become "FIELD=value" in place */
        size_t length;
        Str *values; /* not owned; room for `max` */
        size_t max, n;
        int priority; /* what PRIORITY= says, -1 = nothing */
} NativeMessage;

/* Takes one entry from the front. 1 when there was one, 0 at the end, -EBADMSG when the rest is
 * damaged (values before that are there), -E2BIG when it has more than `max` values. Fields that
 * clients may not set are left out. */
int native_message_next(NativeMessage *message);

/* Whether clients may set this field: capital letters, digits and '_', at most 64, no digit and no
 * '_' in front. */
bool native_field_is_valid(Str name);
