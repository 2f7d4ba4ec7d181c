/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/error.h"
#include "base/strv.h"
#include "engine/job_queue.h"
#include "engine/unit_ops.h"
#include "engine/unit_past.h"

Unit *engine_find_unit(const Engine *engine, const char *name) {
        return hashtable_find(engine->names, name);
}

Unit *unit_registry_get(Engine *engine, const char *name) {
        Unit *unit = engine_find_unit(engine, name);
        if (unit)
                return unit;
        if (!unit_name_is_valid(name, UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE))
                return NULL;
        return unit_new(engine, name, &unit) < 0 ? NULL : unit;
}

/* --- names -------------------------------------------------------------------------------------
 */

static void forget_name(Unit *unit, const char *name) {
        if (engine_find_unit(unit->engine, name) == unit)
                (void)hashtable_remove(unit->engine->names, name);
}

static void forget_aliases(Unit *unit) {
        if (!unit->spec)
                return;
        STRV_FOREACH(alias, unit->spec->aliases)
        if (!streq(*alias, unit->id))
                forget_name(unit, *alias);
}

void unit_registry_forget(Unit *unit) {
        unsigned cursor = 0;
        forget_aliases(unit);
        forget_name(unit, unit->id);
        for (const UnitEdge *edge;
             (edge = unit_graph_next(unit, DEP_BIT(DEP_REFERENCES), &cursor));)
                unit_collect_later(edge->other);
}

/* Whether the object holds nothing but its name and edges. */
static bool is_blank(const Unit *unit) {
        return unit->load_state == UNIT_STUB ||
               (!unit->job && unit_active_state(unit) == ACTIVE_STATE_INACTIVE);
}

/* `from` is another name of `to`. */
static int merge(Unit *from, Unit *to) {
        int r = unit_graph_move(from, to);
        if (r < 0)
                return err_pass(r);
        to->n_references += from->n_references;
        if (from->load_state == UNIT_STUB)
                from->load_state = UNIT_MERGED;
        (void)unit_free(from);
        return 0;
}

static int register_alias(Unit *unit, const char *alias) {
        Unit *other = engine_find_unit(unit->engine, alias);
        if (other == unit)
                return 0;
        if (other && !is_blank(other)) {
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Alias %s is another unit that is in use, ignoring the alias.",
                         unit->id,
                         alias);
                return 0;
        }
        int r = other ? merge(other, unit) : 0;
        if (r >= 0)
                r = hashtable_put(unit->engine->names, alias, unit);
        return err_pass(r);
}

