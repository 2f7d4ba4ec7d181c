/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/strv.h"
#include "engine/unit_registry.h"
#include "unit/unit_defaults.h"

/* Kinds by which a target pulls in what it then waits for, and the same seen from the other side.
 */
#define TARGET_PULLS                                                                               \
        (DEP_BIT(DEP_REQUIRES) | DEP_BIT(DEP_REQUISITE) | DEP_BIT(DEP_WANTS) |                     \
         DEP_BIT(DEP_BINDS_TO) | DEP_BIT(DEP_UPHOLDS))
#define PULLED_BY                                                                                  \
        (DEP_BIT(DEP_REQUIRED_BY) | DEP_BIT(DEP_REQUISITE_OF) | DEP_BIT(DEP_WANTED_BY) |           \
         DEP_BIT(DEP_BOUND_BY) | DEP_BIT(DEP_UPHELD_BY))

typedef struct Adding {
        Unit *unit;
        int result;
} Adding;

static int add_edge(Unit *unit, uint32_t kinds, const char *name, bool is_default) {
        Unit *other = unit_registry_get(unit->engine, name);
        if (!other)
                return 0; /* a name that is valid nowhere was a finding of loading */
        return unit_graph_add_kinds(unit, kinds | DEP_BIT(DEP_REFERENCES), other, is_default);
}

static int set_slice(Unit *unit, const char *name, bool is_default) {
        Unit *slice = unit_registry_get(unit->engine, name);
        if (!slice || slice->type != UNIT_SLICE || slice == unit)
                return 0;
        unit->slice = slice;
        return add_edge(unit, DEP_BIT(DEP_IN_SLICE), name, is_default);
}

static int remember_absent(Engine *engine, const char *name) {
        AUTO_FREE char *key = strdup(name);
        if (!key)
                return err_new(-ENOMEM);
        int r = hashtable_put(engine->absent_mounts, key, key);
        if (r < 0)
                return err_pass(r);
        (void)STEAL(key);
        return 0;
}

static bool has_file(UnitLoadState state) {
        return state == UNIT_LOADED || state == UNIT_BAD_SETTING; /* a bad one is missed, too */
}

enum { MOUNT_ABSENT, MOUNT_PRESENT, MOUNT_CONFIGURED /* by a file */ };

static int judge_mount(const UnitSpec *spec) {
        return !has_file(spec->load_state) ? MOUNT_ABSENT
               : spec->fragment_path       ? MOUNT_CONFIGURED
                                           : MOUNT_PRESENT;
}

/* Whether there is a unit for this mount; path prefixes name many that there are not. One of the
 * above or -ENOMEM. */
static int find_mount(Engine *engine, const char *name) {
        const Unit *known = engine_find_unit(engine, name);
        if (known && known->load_state != UNIT_STUB && known->spec)
                return judge_mount(known->spec);
        if (hashtable_find(engine->absent_mounts, name))
                return 0;
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        int r = engine->ports.load(engine->ports.userdata, name, &spec);
        if (r < 0)
                return err_pass(r);
        r = judge_mount(spec);
        if (r != MOUNT_ABSENT)
                return r;
        r = remember_absent(engine, name);
        return r < 0 ? err_pass(r) : MOUNT_ABSENT;
}

/* What is mounted where the unit's files are comes first; what is to be mounted there by a file is
 * required as well. */
static int add_mount(Unit *unit, const char *name) {
        int r = find_mount(unit->engine, name);
        uint32_t kinds = DEP_BIT(DEP_AFTER);
        if (r == MOUNT_CONFIGURED)
                kinds |= DEP_BIT(DEP_REQUIRES);
        return r <= 0 ? err_pass(r) : add_edge(unit, kinds, name, false);
}

static int add_implied(Unit *unit, DirectiveId id, const char *name, bool is_default) {
        DependencyKind kind = DEPENDENCY_KIND_COUNT;
        if (id == DIRECTIVE_SLICE)
                return set_slice(unit, name, is_default);
        if (id == DIRECTIVE_UNIT || id == DIRECTIVE_SERVICE)
                return add_edge(unit, DEP_BIT(DEP_TRIGGERS), name, is_default);
        if (id == DIRECTIVE_REQUIRES_MOUNTS_FOR)
                return add_mount(unit, name);
        if (dependency_kind_of_directive(id, &kind) < 0)
                return 0; /* implied settings that are no dependency */
        if (str_has_suffix(str_of(name), ".slice") && !unit->slice && kind == DEP_REQUIRES) {
                int r = set_slice(unit, name, is_default);
                if (r < 0)
                        return err_pass(r);
        }
        return add_edge(unit, DEP_BIT(kind), name, is_default);
}

