/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Names, loading and collection of units. Internal to the engine. */

#include "engine/engine.h"

/* The unit of this valid name, as a stub that waits in the load queue when nobody named it before.
 * NULL when out of memory or when the name is of no unit. */
Unit *unit_registry_get(Engine *engine, const char *name);

/* Loads all stubs, and what they name in turn. */
void unit_registry_load_all(Engine *engine);

/* Takes the unit's names and its neighbours' wish to be collected after it. */
void unit_registry_forget(Unit *unit);

/* Gives the unit a specification (owned from now on), its names and its dependencies. -ENOMEM. */
int unit_registry_adopt(Unit *unit, UnitSpec *spec);

/* Makes the run-time part of the unit's type (ops->init), which units that were only loaded do
 * without. -ENOMEM. */
int unit_wake(Unit *unit);

/* The unit may have become useless. */
void unit_collect_later(Unit *unit);

/* Frees units that nobody needs. */
void unit_collect_all(Engine *engine);

/* Adds the edges that the specification and its defaults name (unit_dependency.c). -ENOMEM. */
int unit_dependency_add(Unit *unit);

/* Orders targets after what they want, where nothing else is said; called when both are loaded.
 * -ENOMEM. */
int unit_dependency_order_targets(Unit *unit);
