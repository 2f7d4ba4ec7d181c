/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/dir_listing.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/macros.h"

#define XFS_MAGIC 0x58465342 /* not in linux/magic.h */

/* A directory changed this shortly before it was read may change again under the same time: local
 * file systems stamp changes with the kernel's clock, which ticks every 10 ms at the slowest,
 * others with whatever they have, every second or two. */
#define TICK_USEC UINT64_C(50000)
#define COARSE_TICK_USEC UINT64_C(2000000)

int dir_listing_init(DirListing *listing, const char *path) {
        *listing = (DirListing){ .path = strdup(path) };
        return listing->path ? 0 : err_new(-ENOMEM);
}

static void drop_entries(DirListing *listing) {
        for (unsigned i = 0; i < listing->n_entries; i++) {
                free(listing->entries[i].name);
                free(listing->entries[i].target);
        }
        free(listing->entries);
        listing->entries = NULL;
        listing->n_entries = listing->capacity = 0;
}

void dir_listing_done(DirListing *listing) {
        drop_entries(listing);
        free(listing->path);
        *listing = (DirListing){ 0 };
}

static unsigned char type_of_mode(mode_t mode) {
        return (unsigned char)IFTODT(mode);
}

static unsigned char entry_type(int dir_fd, const struct dirent *entry) {
        struct stat st;

        if (entry->d_type != DT_UNKNOWN)
                return entry->d_type;
        if (fstatat(dir_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return DT_REG; /* opening it will tell */
        return type_of_mode(st.st_mode);
}

static int grow(DirListing *listing) {
        if (listing->n_entries < listing->capacity)
                return 0;
        unsigned capacity = listing->capacity ? listing->capacity * 2 : 16;
        DirEntry *entries = reallocarray(listing->entries, capacity, sizeof(DirEntry));
        if (!entries)
                return err_new(-ENOMEM);
        listing->entries = entries;
        listing->capacity = capacity;
        return 0;
}

static int add_entry(DirListing *listing, int dir_fd, const struct dirent *entry) {
        char target[PATH_MAX];
        DirEntry new = { .type = entry_type(dir_fd, entry) };
        ssize_t n = -1;

        int r = grow(listing);
        if (r < 0)
                return r;
        if (new.type == DT_LNK)
                n = readlinkat(dir_fd, entry->d_name, target, sizeof(target));
        new.target = n >= 0 ? strndup(target, (size_t)n) : NULL;
        new.name = strdup(entry->d_name);
        if (!new.name || (n >= 0 && !new.target)) {
                free(new.name);
                free(new.target);
                return err_new(-ENOMEM);
        }
        listing->entries[listing->n_entries++] = new;
        return 0;
}

static int compare_entries(const void *a, const void *b) {
        return strcmp(((const DirEntry *)a)->name, ((const DirEntry *)b)->name);
}

static uint64_t digest_text(uint64_t digest, const char *text) {
        static const uint8_t key[16] = { 0 };
        uint64_t part = siphash24(text ? text : "", text ? strlen(text) : 0, key);

        return (digest ^ part) * UINT64_C(0x100000001b3) + (text != NULL);
}

static uint64_t digest_entries(const DirListing *listing) {
        uint64_t digest = (uint64_t)(unsigned)-listing->error;

        for (unsigned i = 0; i < listing->n_entries; i++) {
                digest = digest_text(digest, listing->entries[i].name);
                digest = digest_text(digest, listing->entries[i].target) + listing->entries[i].type;
        }
        return digest;
}

/* How far apart the stamps of two changes may be and still be the same. A stamp without a fraction
 * comes from a file system that keeps none, like ext4 with small inodes. */
static uint64_t stamp_tick(int fd, const struct timespec *mtime) {
        static const unsigned long local[] = {
                TMPFS_MAGIC, EXT4_SUPER_MAGIC, XFS_MAGIC, BTRFS_SUPER_MAGIC, OVERLAYFS_SUPER_MAGIC,
        };
        struct statfs fs;

        if (mtime->tv_nsec == 0 || fstatfs(fd, &fs) < 0)
                return COARSE_TICK_USEC;
        for (unsigned i = 0; i < ARRAY_LENGTH(local); i++)
                if ((unsigned long)fs.f_type == local[i])
                        return TICK_USEC;
        return COARSE_TICK_USEC;
}

static bool is_recent(int fd, const struct timespec *mtime) {
        uint64_t changed = (uint64_t)mtime->tv_sec * 1000000 + (uint64_t)mtime->tv_nsec / 1000;

        return changed + stamp_tick(fd, mtime) > clock_realtime_usec();
}

/* Reads all names: 0, -E2BIG, -errno. */
static int read_entries(DirListing *listing, unsigned limit) {
        AUTO_FD int fd =
                open(listing->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return err_new(-errno);
        listing->recent = is_recent(fd, &listing->mtime);
        AUTO_DIR DIR *dir = fdopendir(fd);
        if (!dir)
                return err_new(-errno);
        (void)steal_fd(&fd); /* the stream owns it now */

        for (;;) {
                errno = 0;
                const struct dirent *entry = readdir(dir);
                if (!entry)
                        return err_new(-errno);
                if (entry->d_name[0] == '.')
                        continue;
                if (listing->n_entries >= limit)
                        return err_new(-E2BIG);
                int r = add_entry(listing, dirfd(dir), entry);
                if (r < 0)
                        return r;
        }
}

static bool is_unchanged(const DirListing *listing, const struct stat *st) {
        return listing->inode != 0 && !listing->recent && listing->inode == st->st_ino &&
               listing->device == st->st_dev && listing->mtime.tv_sec == st->st_mtim.tv_sec &&
               listing->mtime.tv_nsec == st->st_mtim.tv_nsec;
}

/* Takes over what was read anew when it says something else; entries that others point to stay
 * otherwise. */
static bool adopt(DirListing *listing, DirListing *fresh) {
        bool changed = fresh->content != listing->content;

        listing->device = fresh->device;
        listing->inode = fresh->inode;
        listing->mtime = fresh->mtime;
        listing->recent = fresh->recent;
        listing->error = fresh->error;
        listing->content = fresh->content;
        if (!changed)
                return false;
        drop_entries(listing);
        listing->entries = STEAL(fresh->entries);
        listing->n_entries = fresh->n_entries;
        listing->capacity = fresh->capacity;
        fresh->n_entries = fresh->capacity = 0;
        return true;
}

int dir_listing_refresh(DirListing *listing, unsigned limit, bool *ret_changed) {
        AUTO(dir_listing_done) DirListing fresh = { 0 };
        struct stat st = { 0 };

        *ret_changed = false;
        int error = stat(listing->path, &st) < 0 ? -errno : 0;
        if (error == 0 && is_unchanged(listing, &st))
                return 0;
        if (error < 0 && error == listing->error)
                return 0;
        int r = dir_listing_init(&fresh, listing->path);
        if (r < 0)
                return r;
        fresh.device = st.st_dev;
        fresh.inode = st.st_ino;
        fresh.mtime = st.st_mtim;
        fresh.error = error == 0 ? read_entries(&fresh, limit) : error;
        if (fresh.error == -ENOMEM)
                return err_pass(-ENOMEM);
        if (fresh.error < 0)
                drop_entries(&fresh);
        if (fresh.n_entries > 0)
                qsort(fresh.entries, fresh.n_entries, sizeof(DirEntry), compare_entries);
        fresh.content = digest_entries(&fresh);
        *ret_changed = adopt(listing, &fresh);
        return 0;
}

const DirEntry *dir_listing_find(const DirListing *listing, const char *name) {
        unsigned low = 0, high = listing->n_entries;

        while (low < high) {
                unsigned middle = low + (high - low) / 2;
                int order = strcmp(name, listing->entries[middle].name);
                if (order == 0)
                        return &listing->entries[middle];
                if (order < 0)
                        high = middle;
                else
                        low = middle + 1;
        }
        return NULL;
}
