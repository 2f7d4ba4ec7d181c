/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Entries of the runtime place are moved to the files on disk. */

#include "journald/storage.h"

/* Copies the entries of all files of a directory, oldest file first, and removes each file whose
 * entries are all on disk. */
int storage_flush_directory(Storage *storage, const char *directory);
