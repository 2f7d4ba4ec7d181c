/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Filters of system calls (seccomp(2)): compiled by the manager once for a plan, loaded by the
 * executor as its last step but one (step_seccomp.c). Linked to the manager only, as the executor
 * has no libseccomp. */

#include <stdbool.h>

#include "base/strbuf.h"
#include "unit/unit_spec.h"

/* Whether any setting of the unit asks for a filter. */
bool seccomp_program_is_needed(const UnitSpec *spec);

/* Appends the programs in the order of loading, each as the number of its instructions (64 bits)
 * and these (64 bits each), as the kernel takes them: what SystemCallLog= says; what is denied (all
 * single restrictions, a deny list, foreign architectures); an allow list. Appends nothing when no
 * filter is asked for. -ENOMEM; -EDOM or another error of libseccomp on machines that it does not
 * know. */
int seccomp_program_compile(const UnitSpec *spec, StrBuf *out);
