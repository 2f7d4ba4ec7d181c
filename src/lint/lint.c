/* SPDX-License-Identifier: Apache-2.0 */
#include "lint/lint.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hashtable.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "lint/lint_program.h"
#include "unit/unit_defaults.h"
#include "unit/unit_name.h"

/* A unit that was loaded, and how far it is from the named ones. */
typedef struct Loaded {
        UnitSpec *spec; /* owned */
        unsigned distance;
} Loaded;

typedef struct Verification {
        const LintOptions *options;
        Diag *diag;
        HashTable *by_name; /* names to UnitSpec, of all loaded units */
        Loaded *loaded;     /* owned, in order of loading */
        unsigned n_loaded;
        bool failed;
        int result;
        unsigned distance; /* of the units that are being added */
} Verification;

static unsigned reach(LintScope scope) {
        return scope == LINT_NAMED ? 0 : scope == LINT_DIRECT ? 1 : UINT32_MAX;
}

/* What counts for the exit status: notes do not. */
static unsigned n_found(const Verification *v) {
        return v->diag->n_by_severity[DIAG_WARNING] + v->diag->n_by_severity[DIAG_ERROR];
}

static void note(Verification *v, const Loaded *unit, unsigned n_before) {
        if (n_found(v) > n_before && unit->distance <= reach(v->options->scope))
                v->failed = true;
}

static int keep(Verification *v, UnitSpec *spec) {
        AUTO(unit_spec_free) UnitSpec *owned = spec;
        Loaded *grown = reallocarray(v->loaded, v->n_loaded + 1, sizeof(*grown));

        if (!grown)
                return err_new(-ENOMEM);
        v->loaded = grown;
        Loaded *unit = &grown[v->n_loaded];
        *unit = (Loaded){ .spec = STEAL(owned), .distance = v->distance };
        v->n_loaded++;
        int r = hashtable_put(v->by_name, unit->spec->name, unit->spec);
        if (r == -ENOMEM)
                return err_pass(r);
        unsigned n_before = n_found(v);
        diag_move(v->diag, &unit->spec->diag);
        note(v, unit, n_before);
        return 0;
}

static void add_unit(Verification *v, const char *name) {
        UnitSpec *spec = NULL;

        if (v->result < 0 || hashtable_find(v->by_name, name) ||
            !unit_name_is_valid(name, UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE))
                return;
        v->result = unit_load(v->options->loader, name, &spec);
        if (v->result >= 0)
                v->result = keep(v, spec);
}

static void on_dependency(void *userdata, DirectiveId id, const char *name, bool is_default) {
        (void)id;
        (void)is_default;
        add_unit(userdata, name);
}

/* Loads what this unit names, as a manager would. */
static void follow(Verification *v, unsigned i) {
        static const DirectiveId lists[] = {
                DIRECTIVE_REQUIRES,   DIRECTIVE_REQUISITE,  DIRECTIVE_WANTS,   DIRECTIVE_BINDS_TO,
                DIRECTIVE_UPHOLDS,    DIRECTIVE_CONFLICTS,  DIRECTIVE_BEFORE,  DIRECTIVE_AFTER,
                DIRECTIVE_ON_FAILURE, DIRECTIVE_ON_SUCCESS, DIRECTIVE_PART_OF,
        };
        const UnitSpec *spec = v->loaded[i].spec;

        if (spec->load_state != UNIT_LOADED)
                return;
        v->distance = v->loaded[i].distance + 1;
        for (size_t k = 0; k < ARRAY_LENGTH(lists); k++)
                STRV_FOREACH(name, unit_spec_strv(spec, lists[k]))
        add_unit(v, *name);
        unit_defaults_each(spec, v->options->loader->machine->scope, on_dependency, v);
}

/* A unit that is required and not there makes the start impossible. */
static void check_requirements(const Verification *v, const UnitSpec *spec) {
        static const DirectiveId lists[] = { DIRECTIVE_REQUIRES, DIRECTIVE_BINDS_TO };
        const DiagPlace place = { .unit = spec->name };

        for (size_t k = 0; k < ARRAY_LENGTH(lists); k++)
                STRV_FOREACH(name, unit_spec_strv(spec, lists[k])) {
                        const UnitSpec *other = hashtable_find(v->by_name, *name);
                        if (!other || other->load_state == UNIT_LOADED)
                                continue;
                        diag_add(v->diag,
                                 &place,
                                 DIAG_ERROR,
                                 "Failed to create %s/start: %s",
                                 spec->name,
                                 other->load_error ? other->load_error : "Unit cannot be loaded.");
                        return; /* the first one ends the attempt */
                }
}

