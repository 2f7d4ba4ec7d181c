/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_graph.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/macros.h"
#include "engine/unit_object.h"

#define NO_EDGE UINT32_MAX

typedef struct KindRow {
        const char *name;
        DependencyKind inverse;
        DirectiveId directive; /* DIRECTIVE_NONE: no setting of files names it */
} KindRow;

// clang-format off
static const KindRow kind_rows[] = {
        [DEP_REQUIRES]               = { "Requires",             DEP_REQUIRED_BY,             DIRECTIVE_REQUIRES },
        [DEP_REQUIRED_BY]            = { "RequiredBy",           DEP_REQUIRES,                DIRECTIVE_NONE },
        [DEP_REQUISITE]              = { "Requisite",            DEP_REQUISITE_OF,            DIRECTIVE_REQUISITE },
        [DEP_REQUISITE_OF]           = { "RequisiteOf",          DEP_REQUISITE,               DIRECTIVE_NONE },
        [DEP_WANTS]                  = { "Wants",                DEP_WANTED_BY,               DIRECTIVE_WANTS },
        [DEP_WANTED_BY]              = { "WantedBy",             DEP_WANTS,                   DIRECTIVE_NONE },
        [DEP_BINDS_TO]               = { "BindsTo",              DEP_BOUND_BY,                DIRECTIVE_BINDS_TO },
        [DEP_BOUND_BY]               = { "BoundBy",              DEP_BINDS_TO,                DIRECTIVE_NONE },
        [DEP_PART_OF]                = { "PartOf",               DEP_CONSISTS_OF,             DIRECTIVE_PART_OF },
        [DEP_CONSISTS_OF]            = { "ConsistsOf",           DEP_PART_OF,                 DIRECTIVE_NONE },
        [DEP_UPHOLDS]                = { "Upholds",              DEP_UPHELD_BY,               DIRECTIVE_UPHOLDS },
        [DEP_UPHELD_BY]              = { "UpheldBy",             DEP_UPHOLDS,                 DIRECTIVE_NONE },
        [DEP_CONFLICTS]              = { "Conflicts",            DEP_CONFLICTED_BY,           DIRECTIVE_CONFLICTS },
        [DEP_CONFLICTED_BY]          = { "ConflictedBy",         DEP_CONFLICTS,               DIRECTIVE_NONE },
        [DEP_BEFORE]                 = { "Before",               DEP_AFTER,                   DIRECTIVE_BEFORE },
        [DEP_AFTER]                  = { "After",                DEP_BEFORE,                  DIRECTIVE_AFTER },
        [DEP_ON_SUCCESS]             = { "OnSuccess",            DEP_ON_SUCCESS_OF,           DIRECTIVE_ON_SUCCESS },
        [DEP_ON_SUCCESS_OF]          = { "OnSuccessOf",          DEP_ON_SUCCESS,              DIRECTIVE_NONE },
        [DEP_ON_FAILURE]             = { "OnFailure",            DEP_ON_FAILURE_OF,           DIRECTIVE_ON_FAILURE },
        [DEP_ON_FAILURE_OF]          = { "OnFailureOf",          DEP_ON_FAILURE,              DIRECTIVE_NONE },
        [DEP_TRIGGERS]               = { "Triggers",             DEP_TRIGGERED_BY,            DIRECTIVE_NONE },
        [DEP_TRIGGERED_BY]           = { "TriggeredBy",          DEP_TRIGGERS,                DIRECTIVE_NONE },
        [DEP_PROPAGATES_RELOAD_TO]   = { "PropagatesReloadTo",   DEP_RELOAD_PROPAGATED_FROM,  DIRECTIVE_PROPAGATES_RELOAD_TO },
        [DEP_RELOAD_PROPAGATED_FROM] = { "ReloadPropagatedFrom", DEP_PROPAGATES_RELOAD_TO,    DIRECTIVE_RELOAD_PROPAGATED_FROM },
        [DEP_PROPAGATES_STOP_TO]     = { "PropagatesStopTo",     DEP_STOP_PROPAGATED_FROM,    DIRECTIVE_PROPAGATES_STOP_TO },
        [DEP_STOP_PROPAGATED_FROM]   = { "StopPropagatedFrom",   DEP_PROPAGATES_STOP_TO,      DIRECTIVE_STOP_PROPAGATED_FROM },
        [DEP_JOINS_NAMESPACE_OF]     = { "JoinsNamespaceOf",     DEP_JOINS_NAMESPACE_OF,      DIRECTIVE_JOINS_NAMESPACE_OF },
        [DEP_REFERENCES]             = { "References",           DEP_REFERENCED_BY,           DIRECTIVE_NONE },
        [DEP_REFERENCED_BY]          = { "ReferencedBy",         DEP_REFERENCES,              DIRECTIVE_NONE },
        [DEP_IN_SLICE]               = { "InSlice",              DEP_SLICE_OF,                DIRECTIVE_NONE },
        [DEP_SLICE_OF]               = { "SliceOf",              DEP_IN_SLICE,                DIRECTIVE_NONE },
};
// clang-format on

