/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"

/* --- a file
 * ----------------------------------------------------------------------------------------- */

/* Room is reserved, so that a store never meets a full disk (which would be SIGBUS). */
static int file_resize(JournalMap *map, uint64_t size) {
        if (size > map->size) {
                int r = posix_fallocate(
                        map->fd, (off_t)map->size, (off_t)(size - map->size)); /* returns errno */
                return r > 0 ? err_new(-r) : 0;
        }
        return ftruncate(map->fd, (off_t)size) < 0 ? err_new(-errno) : 0;
}

static int file_sync(JournalMap *map) {
        return fdatasync(map->fd) < 0 ? err_new(-errno) : 0;
}

static void file_wake(JournalMap *map) {
        if (ftruncate(map->fd, (off_t)map->size) < 0)
                return; /* readers see it when they look for themselves */
}

static void file_drop(JournalMap *map, uint64_t from) {
        uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

        from = (from + page - 1) / page * page;
        if (from < map->size)
                (void)madvise(map->base + from, map->size - from, MADV_DONTNEED); /* advice only */
}

static void file_close(JournalMap *map) {
        if (map->base)
                (void)munmap(map->base, map->limit); /* the range is ours */
        map->fd = fd_close(map->fd);
        free(map);
}

static const JournalMapOps file_ops = {
        .resize = file_resize,
        .sync = file_sync,
        .wake = file_wake,
        .drop = file_drop,
        .close = file_close,
};

int journal_map_file(int fd, bool writable, uint64_t limit, JournalMap **ret) {
        AUTO_FD int owned = fd;
        struct stat status;
        AUTO(journal_map_close) JournalMap *map = calloc(1, sizeof(*map));

        if (!map)
                return err_new(-ENOMEM);
        *map = (JournalMap){ .ops = &file_ops, .fd = steal_fd(&owned), .writable = writable };
        if (fstat(map->fd, &status) < 0)
                return err_new(-errno);
        if (!S_ISREG(status.st_mode))
                return err_new(-EBADFD);
        map->size = (uint64_t)status.st_size;
        map->limit = writable ? MAX(limit, map->size) : map->size;
        if (map->limit == 0)
                return err_new(-ENODATA);
        if (map->limit > SIZE_MAX / 4)
                return err_new(-EFBIG);
        void *base = mmap(NULL,
                          map->limit,
                          writable ? PROT_READ | PROT_WRITE : PROT_READ,
                          MAP_SHARED | MAP_NORESERVE,
                          map->fd,
                          0);
        if (base == MAP_FAILED)
                return err_new(-errno);
        map->base = base;
        *ret = STEAL(map);
        return 0;
}

/* --- any source
 * ------------------------------------------------------------------------------------- */

int journal_map_resize(JournalMap *map, uint64_t size) {
        if (size > map->limit)
                return err_new(-EFBIG);
        int r = map->ops->resize(map, size);
        if (r < 0)
                return err_pass(r);
        map->size = size;
        return 0;
}

int journal_map_sync(JournalMap *map) {
        return err_pass(map->ops->sync(map));
}

void journal_map_wake(JournalMap *map) {
        map->ops->wake(map);
}

void journal_map_drop(JournalMap *map, uint64_t from) {
        map->ops->drop(map, from);
}

bool journal_map_is_cut(const JournalMap *map) {
        struct stat status;

        return map->fd >= 0 && fstat(map->fd, &status) == 0 && (uint64_t)status.st_size < map->size;
}

JournalMap *journal_map_close(JournalMap *map) {
        if (map)
                map->ops->close(map);
        return NULL;
}
