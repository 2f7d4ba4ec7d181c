/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/storage_place.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "journal/journal_vacuum.h"

#define MIB (UINT64_C(1024) * 1024)
#define GIB (1024 * MIB)
#define DEFAULT_FILE_MAX (128 * MIB)
#define MAP_EXTRA (64 * MIB) /* a file may grow this much above its size for one large entry */

static int make_directory(const Storage *storage, const char *path) {
        struct stat status;
        bool is_new = lstat(path, &status) < 0;
        int r = dir_make_all(path, 0755);

        if (r < 0 || !is_new || storage->group == (gid_t)-1)
                return err_pass(r);
        if (chown(path, (uid_t)-1, storage->group) < 0 || chmod(path, 02755) < 0)
                return 0; /* then only we can read it */
        return 0;
}

/* What systemd takes when nothing is configured: shares of the file system (journald.conf(5)). */
static SpaceLimits effective_limits(const StoragePlace *place) {
        SpaceLimits limits = place->limits;
        struct statvfs fs;
        uint64_t size = 4 * GIB;

        if (statvfs(place->directory, &fs) == 0)
                size = (uint64_t)fs.f_blocks * fs.f_frsize;
        if (limits.max_use == LIMIT_UNSET)
                limits.max_use = MIN(MAX(size / 10, MIB), 4 * GIB);
        if (limits.keep_free == LIMIT_UNSET)
                limits.keep_free = MIN(size * 15 / 100, 4 * GIB);
        if (limits.max_file_size == LIMIT_UNSET)
                limits.max_file_size = MIN(limits.max_use / 8, DEFAULT_FILE_MAX);
        limits.max_file_size = MIN(limits.max_file_size, size); /* the tables go by it */
        limits.max_file_size = MAX(limits.max_file_size, JOURNAL_FILE_SIZE_MIN);
        return limits;
}

uint64_t storage_place_room(const StoragePlace *place) {
        SpaceLimits limits = effective_limits(place);
        struct statvfs fs;

        if (statvfs(place->directory, &fs) < 0)
                return limits.max_use;
        uint64_t there = (uint64_t)fs.f_bavail * fs.f_frsize;
        return MIN(limits.max_use, there > limits.keep_free ? there - limits.keep_free : 0);
}

int storage_place_vacuum(Storage *storage, StoragePlace *place, unsigned n_at_least) {
        SpaceLimits limits = effective_limits(place);
        uint64_t retention = storage->config->max_retention_usec;
        JournalSeries series = storage_series(storage);
        if (series.stem) /* exact: the file that is made next counts */
                limits.max_use -= MIN(limits.max_file_size, limits.max_use / 2);
        const VacuumLimits vacuum = {
                .series = series,
                .max_use = limits.max_use,
                .keep_free = limits.keep_free,
                .max_files = limits.max_files,
                .oldest_usec = retention > 0 ? usec_sub(clock_realtime_usec(), retention) : 0,
                .n_at_least = n_at_least,
        };
        return err_pass(journal_vacuum(place->directory, &vacuum));
}

static char *file_path(const Storage *storage, const StoragePlace *place) {
        StrBuf text = STRBUF_INIT;

        strbuf_addf(&text, "%s/%s.journal", place->directory, storage->stem);
        return strbuf_steal(&text);
}

static void note_numbers(Storage *storage, const JournalFile *file) {
        storage->seqnum_id = file->header->seqnum_id;
        storage->tail_seqnum = journal_file_tail_seqnum(file);
}

static JournalFileOptions file_options(const Storage *storage, StoragePlace *place) {
        place->max_size = effective_limits(place).max_file_size;
        return (JournalFileOptions){
                .machine_id = storage->machine_id,
                .seqnum_id = storage->seqnum_id,
                .tail_seqnum = storage->tail_seqnum,
                .max_size = place->max_size,
                .compact = storage->config->compact,
                .compress_threshold = storage->config->compress_threshold,
        };
}

static int map_path(const char *path, int flags, uint64_t max_size, JournalMap **ret) {
        int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | flags, 0640);

        if (fd < 0)
                return err_new(-errno);
        return err_pass(journal_map_file(fd, true, max_size + MAP_EXTRA, ret));
}

/* Made under another name first: nobody ever sees half a header. */
static int create(Storage *storage, StoragePlace *place, const char *path) {
        JournalFileOptions options = file_options(storage, place);
        AUTO(journal_file_free) JournalFile *file = NULL;
        StrBuf text = STRBUF_INIT;
        JournalMap *map = NULL;

        strbuf_addf(&text, "%s.new", path);
        AUTO_FREE char *temporary = strbuf_steal(&text);
        if (!temporary)
                return err_new(-ENOMEM);
        int r = map_path(temporary, O_CREAT | O_TRUNC, options.max_size, &map);
        if (r >= 0)
                r = journal_file_create(map, &options, &file);
        if (r >= 0 && storage->group != (gid_t)-1 &&
            fchown(file->map->fd, (uid_t)-1, storage->group) < 0)
                r = 0; /* then only we can read it */
        if (r >= 0 && rename(temporary, path) < 0)
                r = err_new(-errno);
        if (r < 0) {
                (void)unlink(temporary); /* it may not be there */
                return err_pass(r);
        }
        place->file = STEAL(file);
        note_numbers(storage, place->file);
        return 0;
}

