/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A directory of its own for what unit generators write while units are verified, so that nothing
 * of a running manager changes or is seen (--generators= of systemd-analyze). */

#include <stdbool.h>

#include "base/auto.h"
#include "tend/tend.h"

typedef struct VerifyGenerated {
        char *top;    /* owned: removed with all that is in it */
        char *output; /* owned: where units of normal priority are */
} VerifyGenerated;

/* Makes the directory below $TMPDIR and, when `run`, has the generators fill it; how they fail goes
 * to standard error. -errno when there is no directory. */
int verify_generated_init(const Tend *tend, bool run, VerifyGenerated *ret);

/* Removes it. */
void verify_generated_done(VerifyGenerated *generated);
DEFINE_AUTO_DONE(VerifyGenerated, verify_generated_done);
