/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A specification as canonical unit text: sections in fixed order, keys in order of the tables, one
 * assignment a line, specifiers expanded and percent signs doubled. Parsing the text gives an equal
 * specification; only a condition whose text a specifier made empty has no form of its own. */

#include "base/strbuf.h"
#include "unit/unit_spec.h"

/* Appends the sections in `sections` (a SectionMask) that hold something. */
void unit_print(const UnitSpec *spec, unsigned sections, StrBuf *out);

/* Appends the assignments of one setting, nothing when it is unset. */
void unit_print_setting(const UnitSpec *spec, DirectiveId id, StrBuf *out);

/* Reads text made by unit_print into `spec` (no drop-ins, no specifier but %%). -EINVAL with
 * findings in `diag` on anything unknown: plans come from ourselves. `limit` on length is 4 MiB
 * (-E2BIG). */
int unit_read_text(UnitSpec *spec, Str text, Diag *diag);