static_assert(ARRAY_LENGTH(kind_rows) == DEPENDENCY_KIND_COUNT, "a row per kind");
static_assert(DEPENDENCY_KIND_COUNT <= 32, "kinds are bits of a mask");

const char *dependency_kind_name(DependencyKind kind) {
        return kind_rows[kind].name;
}

DependencyKind dependency_kind_inverse(DependencyKind kind) {
        return kind_rows[kind].inverse;
}

int dependency_kind_of_directive(DirectiveId id, DependencyKind *ret) {
        if (id == DIRECTIVE_NONE)
                return err_new(-EINVAL);
        for (unsigned i = 0; i < DEPENDENCY_KIND_COUNT; i++) {
                if (kind_rows[i].directive == id) {
                        *ret = (DependencyKind)i;
                        return 0;
                }
        }
        return err_new(-EINVAL);
}

static uint32_t inverse_mask(uint32_t mask) {
        uint32_t inverse = 0;
        for (; mask; mask &= mask - 1)
                inverse |= DEP_BIT(kind_rows[__builtin_ctz(mask)].inverse);
        return inverse;
}

static int make_room(Unit *unit) {
        if (unit->n_edges < unit->capacity_edges)
                return 0;
        unsigned capacity =
                unit->capacity_edges < 4 ? unit->capacity_edges + 2 : unit->capacity_edges * 3 / 2;
        UnitEdge *edges = realloc(unit->edges, capacity * sizeof(*edges));
        if (!edges)
                return err_new(-ENOMEM);
        unit->edges = edges;
        unit->capacity_edges = capacity;
        return 0;
}

/* Newest first: while a unit is loaded its neighbours come up again and again. */
static uint32_t find_edge(const Unit *unit, const Unit *other) {
        for (uint32_t i = unit->n_edges; i > 0; i--)
                if (unit->edges[i - 1].other == other)
                        return i - 1;
        return NO_EDGE;
}

/* The edge from unit to other, looked for from the side that has fewer; NULL. */
static UnitEdge *edge_between(const Unit *unit, const Unit *other) {
        if (unit->n_edges <= other->n_edges) {
                uint32_t i = find_edge(unit, other);
                return i == NO_EDGE ? NULL : &unit->edges[i];
        }
        uint32_t i = find_edge(other, unit);
        return i == NO_EDGE ? NULL : &unit->edges[other->edges[i].reverse];
}

static UnitEdge *connect(Unit *unit, Unit *other) {
        if (make_room(unit) < 0 || make_room(other) < 0)
                return NULL;
        uint32_t here = unit->n_edges++, there = other->n_edges++;
        unit->edges[here] = (UnitEdge){ .other = other, .reverse = there };
        other->edges[there] = (UnitEdge){ .other = unit, .reverse = here };
        return &unit->edges[here];
}

