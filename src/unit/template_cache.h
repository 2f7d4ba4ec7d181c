/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The template files that were read last, for whoever starts many instances of one: a socket unit
 * with Accept=yes makes one for each connection. */

#include "unit/unit_spec.h"

#define TEMPLATE_CACHE_SIZE 4

typedef struct TemplateCacheEntry {
        char *path; /* of the file; NULL = empty */
        uint64_t stamp;
        UnitSpec *spec; /* of some instance */
} TemplateCacheEntry;

typedef struct TemplateCache {
        TemplateCacheEntry entries[TEMPLATE_CACHE_SIZE]; /* owned */
        unsigned next;                                   /* which one is replaced next */
} TemplateCache;

/* Whether a file says the same for each instance: it has neither specifiers nor names of instances.
 */
bool template_cache_takes(Str text);

/* What is known of the file, if it still has this stamp (unit_files_stamp); NULL. Borrowed until
 * the next call. */
const UnitSpec *template_cache_find(const TemplateCache *cache, const char *path, uint64_t stamp);

/* Keeps a copy of what an instance got from the file. Nothing is kept when out of memory. */
void template_cache_put(TemplateCache *cache,
                        const char *path,
                        uint64_t stamp,
                        const UnitSpec *spec);

/* Empties it. */
void template_cache_done(TemplateCache *cache);
DEFINE_AUTO_DONE(TemplateCache, template_cache_done);
