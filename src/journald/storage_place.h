/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The file of one place of the storage: opened, replaced, made room for. */

#include "journald/storage.h"

/* Opens or makes the place's file. A file that cannot be gone on with is set aside. */
int storage_place_open(Storage *storage, StoragePlace *place);

/* Archives the file, removes old ones above the limits and makes a new one. With `is_broken` the
 * file is only set aside. */
int storage_place_rotate(Storage *storage, StoragePlace *place, bool is_broken);

/* Removes old files until the limits hold; `n_at_least` go in any case. How many went. */
int storage_place_vacuum(Storage *storage, StoragePlace *place, unsigned n_at_least);

/* Bytes that its files may take, and the file system has for them. */
uint64_t storage_place_room(const StoragePlace *place);

/* Closes the file in good order. */
void storage_place_close(Storage *storage, StoragePlace *place);
