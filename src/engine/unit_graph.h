/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Dependency edges between units at run time. Each pair of neighbours has one edge on either side
 * with a mask of kinds; adding a kind adds its inverse on the other side. */

#include <stdbool.h>
#include <stdint.h>

#include "unit/directive_id.h"

struct Unit;

typedef enum DependencyKind {
        DEP_REQUIRES,
        DEP_REQUIRED_BY,
        DEP_REQUISITE,
        DEP_REQUISITE_OF,
        DEP_WANTS,
        DEP_WANTED_BY,
        DEP_BINDS_TO,
        DEP_BOUND_BY,
        DEP_PART_OF,
        DEP_CONSISTS_OF,
        DEP_UPHOLDS,
        DEP_UPHELD_BY,
        DEP_CONFLICTS,
        DEP_CONFLICTED_BY,
        DEP_BEFORE,
        DEP_AFTER,
        DEP_ON_SUCCESS,
        DEP_ON_SUCCESS_OF,
        DEP_ON_FAILURE,
        DEP_ON_FAILURE_OF,
        DEP_TRIGGERS,
        DEP_TRIGGERED_BY,
        DEP_PROPAGATES_RELOAD_TO,
        DEP_RELOAD_PROPAGATED_FROM,
        DEP_PROPAGATES_STOP_TO,
        DEP_STOP_PROPAGATED_FROM,
        DEP_JOINS_NAMESPACE_OF, /* its own inverse */
        DEP_REFERENCES,         /* named by anything; keeps the other loaded */
        DEP_REFERENCED_BY,
        DEP_IN_SLICE,
        DEP_SLICE_OF,
        DEPENDENCY_KIND_COUNT
} DependencyKind;

#define DEP_BIT(kind) (UINT32_C(1) << (kind))

typedef struct UnitEdge {
        struct Unit *other;
        uint32_t kinds; /* DEP_BIT mask */
        uint32_t
                default_kinds; /* the part that comes from implicit and default dependencies only */
        uint32_t own_kinds;    /* the part that this unit's own files brought, not the other's */
        uint32_t reverse;      /* place of the edge back in other->edges */
} UnitEdge;

/* Property name: "Requires", "RequiredBy", ... */
const char *dependency_kind_name(DependencyKind kind);
DependencyKind dependency_kind_inverse(DependencyKind kind);

/* The kind that a [Unit] list setting names; -EINVAL for others. */
int dependency_kind_of_directive(DirectiveId id, DependencyKind *ret);

/* Adds an edge and its inverse; nothing for a unit and itself. -ENOMEM. */
int unit_graph_add(struct Unit *unit, DependencyKind kind, struct Unit *other, bool is_default);

/* The same with a mask of kinds at once. */
int unit_graph_add_kinds(struct Unit *unit, uint32_t kinds, struct Unit *other, bool is_default);

/* Removes all edges that this unit's own files brought (before it is loaded again). */
void unit_graph_clear_own(struct Unit *unit);

/* Removes the unit from all its neighbours. */
void unit_graph_detach(struct Unit *unit);

/* Gives all edges to another unit (`from` turned out to be its alias). -ENOMEM. */
int unit_graph_move(struct Unit *from, struct Unit *to);

/* The next edge with any kind of `mask`, from *cursor = 0; NULL at the end. Edges must not be added
 * or removed while the pointer is used. */
const UnitEdge *unit_graph_next(const struct Unit *unit, uint32_t mask, unsigned *cursor);

/* Whether an edge with any kind of `mask` leads from one to the other. */
bool unit_graph_has(const struct Unit *unit, uint32_t mask, const struct Unit *other);
