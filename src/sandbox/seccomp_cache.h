/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The filters that were compiled last. Compiling an allow list takes milliseconds, and the services
 * of a machine tend to have the same few lists. The manager owns one. */

#include "base/auto.h"
#include "base/strbuf.h"
#include "unit/unit_spec.h"

#define SECCOMP_CACHE_SIZE 32

typedef struct SeccompCacheEntry {
        char *settings;  /* the settings as text, NULL = empty */
        StrBuf programs; /* of seccomp_program_compile() */
} SeccompCacheEntry;

typedef struct SeccompCache {
        SeccompCacheEntry entries[SECCOMP_CACHE_SIZE]; /* owned */
        unsigned next;                                 /* which one is replaced next */
        unsigned n_compiled;                           /* how often it had to be done */
} SeccompCache;

/* What seccomp_program_compile() gives for the unit, from the cache where the same settings were
 * seen before; empty when no filter is asked for. Borrowed until the next call. */
int seccomp_cache_get(SeccompCache *cache, const UnitSpec *spec, Str *ret);

/* Empties it. */
void seccomp_cache_done(SeccompCache *cache);
DEFINE_AUTO_DONE(SeccompCache, seccomp_cache_done);
