/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Waiting until units have ended again (start --wait). */

#include "tend/tend.h"

/* Waits until all these units (whole names) are inactive or failed. The exit status: 1 when one has
 * failed, --timeout passed or the manager went away; the latter two are said. */
int unit_wait(Tend *tend, char *const *units);