static int register_aliases(Unit *unit) {
        STRV_FOREACH(alias, unit->spec->aliases) {
                int r = register_alias(unit, *alias);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

/* The unit's own name is another than the one it was asked for by. */
static int rename_unit(Unit *unit, const char *name) {
        AUTO_FREE char *id = strdup(name);
        if (!id)
                return err_new(-ENOMEM);
        int r = hashtable_put(unit->engine->names, id, unit);
        if (r < 0)
                return err_pass(r);
        forget_name(unit, unit->id);
        free(unit->id);
        unit->id = STEAL(id);
        unit_past_recall(unit);
        return 0;
}

/* --- the part of the type -----------------------------------------------------------------------
 */

static void tell_loaded(Unit *unit) {
        const UnitOps *ops = unit_ops(unit->type);
        unit->flags |= UNIT_LOADING;
        if (ops->loaded)
                ops->loaded(unit);
        unit->flags &= ~(unsigned)UNIT_LOADING;
}

int unit_wake(Unit *unit) {
        const UnitOps *ops = unit_ops(unit->type);
        if (!ops->init || (unit->flags & UNIT_INITIALISED))
                return 0;
        int r = ops->init(unit);
        if (r < 0)
                return err_pass(r);
        unit->flags |= UNIT_INITIALISED;
        tell_loaded(unit);
        return 0;
}

/* --- loading -----------------------------------------------------------------------------------
 */

int unit_registry_adopt(Unit *unit, UnitSpec *spec) {
        const UnitOps *ops = unit_ops(unit->type);
        forget_aliases(unit);
        (void)unit_spec_free(unit->spec);
        unit->spec = spec;
        unit->load_state = spec->load_state;
        int r = register_aliases(unit);
        if (r >= 0)
                r = unit_dependency_add(unit);
        if (r < 0)
                return err_pass(r);
        if (!ops->init || (unit->flags & UNIT_INITIALISED))
                tell_loaded(unit);
        if (!list_is_linked(&unit->load_queue))
                list_append(&unit->engine->target_queue, &unit->load_queue);
        return 0;
}

static void leave_load_queue(Unit *unit) {
        list_remove(&unit->load_queue);
        unit->flags &= ~(unsigned)UNIT_IN_LOAD_QUEUE;
}

/* The stub was asked for by another name than its own. `ret` is the unit that is left. */
static int load_alias(Unit *unit, UnitSpec *spec, Unit **ret) {
        Engine *engine = unit->engine;
        Unit *target = engine_find_unit(engine, spec->name);
        *ret = target ? target : unit;
        bool is_loaded = target && target->load_state != UNIT_STUB;
        AUTO(unit_spec_free) UnitSpec *owned = spec;
        int r = strv_add_unique(is_loaded ? &target->spec->aliases : &spec->aliases, unit->id);
        if (r < 0)
                return err_pass(r);
        if (is_loaded)
                return register_aliases(target);
        if (!target)
                r = rename_unit(unit, spec->name);
        else
                leave_load_queue(target);
        if (r < 0)
                return err_pass(r);
        return unit_registry_adopt(*ret,
                                   STEAL(owned)); /* merges the stub when it registers names */
}

/* Something is better than nothing: without memory the unit counts as not loadable. */
static void note_load_failure(Unit *unit) {
        if (unit->load_state == UNIT_STUB)
                unit->load_state = UNIT_ERROR;
        unit_log(unit, LOG_ERR, "%s: Failed to load: Out of memory", unit->id);
}

static void load_one(Unit *unit) {
        Engine *engine = unit->engine;
        const EnginePorts *ports = &engine->ports;
        leave_load_queue(unit);
        UnitSpec *spec = NULL;
        int r = ports->load(ports->userdata, unit->id, &spec);
        if (r < 0) {
                note_load_failure(unit);
                return;
        }
        Unit *left = unit;
        if (streq(spec->name, unit->id))
                r = unit_registry_adopt(unit, spec);
        else
                r = load_alias(unit, spec, &left);
        if (r < 0)
                note_load_failure(left);
        ports->unit_added(ports->userdata, left);
        unit_mark_changed(left);
        unit_collect_later(left);
}

void unit_registry_load_all(Engine *engine) {
        for (Unit *unit; (unit = LIST_FIRST(&engine->load_queue, Unit, load_queue));)
                load_one(unit);
        for (Unit *unit; (unit = LIST_FIRST(&engine->target_queue, Unit, load_queue));) {
                list_remove(&unit->load_queue);
                if (unit_dependency_order_targets(unit) < 0)
                        note_load_failure(unit);
        }
}

int engine_load_unit(Engine *engine, const char *name, Unit **ret, EngineError *error) {
        unsigned kind = strlen(name) <= UNIT_NAME_MAX ? unit_name_kind(name) : 0;
        if (kind == UNIT_NAME_TEMPLATE)
                return engine_refuse(error,
                                     ENGINE_ERROR_INVALID_NAME,
                                     "Unit name %s is missing the instance name.",
                                     name);
        if (kind == 0)
                return engine_refuse(
                        error, ENGINE_ERROR_INVALID_NAME, "Unit name %s is not valid.", name);
        if (!unit_registry_get(engine, name))
                return err_new(-ENOMEM);
        unit_registry_load_all(engine);
        *ret = engine_find_unit(engine, name);
        return *ret ? 0 : err_new(-ENOMEM);
}

/* The unit whose name nothing stands behind. Slices need no file: one that nobody uses is free. */
static int find_free(Engine *engine, const char *name, Unit **ret, EngineError *error) {
        Unit *unit = NULL;
        int r = engine_load_unit(engine, name, &unit, error);
        if (r < 0)
                return err_pass(r);
        bool has_file = unit->spec && (unit->spec->fragment_path || unit->spec->built_in);
        bool is_unused = unit->load_state == UNIT_NOT_FOUND ||
                         (unit->type == UNIT_SLICE && !has_file && !unit->spec->transient &&
                          !(unit->flags & UNIT_PERPETUAL));
        if (!is_unused || !is_blank(unit) || !streq(unit->id, name))
                return engine_refuse(error,
                                     ENGINE_ERROR_UNIT_EXISTS,
                                     "Unit %s was already loaded or has a fragment file.",
                                     name);
        *ret = unit;
        return 0;
}

int engine_check_transient(Engine *engine, const char *name, EngineError *error) {
        Unit *unit = NULL;
        return find_free(engine, name, &unit, error);
}

int engine_add_transient(Engine *engine, UnitSpec *spec, Unit **ret, EngineError *error) {
        Unit *unit = NULL;
        int r = find_free(engine, spec->name, &unit, error);
        if (r < 0)
                return err_pass(r);
        unit_graph_clear_own(unit);
        spec->transient = true;
        spec->load_state = UNIT_LOADED;
        r = unit_registry_adopt(unit, spec);
        if (r < 0)
                return err_pass(r);
        unit_registry_load_all(engine);
        unit_mark_changed(unit);
        *ret = unit;
        return 0;
}

/* --- reload ------------------------------------------------------------------------------------
 */

static bool is_stale(const Engine *engine, const Unit *unit, bool names_changed) {
        if (!unit->spec)
                return true;
        if (unit->spec->transient && !unit->spec->fragment_path)
                return false;
        if (names_changed && unit->load_state == UNIT_NOT_FOUND)
                return true;
        return engine->ports.files_changed(engine->ports.userdata, unit);
}

/* A unit in use keeps its name even when the files say that it is an alias now. */
static int keep_own_name(const Unit *unit, UnitSpec *spec) {
        char *name = strdup(unit->id);
        if (!name)
                return err_new(-ENOMEM);
        strv_remove(spec->aliases, unit->id);
        free(spec->name);
        spec->name = name;
        return 0;
}

static int reload_one(Unit *unit) {
        const EnginePorts *ports = &unit->engine->ports;
        unsigned cursor = 0;
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        int r = ports->load(ports->userdata, unit->id, &spec);
        if (r >= 0 && !streq(spec->name, unit->id))
                r = keep_own_name(unit, spec);
        if (r < 0)
                return err_pass(r);
        for (const UnitEdge *edge;
             (edge = unit_graph_next(unit, DEP_BIT(DEP_REFERENCES), &cursor));)
                unit_collect_later(edge->other);
        unit_graph_clear_own(unit);
        unit->slice = NULL;
        r = unit_registry_adopt(unit, STEAL(spec));
        unit_mark_changed(unit);
        unit_collect_later(unit);
        return err_pass(r);
}

int engine_reload_unit(Unit *unit) {
        Engine *engine = unit->engine;
        engine->reloading = true;
        int r = reload_one(unit);
        unit_registry_load_all(engine);
        engine->reloading = false;
        return err_pass(r);
}

static void forget_absent_mounts(Engine *engine) {
        size_t cursor = 0;
        for (char *name; (name = hashtable_next(engine->absent_mounts, &cursor, NULL));)
                free(name);
        hashtable_clear(engine->absent_mounts);
}

int engine_reload(Engine *engine, bool names_changed) {
        int result = 0;
        ListLink stale; /* of Unit.load_queue; units that are merged into others leave it by
                           themselves */
        list_init(&stale);
        engine->reloading = true;
        if (names_changed)
                forget_absent_mounts(engine);
        unit_registry_load_all(engine);
        for (Unit *unit = engine_next_unit(engine, NULL); unit;
             unit = engine_next_unit(engine, unit))
                if (is_stale(engine, unit, names_changed))
                        list_append(&stale, &unit->load_queue);
        for (Unit *unit; (unit = LIST_FIRST(&stale, Unit, load_queue));) {
                list_remove(&unit->load_queue);
                int r = reload_one(unit);
                if (r < 0)
                        result = r;
        }
        unit_registry_load_all(engine);
        /* What a job waited for may have gone with the old files. */
        LIST_FOREACH(job, &engine->jobs, Job, all)
        if (job->state == JOB_WAITING)
                job_queue_add(engine, job);
        engine->reloading = false;
        return result;
}
