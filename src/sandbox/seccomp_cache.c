/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/seccomp_cache.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/macros.h"
#include "sandbox/seccomp_program.h"
#include "unit/unit_print.h"

/* All that a filter depends on. */
static const DirectiveId settings[] = {
        DIRECTIVE_DYNAMIC_USER,
        DIRECTIVE_LOCK_PERSONALITY,
        DIRECTIVE_MEMORY_DENY_WRITE_EXECUTE,
        DIRECTIVE_PERSONALITY,
        DIRECTIVE_PRIVATE_DEVICES,
        DIRECTIVE_PROTECT_CLOCK,
        DIRECTIVE_PROTECT_HOSTNAME,
        DIRECTIVE_PROTECT_KERNEL_LOGS,
        DIRECTIVE_PROTECT_KERNEL_MODULES,
        DIRECTIVE_PROTECT_KERNEL_TUNABLES,
        DIRECTIVE_RESTRICT_ADDRESS_FAMILIES,
        DIRECTIVE_RESTRICT_NAMESPACES,
        DIRECTIVE_RESTRICT_REALTIME,
        DIRECTIVE_RESTRICT_SUID_SGID,
        DIRECTIVE_SYSTEM_CALL_ARCHITECTURES,
        DIRECTIVE_SYSTEM_CALL_ERROR_NUMBER,
        DIRECTIVE_SYSTEM_CALL_FILTER,
        DIRECTIVE_SYSTEM_CALL_LOG,
};

static int print_settings(const UnitSpec *spec, StrBuf *out) {
        for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
                if (unit_spec_find(spec, settings[i]))
                        unit_print_setting(spec, settings[i], out);
        return err_pass(strbuf_result(out));
}

static const SeccompCacheEntry *find(const SeccompCache *cache, const char *text) {
        for (unsigned i = 0; i < SECCOMP_CACHE_SIZE; i++)
                if (streq_null(cache->entries[i].settings, text))
                        return &cache->entries[i];
        return NULL;
}

static void clear(SeccompCacheEntry *entry) {
        free(entry->settings);
        strbuf_done(&entry->programs);
        *entry = (SeccompCacheEntry){ 0 };
}

/* Compiles in place of the oldest entry, and takes the text. */
static int
compile(SeccompCache *cache, const UnitSpec *spec, StrBuf *text, const SeccompCacheEntry **ret) {
        AUTO(strbuf_done) StrBuf programs = STRBUF_INIT;
        SeccompCacheEntry *entry = &cache->entries[cache->next++ % SECCOMP_CACHE_SIZE];
        int r;

        clear(entry);
        cache->n_compiled++;
        r = seccomp_program_compile(spec, &programs);
        if (r < 0)
                return err_pass(r);
        entry->settings = strbuf_steal(text);
        if (!entry->settings)
                return err_new(-ENOMEM);
        entry->programs = programs;
        programs = STRBUF_INIT; /* the entry's now */
        *ret = entry;
        return 0;
}

int seccomp_cache_get(SeccompCache *cache, const UnitSpec *spec, Str *ret) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        const SeccompCacheEntry *known;
        int r;

        *ret = STR_EMPTY;
        if (!seccomp_program_is_needed(spec))
                return 0;
        r = print_settings(spec, &text);
        if (r < 0)
                return err_pass(r);
        known = find(cache, strbuf_text(&text));
        if (!known)
                r = compile(cache, spec, &text, &known);
        if (r < 0)
                return err_pass(r);
        *ret = (Str){ strbuf_text(&known->programs), known->programs.length };
        return 0;
}

void seccomp_cache_done(SeccompCache *cache) {
        for (unsigned i = 0; i < SECCOMP_CACHE_SIZE; i++)
                clear(&cache->entries[i]);
}
