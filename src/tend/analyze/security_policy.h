/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What systemd-analyze security --security-policy= changes: weights, ranges and words of rows, from
 * a JSON object whose members are called as the rows in JSON (systemd-analyze(1)). */

#include "base/auto.h"
#include "tend/analyze/security_score.h"

typedef struct SecurityPolicy {
        char *text; /* owned; JSON that was checked. NULL = nothing is changed */
        size_t length;
} SecurityPolicy;

/* Reads the file. -errno after a message. */
int security_policy_read(const char *path, SecurityPolicy *ret);

/* Changes the rows and adds them up. A weight of 0 leaves a row out; members of another kind than
 * they should be and a range of 0 change nothing. -ENOMEM. */
int security_policy_apply(const SecurityPolicy *policy, SecurityScore *score);

/* Releases it. */
void security_policy_done(SecurityPolicy *policy);
DEFINE_AUTO_DONE(SecurityPolicy, security_policy_done);
