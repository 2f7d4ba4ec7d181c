/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Storage apart from the common one: a unit with LogMaxUse= or LogRetentionSec= has files of its
 * own beside the others ("unit-NAME.journal"), a name space (LogNamespace=) a directory of its own
 * ("<machine-id>.NAME"). Each is vacuumed by itself, so nobody's messages push out those of others.
 * A shelf is opened with the first message for it. */

#include "base/hashtable.h"
#include "journald/storage.h"

/* What a unit wants for its messages. */
typedef struct ShelfWish {
        uint64_t max_use;        /* bytes of its files together; 0 = unset */
        uint64_t retention_usec; /* 0 = unset */
        char log_namespace[256]; /* "" = none */
} ShelfWish;

typedef struct Shelves {
        HashTable *by_key;            /* owned, with its values */
        const JournaldConfig *config; /* not owned; what a wish does not say */
        const Log *log;               /* not owned */
        char *runtime_directory;      /* owned; as in StorageOptions */
        char *system_directory;
        bool system_must_exist;
        const char *runtime_scope;
        gid_t group;
} Shelves;

/* Reads what the manager left about a unit: size, time in microseconds and name space, separated by
 * spaces, 0 and "-" for unset. What is not understood is unset. */
void shelf_wish_parse(Str text, ShelfWish *ret);

/* Whether anything is wished. */
bool shelf_wish_is_set(const ShelfWish *wish);

/* What the pointers lead to must stay; the options are copied, but for `runtime_scope`. */
int shelves_init(Shelves *shelves,
                 const JournaldConfig *config,
                 const StorageOptions *options,
                 const Log *log);

/* The storage for messages of a unit with this wish, which must be set; limits that have changed
 * are taken over. NULL when out of memory. */
Storage *shelves_get(Shelves *shelves, const char *unit, const ShelfWish *wish);

/* Walks over all that are open; start with *cursor = 0, NULL at the end. */
Storage *shelves_next(const Shelves *shelves, size_t *cursor);

/* Syncs and closes all. */
void shelves_done(Shelves *shelves);
