/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Explanations of what tend itself says, for machines whose catalog has none. */

#include <stdbool.h>

#include "base/random_id.h"
#include "base/str.h"

/* The text of an id; false when there is none. */
bool catalog_texts_find(Id128 id, Str *ret);
