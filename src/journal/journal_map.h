/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A journal file as one piece of memory, and its source of bytes: a file on disk, or plain memory
 * in tests. It does not know what the bytes mean. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"

typedef struct JournalMap JournalMap;

/* How a source of bytes does what the memory alone does not. All may be called at any time between
 * making and closing. */
typedef struct JournalMapOps {
        int (*resize)(JournalMap *map, uint64_t size); /* new bytes are 0; base stays */
        int (*sync)(JournalMap *map);                  /* what is written by now survives all */
        void (*wake)(JournalMap *map);                 /* readers that wait see a change */
        void (*drop)(JournalMap *map, uint64_t from);  /* pages from here on are not needed soon */
        void (*close)(JournalMap *map);                /* frees the map */
} JournalMapOps;

struct JournalMap {
        const JournalMapOps *ops;
        uint8_t *base;
        uint64_t size;  /* bytes that may be touched */
        uint64_t limit; /* to which it can grow without moving */
        int fd;         /* owned; -1 in memory */
        bool writable;
        void (*on_step)(JournalMap *map); /* tests: after each store that readers may see */
        void *userdata;                   /* of on_step, or of the source */
};

/* Maps an open file, which it takes over, with room to grow to `limit`. -ENODATA when the file is
 * empty and not writable, -EFBIG when it is larger than can be mapped. */
int journal_map_file(int fd, bool writable, uint64_t limit, JournalMap **ret);

/* Grows or cuts; new bytes are 0 and the disk has room for them. -ENOSPC, -EDQUOT, -EFBIG. */
int journal_map_resize(JournalMap *map, uint64_t size);

/* After this returns 0, all that was written is on disk. */
int journal_map_sync(JournalMap *map);

/* Wakes readers that watch the file: writes to memory alone are not seen by inotify(7). */
void journal_map_wake(JournalMap *map);

/* Whether somebody else has made the file shorter than it was made here (journal_guard.h). */
bool journal_map_is_cut(const JournalMap *map);

/* Gives memory back to the kernel; contents stay in its cache. Whole pages from `from` on. */
void journal_map_drop(JournalMap *map, uint64_t from);

/* Ends it; returns NULL. */
JournalMap *journal_map_close(JournalMap *map);
DEFINE_AUTO(JournalMap *, journal_map_close);

/* A reader, or the kernel after our death, may see everything stored before this and nothing that
 * comes after. */
static inline void journal_map_step(JournalMap *map) {
        __atomic_thread_fence(__ATOMIC_RELEASE);
        if (map->on_step)
                map->on_step(map);
}
