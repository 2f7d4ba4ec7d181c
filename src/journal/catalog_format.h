/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The catalog's database, as systemd has it: a header, items in order of id and language, then
 * texts that end in NUL. All numbers are little endian. */

#include <assert.h>
#include <endian.h>
#include <stdint.h>

#include "base/random_id.h"

#define CATALOG_SIGNATURE                                                                          \
        { 'R', 'H', 'H', 'H', 'K', 'S', 'L', 'P' }
#define CATALOG_LANGUAGE_SIZE 32 /* filled up with NUL */

typedef struct CatalogHeader {
        uint8_t signature[8];
        uint32_t compatible_flags, incompatible_flags;
        uint64_t header_size, n_items, item_size;
} CatalogHeader;

typedef struct CatalogItem {
        Id128 id;
        char language[CATALOG_LANGUAGE_SIZE];
        uint64_t offset; /* among the texts */
} CatalogItem;

static_assert(sizeof(CatalogHeader) == 40 && sizeof(CatalogItem) == 56, "the layout is fixed");
