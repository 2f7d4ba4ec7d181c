/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_dependencies.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/strv.h"
#include "tend/pager.h"
#include "tend/style.h"
#include "tend/unit_view.h"
#include "unit/unit_name.h"

#define DEPTH_MAX 32

/* A walk down the tree. */
typedef struct DependencyWalk {
        const Tend *tend;
        char **path; /* units from the top down to the present one, against cycles; owned */
        char **seen; /* units whose children were printed; owned */
        StrBuf *out;
        StrBuf indent;
        JsonWriter json;
} DependencyWalk;

/* All units that `view` needs, or that need it with --reverse; sorted, each once. */
static int collect(const Tend *tend, const UnitView *view, char ***ret) {
        char *const *const forward[] = { view->requires, view->requisite,   view->wants,
                                         view->upholds,  view->consists_of, view->binds_to };
        char *const *const reverse[] = { view->required_by, view->requisite_of, view->wanted_by,
                                         view->upheld_by,   view->part_of,      view->bound_by };
        char *const *const *lists = tend->flags & TEND_REVERSE ? reverse : forward;
        AUTO_STRV char **names = NULL;

        static_assert(ARRAY_LENGTH(forward) == ARRAY_LENGTH(reverse), "each has its inverse");
        for (size_t i = 0; i < ARRAY_LENGTH(forward); i++)
                if (strv_extend(&names, lists[i]) < 0)
                        return err_new(-ENOMEM);
        if (names) {
                strv_sort(names);
                strv_uniq(names);
        }
        *ret = STEAL(names);
        return 0;
}

static bool is_target(const char *unit) {
        UnitType type;
        return unit_name_type(unit, &type) >= 0 && type == UNIT_TARGET;
}

static void print_unit(DependencyWalk *walk, const char *unit, const char *branch) {
        const Tend *tend = walk->tend;
        AUTO(unit_view_done) UnitView view = { 0 };
        bool known = unit_view_get(tend, unit, NULL, &view) >= 0;
        const char *state = known && view.active_state ? view.active_state : "inactive";

        style_addf(walk->out, tend->flags, style_of_state(state), "%s", style_mark(state));
        strbuf_addf(walk->out, " %s%s%s\n", strbuf_text(&walk->indent), branch, unit);
        json_string(&walk->json, "unit", unit);
        json_string(&walk->json, "active", state);
}

static int walk_children(DependencyWalk *walk, const char *unit);

static int walk_child(DependencyWalk *walk, const char *unit, bool is_last) {
        size_t indent_length = walk->indent.length;
        bool expand = (is_target(unit) || (walk->tend->flags & TEND_ALL)) &&
                      !strv_contains(walk->path, unit) && !strv_contains(walk->seen, unit) &&
                      strv_length(walk->path) < DEPTH_MAX;
        int r = 0;

        json_begin_object(&walk->json, NULL);
        print_unit(walk, unit, is_last ? "\u2514\u2500" : "\u251c\u2500");
        strbuf_add(&walk->indent, is_last ? "  " : "\u2502 ");
        if (expand)
                r = walk_children(walk, unit);
        strbuf_truncate(&walk->indent, indent_length);
        json_end_object(&walk->json);
        return err_pass(r);
}

static int walk_children(DependencyWalk *walk, const char *unit) {
        AUTO(unit_view_done) UnitView view = { 0 };
        AUTO_STRV char **names = NULL;

        int r = unit_view_get(walk->tend, unit, NULL, &view);
        if (r >= 0)
                r = collect(walk->tend, &view, &names);
        if (r >= 0)
                r = strv_add(&walk->path, unit);
        if (r >= 0)
                r = strv_add(&walk->seen, unit);
        if (r < 0)
                return err_pass(r);
        json_begin_array(&walk->json, "dependencies");
        STRV_FOREACH(name, names) {
                r = walk_child(walk, *name, !name[1]);
                if (r < 0)
                        break;
        }
        json_end_array(&walk->json);
        strv_remove(walk->path, unit);
        return err_pass(r);
}

static void walk_done(DependencyWalk *walk) {
        strv_free(walk->path);
        strv_free(walk->seen);
        strbuf_done(&walk->indent);
}

DEFINE_AUTO_DONE(DependencyWalk, walk_done);

int cmd_list_dependencies(Tend *tend, char **arguments) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT, json = STRBUF_INIT;
        AUTO_FREE char *unit = NULL;
        AUTO(walk_done)
        DependencyWalk walk = {
                .tend = tend,
                .out = &out,
                .json = { .out = &json, .pretty = true },
        };

        if (unit_name_mangle(
                    arguments[0] ? arguments[0] : "default.target", ".service", false, &unit) < 0) {
                tend_complain(tend, "\"%s\" is not a name of a unit", arguments[0]);
                return 1;
        }
        if (tend_connect(tend) < 0)
                return 1;
        json_begin_object(&walk.json, NULL);
        print_unit(&walk, unit, "");
        int r = walk_children(&walk, unit);
        json_end_object(&walk.json);
        strbuf_add_char(&json, '\n');
        if (r < 0) {
                tend_complain(tend, "Cannot read the dependencies of %s: %s", unit, strerror(-r));
                return 1;
        }
        return pager_print(tend, tend->flags & TEND_JSON ? &json : &out) < 0 ? 1 : 0;
}