static void on_implied(void *userdata, DirectiveId id, const char *name, bool is_default) {
        Adding *adding = userdata;
        int r = adding->result < 0 ? 0 : add_implied(adding->unit, id, name, is_default);
        if (r < 0)
                adding->result = r;
}

static int add_list(Unit *unit, DependencyKind kind, char *const *names) {
        STRV_FOREACH(name, names) {
                int r = add_edge(unit, DEP_BIT(kind), *name, false);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

/* Sockets, timers, paths and automounts start a unit of their own name unless they say another. */
static int add_triggered(Unit *unit) {
        DirectiveId id = unit->type == UNIT_SOCKET ? DIRECTIVE_SERVICE : DIRECTIVE_UNIT;
        bool is_automount = unit->type == UNIT_AUTOMOUNT;
        if (unit->type != UNIT_SOCKET && unit->type != UNIT_TIMER && unit->type != UNIT_PATH &&
            !is_automount)
                return 0;
        if (unit->type == UNIT_SOCKET && unit_spec_bool(unit->spec, DIRECTIVE_ACCEPT))
                return 0;
        const char *on_missed =
                unit->type == UNIT_TIMER ? unit_spec_text(unit->spec, DIRECTIVE_ON_MISSED) : NULL;
        if (on_missed) {
                int r = add_edge(unit, 0, on_missed, false);
                if (r < 0)
                        return err_pass(r);
        }
        const char *named = is_automount ? NULL : unit_spec_text(unit->spec, id);
        if (named)
                return add_edge(unit, DEP_BIT(DEP_TRIGGERS), named, false);
        Str prefix = unit_name_prefix_and_instance(unit->id);
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
        strbuf_add_str(&name, prefix);
        strbuf_add(&name, is_automount ? ".mount" : ".service");
        if (strbuf_result(&name) < 0)
                return err_new(-ENOMEM);
        return add_edge(unit, DEP_BIT(DEP_TRIGGERS), strbuf_text(&name), true);
}

int unit_dependency_add(Unit *unit) {
        if (unit->load_state == UNIT_BAD_SETTING)
                return add_triggered(unit); /* it is told what the bad one would have started */
        if (unit->load_state != UNIT_LOADED)
                return 0;
        for (unsigned i = 0; i < unit->spec->n_values; i++) {
                const Value *value = &unit->spec->values[i];
                DependencyKind kind = DEPENDENCY_KIND_COUNT;
                int r = 0;
                if (dependency_kind_of_directive((DirectiveId)value->id, &kind) >= 0)
                        r = add_list(unit, kind, value->strv);
                if (r < 0)
                        return err_pass(r);
        }
        int r = add_triggered(unit);
        if (r >= 0)
                r = add_list(unit, DEP_TRIGGERED_BY, unit_spec_strv(unit->spec, DIRECTIVE_SOCKETS));
        if (r < 0)
                return err_pass(r);
        Adding adding = { .unit = unit };
        unit_defaults_each(unit->spec, unit->engine->config.scope, on_implied, &adding);
        return err_pass(adding.result);
}

/* --- targets
 * --------------------------------------------------------------------------------------- */

static bool has_defaults(const Unit *unit) {
        return unit->load_state == UNIT_LOADED &&
               unit_spec_bool(unit->spec, DIRECTIVE_DEFAULT_DEPENDENCIES);
}

/* Whether the target should be ordered after the other, which it pulls in. */
static bool wants_order(const Unit *target, const Unit *other, const UnitEdge *from_target) {
        uint32_t ordered = DEP_BIT(DEP_BEFORE) | DEP_BIT(DEP_AFTER);
        return (from_target->kinds & TARGET_PULLS) && !(from_target->kinds & ordered) &&
               has_defaults(target) && has_defaults(other);
}

int unit_dependency_order_targets(Unit *unit) {
        for (unsigned i = 0; i < unit->n_edges; i++) {
                const UnitEdge *edge = &unit->edges[i];
                Unit *other = edge->other;
                const UnitEdge *back = &other->edges[edge->reverse];
                int r = 0;
                if (unit->type == UNIT_TARGET && wants_order(unit, other, edge))
                        r = unit_graph_add(unit, DEP_AFTER, other, true);
                else if (other->type == UNIT_TARGET && wants_order(other, unit, back))
                        r = unit_graph_add(other, DEP_AFTER, unit, true);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}
