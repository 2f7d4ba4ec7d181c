/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The names in one directory, read once and again only when the directory's time says that it
 * changed. Owned by the unit search; knows nothing about units. */

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "base/auto.h"

typedef struct DirEntry {
        char *name;
        char *target;       /* where a symbolic link points, as written; NULL for everything else */
        unsigned char type; /* DT_REG, DT_LNK, DT_DIR, ... never DT_UNKNOWN */
} DirEntry;

typedef struct DirListing {
        char *path;        /* owned */
        DirEntry *entries; /* sorted by name, without hidden ones; owned */
        unsigned n_entries;
        unsigned capacity;
        int error; /* 0, or why nothing could be read: -ENOENT, -EACCES, -E2BIG, ... */
        dev_t device;
        ino_t inode;
        struct timespec mtime;
        bool recent;      /* changed just before it was read: times cannot tell the next change */
        uint64_t content; /* digest of names, types and targets */
} DirListing;

/* Starts empty on a path, which is copied. -ENOMEM. */
int dir_listing_init(DirListing *listing, const char *path);
void dir_listing_done(DirListing *listing);

/* Reads the directory if it may have changed since the last time; `entries` stay where they are
 * unless something did. More than `limit` names are an error
 * (-E2BIG in `error`). Only -ENOMEM is returned; a directory that cannot be read is empty. */
int dir_listing_refresh(DirListing *listing, unsigned limit, bool *ret_changed);

/* The entry of this name or NULL. */
const DirEntry *dir_listing_find(const DirListing *listing, const char *name);

DEFINE_AUTO_DONE(DirListing, dir_listing_done);
