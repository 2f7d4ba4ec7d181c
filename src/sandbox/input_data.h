/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The bytes of StandardInputText= and StandardInputData=, in the order in which they were given. */

#include "base/strbuf.h"
#include "unit/unit_spec.h"

/* Whether the unit sets any. */
bool input_data_is_set(const UnitSpec *spec);

/* Appends all pieces. -EINVAL, -ENOMEM. */
int input_data_collect(const UnitSpec *spec, StrBuf *out);
