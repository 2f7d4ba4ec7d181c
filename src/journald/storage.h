/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where entries go: a file in the runtime directory, or one on disk. Rotation, vacuum, flushing,
 * full disks. Entries that cannot be stored are counted, and the count is stored when there is room
 * again. */

#include <stdbool.h>

#include "base/log.h"
#include "journal/journal_vacuum.h"
#include "journald/journald_config.h"
#include "journald/value_set.h"

#define ENTRY_SETS_MAX 4
#define STORAGE_UNIT_PREFIX "unit-" /* names of files that are of one unit only */
/* sd-messages.h: journal missed */
#define STORAGE_LOST_MESSAGE_ID "e9bf28e6e834481bb6f48f548ad13606"
#define ENTRY_VALUES_MAX 1024 /* of one entry, as systemd has it */

/* One entry on its way into a file. */
typedef struct Entry {
        uint64_t realtime_usec, monotonic_usec;
        int priority;                   /* syslog(3) level */
        ValueSet *sets[ENTRY_SETS_MAX]; /* NULL = none */
        const Str *values;              /* "FIELD=value", only of this entry */
        size_t n_values;
        const JournalHint *hint; /* for the first value; NULL = none */
} Entry;

typedef struct StoragePlace {
        char *directory;    /* owned; NULL = this place is not used */
        SpaceLimits limits; /* as configured */
        uint64_t max_size;  /* of a file that is made now */
        JournalFile *file;  /* owned; NULL = not open */
} StoragePlace;

typedef struct Storage {
        const JournaldConfig *config;
        const Log *log;
        StoragePlace runtime, system;
        char *stem;      /* owned; files are "<stem>.journal" and "<stem>@....journal" */
        bool is_common;  /* the files are of all units, not of one */
        ValueSet common; /* in every entry: boot, machine, host */
        Id128 machine_id, boot_id, seqnum_id;
        uint64_t tail_seqnum;
        gid_t group;        /* of the files; (gid_t)-1 = as it comes */
        JournalItem *items; /* owned; room for the largest entry */
        uint64_t n_lost;    /* entries that could not be stored */
        int lost_error;
        uint64_t retry_usec; /* monotonic; nothing is tried before this */
        bool is_dirty;       /* something is not on disk yet */
        bool wake_due;       /* readers were not told yet */
        bool sync_now;       /* an important entry has come */
} Storage;

/* Where files are. */
typedef struct StorageOptions {
        const char *runtime_directory, *system_directory; /* NULL = not used */
        bool system_must_exist;    /* the parent of the system directory says whether it is used */
        const char *runtime_scope; /* "system" or "user" */
        const char *stem;          /* names of the files; NULL = "system" or "user-UID" */
        const char *log_namespace; /* _NAMESPACE= of all entries; NULL = none */
        gid_t group;               /* of the files; (gid_t)-1 = as it comes */
} StorageOptions;

/* Whether files on disk are wanted. */
bool storage_wants_disk(const JournaldConfig *config, const StorageOptions *options);

/* Opens the files of the configured place; what is in the runtime place goes to disk if that is
 * used. */
int storage_init(Storage *storage,
                 const JournaldConfig *config,
                 const StorageOptions *options,
                 const Log *log);

/* Which files of its directories are the storage's: those of single units are others'. */
JournalSeries storage_series(const Storage *storage);

/* Stores an entry, or counts it as lost. */
void storage_write(Storage *storage, const Entry *entry);

/* After a batch of entries: tells readers, and syncs when one of them was important. When no more
 * entries wait (`is_idle`), memory of files is given back. */
void storage_end_batch(Storage *storage, bool is_idle);

/* The file that is being written; NULL when none is. For hints. */
const JournalFile *storage_file(const Storage *storage);

/* The number of the last entry. */
uint64_t storage_tail_seqnum(const Storage *storage);

/* Everything so far survives a power cut; the files are whole as they are. */
int storage_sync(Storage *storage);

/* Begins new files. */
int storage_rotate(Storage *storage);

/* From now on there is a place on disk, which storage_flush goes over to. -ENOMEM. */
int storage_use_disk(Storage *storage, const char *directory);

/* Moves what is in the runtime place to disk, if disk is configured. */
int storage_flush(Storage *storage);

/* Goes back to the runtime place, so that the disk can be unmounted. */
int storage_relinquish(Storage *storage);

/* How many bytes more may be stored by the limits and the file system, old files counted as room.
 */
uint64_t storage_room(Storage *storage);

/* Removes what is older than it shall be kept; a file that is being written is archived when its
 * turn has come. Nothing without such a limit. */
int storage_expire(Storage *storage);

/* Syncs and closes. */
void storage_done(Storage *storage);

/* The text of an own message as an entry of the driver. */
void storage_say(Storage *storage, int priority, const char *message_id, const char *text);
