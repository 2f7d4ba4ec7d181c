/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Whose manager this is. */

typedef enum UnitScope { UNIT_SCOPE_SYSTEM, UNIT_SCOPE_USER, UNIT_SCOPE_COUNT } UnitScope;
