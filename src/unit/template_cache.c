/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/template_cache.h"

#include <string.h>

bool template_cache_takes(Str text) {
        return !memchr(text.data, '%', text.length) && !memchr(text.data, '@', text.length);
}

const UnitSpec *template_cache_find(const TemplateCache *cache, const char *path, uint64_t stamp) {
        for (unsigned i = 0; i < TEMPLATE_CACHE_SIZE; i++) {
                const TemplateCacheEntry *entry = &cache->entries[i];
                if (entry->stamp == stamp && streq_null(entry->path, path))
                        return entry->spec;
        }
        return NULL;
}

static void clear(TemplateCacheEntry *entry) {
        free(entry->path);
        (void)unit_spec_free(entry->spec); /* gives NULL */
        *entry = (TemplateCacheEntry){ 0 };
}

void template_cache_put(TemplateCache *cache,
                        const char *path,
                        uint64_t stamp,
                        const UnitSpec *spec) {
        TemplateCacheEntry *entry = &cache->entries[cache->next++ % TEMPLATE_CACHE_SIZE];

        clear(entry);
        AUTO_FREE char *copy = strdup(path);
        if (!copy || unit_spec_copy(spec, &entry->spec) < 0)
                return;
        entry->path = STEAL(copy);
        entry->stamp = stamp;
}

void template_cache_done(TemplateCache *cache) {
        for (unsigned i = 0; i < TEMPLATE_CACHE_SIZE; i++)
                clear(&cache->entries[i]);
}
