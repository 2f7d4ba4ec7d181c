/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_facts.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_io.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "engine/unit_object.h"

#define STALE_MAX 256 /* units that are gone keep their facts up to here */

static const char *const facts[] = {
        "invocation",           "log-extra-fields",        "log-level-max",
        "log-rate-limit-burst", "log-rate-limit-interval", "log-shelf",
};

static char *path_of(const Host *host, const char *fact, const char *unit) {
        StrBuf path = STRBUF_INIT;

        strbuf_addf(&path, "%s/%s:%s", host->options.paths->unit_facts, fact, unit);
        return strbuf_steal(&path);
}

static char *fact_path(const HostUnit *hu, const char *fact) {
        return path_of(hu->host, fact, hu->unit->id);
}

static void remove_facts(const Host *host, const char *unit) {
        for (size_t i = 0; i < ARRAY_LENGTH(facts); i++) {
                AUTO_FREE char *path = path_of(host, facts[i], unit);
                if (path)
                        (void)unlink(path); /* mostly there is none */
        }
}

/* A link whose target is the text: written at once, read at once, no file's contents. */
static void put_link(const HostUnit *hu, const char *fact, const char *text) {
        AUTO_FREE char *path = fact_path(hu, fact);

        if (!path)
                return;
        (void)unlink(path); /* mostly there is none */
        if (symlink(text, path) < 0)
                return; /* see unit_facts_write */
}

static void put_number(const HostUnit *hu, const char *fact, uint64_t number) {
        char text[24];

        (void)snprintf(text, sizeof(text), "%" PRIu64, number); /* fits */
        put_link(hu, fact, text);
}

/* Each field with its length before it, 8 bytes, little endian. */
static void put_extra_fields(const HostUnit *hu) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        AUTO_FREE char *path = fact_path(hu, "log-extra-fields");

        STRV_FOREACH(field, unit_spec_strv(hu->unit->spec, DIRECTIVE_LOG_EXTRA_FIELDS)) {
                uint64_t length = htole64(strlen(*field));
                strbuf_add_bytes(&text, &length, sizeof(length));
                strbuf_add(&text, *field);
        }
        if (path && !text.failed && text.length > 0)
                (void)file_write_atomic(
                        path, (Str){ text.data, text.length }, 0644, false); /* as put_link */
}

/* Files of its own: "SIZE TIME NAMESPACE", see journald/storage_shelf.h. */
static void put_shelf(const HostUnit *hu) {
        const UnitSpec *spec = hu->unit->spec;
        uint64_t max_use = unit_spec_number(spec, DIRECTIVE_LOG_MAX_USE);
        uint64_t retention = unit_spec_number(spec, DIRECTIVE_LOG_RETENTION_SEC);
        const char *name = unit_spec_text(spec, DIRECTIVE_LOG_NAMESPACE);
        StrBuf text = STRBUF_INIT;

        max_use = max_use == UINT64_MAX ? 0 : max_use; /* "infinity" is as unset */
        retention = retention == UINT64_MAX ? 0 : retention;
        if (max_use == 0 && retention == 0 && !name)
                return;
        strbuf_addf(&text, "%" PRIu64 " %" PRIu64 " %s", max_use, retention, name ?: "-");
        AUTO_FREE char *fact = strbuf_steal(&text);
        if (fact)
                put_link(hu, "log-shelf", fact);
}

static void put_limits(const HostUnit *hu) {
        const UnitSpec *spec = hu->unit->spec;

        if (unit_spec_find(spec, DIRECTIVE_LOG_LEVEL_MAX)) {
                uint64_t level = unit_spec_number(spec, DIRECTIVE_LOG_LEVEL_MAX);
                if (level <= 7)
                        put_link(hu, "log-level-max", log_level_name((int)level));
        }
        if (unit_spec_find(spec, DIRECTIVE_LOG_RATE_LIMIT_INTERVAL_SEC))
                put_number(hu,
                           "log-rate-limit-interval",
                           unit_spec_number(spec, DIRECTIVE_LOG_RATE_LIMIT_INTERVAL_SEC));
        if (unit_spec_find(spec, DIRECTIVE_LOG_RATE_LIMIT_BURST))
                put_number(hu,
                           "log-rate-limit-burst",
                           unit_spec_number(spec, DIRECTIVE_LOG_RATE_LIMIT_BURST));
}

void unit_facts_write(const HostUnit *hu) {
        const RuntimePaths *paths = hu->host->options.paths;
        char id[ID128_TEXT_SIZE];

        if (access(paths->journal_stream, F_OK) < 0)
                return;
        if (mkdir(paths->unit_facts, 0755) == 0) /* the first one */
                (void)chmod(paths->unit_facts, 0755);
        strv_remove(hu->host->stale_facts, hu->unit->id);
        remove_facts(hu->host, hu->unit->id);
        put_link(hu, "invocation", id128_print(hu->unit->invocation_id, id));
        put_limits(hu);
        put_shelf(hu);
        put_extra_fields(hu);
}

void unit_facts_retire(const HostUnit *hu) {
        Host *host = hu->host;

        if (access(host->options.paths->unit_facts, F_OK) < 0)
                return;
        if (strv_add_unique(&host->stale_facts, hu->unit->id) < 0 ||
            strv_length(host->stale_facts) <= STALE_MAX)
                return;
        AUTO_FREE char *oldest = str_dup(str_of(host->stale_facts[0]));
        if (!oldest)
                return;
        remove_facts(host, oldest);
        strv_remove(host->stale_facts, oldest);
}
