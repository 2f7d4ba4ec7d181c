/* SPDX-License-Identifier: Apache-2.0 */
#include "lint/lint.h"

#include <errno.h>
#include <string.h>
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

static void note(Verification *v, const Loaded *unit, unsigned n_before) {
        if (v->diag->n_findings + v->diag->lost > n_before &&
            unit->distance <= reach(v->options->scope))
                v->failed = true;
}

static unsigned n_found(const Verification *v) {
        return v->diag->n_findings + v->diag->lost;
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

/* A socket without its service, and the like. */
static void check_one(Verification *v, unsigned i) {
        const Loaded *unit = &v->loaded[i];
        unsigned n_before = n_found(v);

        if (unit->spec->load_state == UNIT_LOADED) {
                check_requirements(v, unit->spec);
                lint_programs(unit->spec, v->diag);
                if (v->options->check_manuals)
                        lint_manuals(unit->spec, v->diag);
        } else if (unit->spec->load_error) {
                diag_add(v->diag, NULL, DIAG_ERROR, "%s", unit->spec->load_error);
        }
        note(v, unit, n_before);
}

/* A file by its path, else a unit by its name. */
static void add_argument(Verification *v, const char *argument) {
        UnitSpec *spec = NULL;

        if (!strchr(argument, '/') && access(argument, F_OK) != 0) {
                add_unit(v, argument);
                return;
        }
        if (hashtable_find(v->by_name, path_base_name(argument)))
                return;
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