/* Takes out one half; the last edge moves into its place. */
static void drop_half(Unit *unit, uint32_t i) {
        uint32_t last = --unit->n_edges;
        if (i == last)
                return;
        unit->edges[i] = unit->edges[last];
        unit->edges[i].other->edges[unit->edges[i].reverse].reverse = i;
}

static void disconnect(Unit *unit, uint32_t i) {
        Unit *other = unit->edges[i].other;
        uint32_t reverse = unit->edges[i].reverse;
        drop_half(unit, i);
        drop_half(other, reverse);
}

int unit_graph_add_kinds(Unit *unit, uint32_t kinds, Unit *other, bool is_default) {
        if (unit == other || kinds == 0)
                return 0;
        UnitEdge *edge = edge_between(unit, other);
        if (!edge)
                edge = connect(unit, other);
        if (!edge)
                return err_new(-ENOMEM);
        UnitEdge *back = &other->edges[edge->reverse];
        uint32_t inverse = inverse_mask(kinds);
        if (is_default) {
                edge->default_kinds |= kinds & ~edge->kinds;
                back->default_kinds |= inverse & ~back->kinds;
        } else {
                edge->default_kinds &= ~kinds;
                back->default_kinds &= ~inverse;
        }
        edge->own_kinds |= kinds;
        edge->kinds |= kinds;
        back->kinds |= inverse;
        unit->edge_kinds |= kinds;
        other->edge_kinds |= inverse;
        return 0;
}

int unit_graph_add(Unit *unit, DependencyKind kind, Unit *other, bool is_default) {
        return unit_graph_add_kinds(unit, DEP_BIT(kind), other, is_default);
}

void unit_graph_clear_own(Unit *unit) {
        for (uint32_t i = unit->n_edges; i > 0; i--) {
                UnitEdge *edge = &unit->edges[i - 1];
                UnitEdge *back = &edge->other->edges[edge->reverse];
                edge->own_kinds = 0;
                edge->kinds = inverse_mask(back->own_kinds);
                edge->default_kinds &= edge->kinds;
                back->kinds = back->own_kinds;
                back->default_kinds &= back->kinds;
                if (!edge->kinds)
                        disconnect(unit, i - 1);
        }
}

void unit_graph_detach(Unit *unit) {
        while (unit->n_edges > 0)
                disconnect(unit, unit->n_edges - 1);
        unit->edge_kinds = 0;
}

/* Default and other kinds of one half, kept apart. */
static int add_half(Unit *unit, const UnitEdge *half, Unit *other) {
        uint32_t defaults = half->own_kinds & half->default_kinds;
        int r = unit_graph_add_kinds(unit, half->own_kinds & ~defaults, other, false);
        return r < 0 ? r : unit_graph_add_kinds(unit, defaults, other, true);
}

int unit_graph_move(Unit *from, Unit *to) {
        while (from->n_edges > 0) {
                UnitEdge edge = from->edges[from->n_edges - 1];
                UnitEdge back = edge.other->edges[edge.reverse];
                disconnect(from, from->n_edges - 1);
                if (edge.other == to)
                        continue;
                int r = add_half(to, &edge, edge.other);
                if (r >= 0)
                        r = add_half(edge.other, &back, to);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

const UnitEdge *unit_graph_next(const Unit *unit, uint32_t mask, unsigned *cursor) {
        if (!(unit->edge_kinds & mask))
                return NULL;
        while (*cursor < unit->n_edges) {
                const UnitEdge *edge = &unit->edges[(*cursor)++];
                if (edge->kinds & mask)
                        return edge;
        }
        return NULL;
}

bool unit_graph_has(const Unit *unit, uint32_t mask, const Unit *other) {
        const UnitEdge *edge = edge_between(unit, other);
        return edge && (edge->kinds & mask);
}
