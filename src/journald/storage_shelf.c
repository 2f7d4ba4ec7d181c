/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/storage_shelf.h"

#include <errno.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/strbuf.h"

typedef struct Shelf {
        char *key; /* owned */
        JournaldConfig config;
        Storage storage;
} Shelf;

/* --- wishes
 * ---------------------------------------------------------------------------------------- */

void shelf_wish_parse(Str text, ShelfWish *ret) {
        Str size, retention, name;

        *ret = (ShelfWish){ 0 };
        if (!str_next_part(&text, ' ', &size) || !str_next_part(&text, ' ', &retention) ||
            !str_next_part(&text, ' ', &name))
                return;
        if (parse_u64(size, 10, &ret->max_use) < 0)
                ret->max_use = 0;
        if (parse_u64(retention, 10, &ret->retention_usec) < 0)
                ret->retention_usec = 0;
        if (!str_equal_c(name, "-") && name.length < sizeof(ret->log_namespace) &&
            str_find_char(name, '/') < 0)
                memcpy(ret->log_namespace, name.data, name.length);
}

bool shelf_wish_is_set(const ShelfWish *wish) {
        return wish->max_use > 0 || wish->retention_usec > 0 || wish->log_namespace[0];
}

static bool has_own_files(const ShelfWish *wish) {
        return wish->max_use > 0 || wish->retention_usec > 0;
}

/* --- shelves
 * --------------------------------------------------------------------------------------- */

int shelves_init(Shelves *shelves,
                 const JournaldConfig *config,
                 const StorageOptions *options,
                 const Log *log) {
        *shelves = (Shelves){
                .by_key = hashtable_new_string(),
                .config = config,
                .log = log,
                .system_must_exist = options->system_must_exist,
                .runtime_scope = options->runtime_scope,
                .group = options->group,
        };
        if (options->runtime_directory)
                shelves->runtime_directory = str_dup(str_of(options->runtime_directory));
        if (options->system_directory)
                shelves->system_directory = str_dup(str_of(options->system_directory));
        if (!shelves->by_key || (options->runtime_directory && !shelves->runtime_directory) ||
            (options->system_directory && !shelves->system_directory))
                return err_new(-ENOMEM);
        return 0;
}

/* "unit-NAME" with '+' for '@', which is what follows the name of archived files and is in no name
 * of a unit. */
static char *own_stem(const char *unit) {
        StrBuf text = STRBUF_INIT;

        strbuf_addf(&text, STORAGE_UNIT_PREFIX "%s", unit);
        char *stem = strbuf_steal(&text);
        for (char *c = stem; c && *c; c++)
                if (*c == '@')
                        *c = '+';
        return stem;
}

static void set_limits(Shelf *shelf, const ShelfWish *wish) {
        SpaceLimits *places[] = { &shelf->config.runtime, &shelf->config.system };

        for (size_t i = 0; i < ARRAY_LENGTH(places) && wish->max_use > 0; i++)
                *places[i] = (SpaceLimits){
                        .max_use = wish->max_use,
                        .keep_free = places[i]->keep_free,
                        .max_file_size = LIMIT_UNSET, /* an eighth */
                };
        if (wish->retention_usec > 0)
                shelf->config.max_retention_usec = wish->retention_usec;
        shelf->storage.runtime.limits = shelf->config.runtime;
        shelf->storage.system.limits = shelf->config.system;
}

static void shelf_free(Shelf *shelf) {
        if (!shelf)
                return;
        storage_done(&shelf->storage);
        free(shelf->key);
        free(shelf);
}

/* `directory`, or the one of the name space beside it. NULL for NULL. */
static int place_of(const char *directory, const ShelfWish *wish, char **ret) {
        StrBuf text = STRBUF_INIT;

        if (!directory)
                return 0;
        strbuf_add(&text, directory);
        if (wish->log_namespace[0])
                strbuf_addf(&text, ".%s", wish->log_namespace);
        *ret = strbuf_steal(&text);
        return *ret ? 0 : err_new(-ENOMEM);
}

static int
open_storage(const Shelves *shelves, Shelf *shelf, const char *unit, const ShelfWish *wish) {
        AUTO_FREE char *runtime = NULL;
        AUTO_FREE char *system = NULL;
        AUTO_FREE char *stem = has_own_files(wish) ? own_stem(unit) : NULL;
        int r = place_of(shelves->runtime_directory, wish, &runtime);

        if (r >= 0)
                r = place_of(shelves->system_directory, wish, &system);
        if (r < 0 || (has_own_files(wish) && !stem))
                return err_new(-ENOMEM);
        const StorageOptions options = {
                .runtime_directory = runtime,
                .system_directory = system,
                .system_must_exist = shelves->system_must_exist,
                .runtime_scope = shelves->runtime_scope,
                .stem = stem,
                .log_namespace = wish->log_namespace[0] ? wish->log_namespace : NULL,
                .group = shelves->group,
        };
        return err_pass(storage_init(&shelf->storage, &shelf->config, &options, shelves->log));
}

/* What a name space says for itself. */
static void load_config(const Shelves *shelves, Shelf *shelf, const char *log_namespace) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        if (journald_config_load_namespace(&shelf->config, log_namespace, &diag) < 0)
                return; /* the general values hold */
        for (unsigned i = 0; i < diag.n_findings; i++) {
                AUTO_FREE char *text = diag_format(&diag.findings[i]);
                log_line(shelves->log, LOG_WARNING, NULL, "%s", text ?: "");
        }
}

static Shelf *
shelf_new(Shelves *shelves, const char *key, const char *unit, const ShelfWish *wish) {
        Shelf *shelf = calloc(1, sizeof(*shelf));

        if (!shelf)
                return NULL;
        shelf->config = *shelves->config;
        if (wish->log_namespace[0])
                load_config(shelves, shelf, wish->log_namespace);
        shelf->key = str_dup(str_of(key));
        set_limits(shelf, wish); /* before files are made by them */
        if (!shelf->key || open_storage(shelves, shelf, unit, wish) < 0 ||
            hashtable_put(shelves->by_key, shelf->key, shelf) < 0) {
                shelf_free(shelf);
                return NULL;
        }
        return shelf;
}

Storage *shelves_get(Shelves *shelves, const char *unit, const ShelfWish *wish) {
        char key[600];

        (void)snprintf(key,
                       sizeof(key),
                       "%s/%s",
                       has_own_files(wish) ? unit : "",
                       wish->log_namespace); /* both are file names */
        Shelf *shelf = hashtable_find(shelves->by_key, key);
        if (!shelf)
                shelf = shelf_new(shelves, key, unit, wish);
        else
                set_limits(shelf, wish);
        return shelf ? &shelf->storage : NULL;
}

Storage *shelves_next(const Shelves *shelves, size_t *cursor) {
        Shelf *shelf = hashtable_next(shelves->by_key, cursor, NULL);

        return shelf ? &shelf->storage : NULL;
}

void shelves_done(Shelves *shelves) {
        size_t cursor = 0;
        Shelf *shelf;

        while (shelves->by_key && (shelf = hashtable_next(shelves->by_key, &cursor, NULL)))
                shelf_free(shelf);
        shelves->by_key = hashtable_free(shelves->by_key);
        free(STEAL(shelves->runtime_directory));
        free(STEAL(shelves->system_directory));
}
