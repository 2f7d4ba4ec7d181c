/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The capability sets of this process (capabilities(7)): bounding, inheritable and ambient. Sets
 * are masks of 1 << CAP_x. */

#include <stdbool.h>
#include <stdint.h>

#define CAPABILITY_BIT(cap) (UINT64_C(1) << (cap))

/* Drops everything but `keep` from the bounding set and the inheritable set. What is not in the
 * bounding set to begin with needs no privilege. -errno of the first refusal. */
int capability_limit_bounding(uint64_t keep);

/* What of `wanted` the bounding set has. */
uint64_t capability_within_bounding(uint64_t wanted);

/* Makes the inheritable set hold at least `wanted`, which the bounding set must have. */
int capability_add_inheritable(uint64_t wanted);

/* Makes the ambient set exactly `wanted`; they must be permitted and inheritable. */
int capability_set_ambient(uint64_t wanted);

/* Makes a permitted CAP_SETPCAP effective, as PR_SET_SECUREBITS needs; without it -EPERM. */
int capability_gain_setpcap(void);

/* Whether this capability is effective now. */
bool capability_is_effective(unsigned cap);