/* Renames the file so that a new one can be made: broken ones end in "~". */
static int set_aside(const Storage *storage, const StoragePlace *place, bool is_broken) {
        AUTO_FREE char *path = file_path(storage, place);
        const JournalHeader *header = place->file ? place->file->header : NULL;
        StrBuf text = STRBUF_INIT;
        char id[ID128_TEXT_SIZE];

        strbuf_addf(&text, "%s/%s@", place->directory, storage->stem);
        if (header && !is_broken)
                strbuf_addf(&text,
                            "%s-%016" PRIx64 "-%016" PRIx64 ".journal",
                            id128_print(header->seqnum_id, id),
                            le64toh(header->head_entry_seqnum),
                            le64toh(header->head_entry_realtime));
        else
                strbuf_addf(&text,
                            "%016" PRIx64 "-%016" PRIx64 ".journal~",
                            clock_realtime_usec(),
                            random_below(UINT64_MAX));
        AUTO_FREE char *aside = strbuf_steal(&text);
        if (!path || !aside)
                return err_new(-ENOMEM);
        if (is_broken)
                log_line(storage->log,
                         LOG_WARNING,
                         NULL,
                         "%s cannot be gone on with; renamed to %s",
                         path,
                         aside);
        return rename(path, aside) < 0 ? err_new(-errno) : 0;
}

/* Goes on with a file that is there. 0, or -errno when a new one is to be made. */
static int reopen(Storage *storage, StoragePlace *place, const char *path) {
        JournalFileOptions options = file_options(storage, place);
        JournalMap *map = NULL;
        int r = map_path(path, 0, options.max_size, &map);

        if (r >= 0)
                r = journal_file_open(map, &options, &place->file);
        if (r < 0)
                return err_pass(r);
        if (r == JOURNAL_OPEN_REPAIRED)
                log_line(storage->log,
                         LOG_NOTICE,
                         NULL,
                         "%s was not closed in order; it is whole again",
                         path);
        if (!id128_equal(place->file->header->machine_id, storage->machine_id)) {
                place->file = journal_file_free(place->file);
                return err_new(-EHOSTDOWN);
        }
        note_numbers(storage, place->file);
        return journal_file_set_online(place->file);
}

int storage_place_open(Storage *storage, StoragePlace *place) {
        int r = make_directory(storage, place->directory);
        AUTO_FREE char *path = file_path(storage, place);

        if (r < 0 || !path)
                return r < 0 ? err_pass(r) : err_new(-ENOMEM);
        r = reopen(storage, place, path);
        if (r >= 0)
                return 0;
        place->file = journal_file_free(place->file);
        if (r != -ENOENT)
                r = set_aside(storage, place, true);
        if (r < 0 && r != -ENOENT)
                return err_pass(r);
        (void)storage_place_vacuum(storage, place, 0); /* a failure shows when writing */
        r = create(storage, place, path);
        if (r < 0)
                return err_pass(r);
        return err_pass(journal_file_set_online(place->file));
}

/* The file is as old as its last entry: it is removed by its age. */
static void date_file(const JournalFile *file) {
        uint64_t usec = journal_file_tail_realtime(file);
        const struct timespec times[] = {
                { .tv_nsec = UTIME_OMIT },
                { (time_t)(usec / USEC_PER_SEC), (long)(usec % USEC_PER_SEC * 1000) },
        };

        (void)futimens(file->map->fd, times); /* then it goes later */
}

int storage_place_rotate(Storage *storage, StoragePlace *place, bool is_broken) {
        AUTO_FREE char *path = file_path(storage, place);

        if (!path)
                return err_new(-ENOMEM);
        if (place->file) {
                note_numbers(storage, place->file);
                if (place->file->header->n_entries == 0 && !is_broken)
                        return 0;
                int r = is_broken ? 0 : journal_file_set_state(place->file, JOURNAL_ARCHIVED);
                if (!is_broken && r >= 0)
                        date_file(place->file);
                r = set_aside(storage, place, is_broken || r < 0);
                place->file = journal_file_free(place->file);
                if (r < 0 && r != -ENOENT)
                        return err_pass(r);
        }
        (void)storage_place_vacuum(storage, place, 0); /* a failure shows when writing */
        int r = create(storage, place, path);
        if (r == -ENOSPC && storage_place_vacuum(storage, place, 1) > 0)
                r = create(storage, place, path);
        if (r < 0)
                return err_pass(r);
        return err_pass(journal_file_set_online(place->file));
}

void storage_place_close(Storage *storage, StoragePlace *place) {
        if (!place->file)
                return;
        note_numbers(storage, place->file);
        int r = journal_file_set_state(place->file, JOURNAL_OFFLINE);
        if (r < 0)
                log_line(storage->log,
                         LOG_WARNING,
                         NULL,
                         "Cannot close the journal in %s in order: %s",
                         place->directory,
                         strerror(-r));
        else if (r == JOURNAL_ARCHIVED)
                (void)set_aside(storage, place, false); /* else the next one does */
        place->file = journal_file_free(place->file);
}