/* A socket needs the service of its name, or that of Service=. */
static void check_socket(const Verification *v, const UnitSpec *spec) {
        const DiagPlace place = { .unit = spec->name };
        const char *named = unit_spec_text(spec, DIRECTIVE_SERVICE);
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;

        if (spec->type != UNIT_SOCKET || unit_spec_bool(spec, DIRECTIVE_ACCEPT))
                return;
        if (named)
                strbuf_add(&name, named);
        else
                strbuf_addf(&name,
                            "%.*s.service",
                            (int)(strlen(spec->name) - strlen(".socket")),
                            spec->name);
        const UnitSpec *service = hashtable_find(v->by_name, strbuf_text(&name));
        if (!service || service->load_state != UNIT_LOADED)
                diag_add(v->diag,
                         &place,
                         DIAG_ERROR,
                         "service %s not loaded, socket cannot be started.",
                         strbuf_text(&name));
}

/* Orderings after itself and the like; requirements of itself go without a word. */
static void check_self(const Verification *v, const UnitSpec *spec) {
        static const struct {
                DirectiveId id;
                const char *name;
        } rows[] = {
                { DIRECTIVE_CONFLICTS, "Conflicts" },
                { DIRECTIVE_BEFORE, "Before" },
                { DIRECTIVE_AFTER, "After" },
                { DIRECTIVE_ON_FAILURE, "OnFailure" },
        };
        const DiagPlace place = { .unit = spec->name };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
                if (strv_contains(unit_spec_strv(spec, rows[i].id), spec->name))
                        diag_add(v->diag,
                                 &place,
                                 DIAG_WARNING,
                                 "Dependency %s=%s is dropped.",
                                 rows[i].name,
                                 spec->name);
}

/* What is wrong with a named unit once all that it names is loaded. */
static void check_one(Verification *v, unsigned i) {
        const Loaded *unit = &v->loaded[i];
        bool alone = v->options->scope == LINT_NAMED;

        if (unit->spec->load_state == UNIT_LOADED && !alone)
                check_self(v, unit->spec); /* does not count */
        unsigned n_before = n_found(v);
        if (unit->spec->load_state == UNIT_LOADED) {
                if (!alone)
                        check_requirements(v, unit->spec);
                check_socket(v, unit->spec);
                lint_programs(unit->spec, v->diag);
                if (v->options->check_manuals)
                        lint_manuals(unit->spec, v->diag);
        } else if (unit->spec->load_error) {
                diag_add(v->diag, NULL, DIAG_ERROR, "%s", unit->spec->load_error);
        }
        note(v, unit, n_before);
}

/* An empty file, or a link to /dev/null. */
static bool is_mask(const char *path) {
        struct stat status;

        if (stat(path, &status) < 0)
                return false;
        return S_ISCHR(status.st_mode) || (S_ISREG(status.st_mode) && status.st_size == 0);
}

/* Where a link to another unit leads, in fresh memory: the unit is called like that one. */
static char *link_target(const char *path) {
        struct stat status;
        AUTO_FREE char *target = NULL;

        if (lstat(path, &status) < 0 || !S_ISLNK(status.st_mode))
                return NULL;
        target = realpath(path, NULL);
        if (!target || !unit_name_is_valid(path_base_name(target), UNIT_NAME_PLAIN))
                return NULL;
        return STEAL(target);
}

/* A file by its path, else a unit by its name. */
static void add_argument(Verification *v, const char *argument) {
        UnitSpec *spec = NULL;

        if (!strchr(argument, '/') && access(argument, F_OK) != 0) {
                add_unit(v, argument);
                return;
        }
        AUTO_FREE char *target = link_target(argument);
        if (target)
                argument = target;
        if (hashtable_find(v->by_name, path_base_name(argument)))
                return;
        if (is_mask(argument)) {
                diag_add(v->diag, NULL, DIAG_ERROR, "Unit %s is masked.", path_base_name(argument));
                v->failed = true;
                return;
        }
        v->result = unit_load_file(v->options->loader, argument, &spec);
        if (v->result >= 0)
                v->result = keep(v, spec);
}

int lint_verify(const LintOptions *options, char *const *arguments, Diag *diag, bool *ret_failed) {
        Verification v = { .options = options, .diag = diag, .by_name = hashtable_new_string() };

        if (!v.by_name)
                return err_new(-ENOMEM);
        STRV_FOREACH(argument, arguments)
        if (v.result >= 0)
                add_argument(&v, *argument);
        unsigned n_named = v.n_loaded;
        for (unsigned i = 0; v.result >= 0 && i < v.n_loaded; i++)
                follow(&v, i);
        for (unsigned i = 0; v.result >= 0 && i < n_named; i++)
                check_one(&v, i);
        for (unsigned i = 0; i < v.n_loaded; i++)
                unit_spec_free(v.loaded[i].spec);
        free(v.loaded);
        hashtable_free(v.by_name);
        *ret_failed = v.failed;
        return v.result < 0 ? err_pass(v.result) : 0;
}
