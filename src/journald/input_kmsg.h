/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the kernel says (/dev/kmsg). Read where the keeper is process 1 of the machine itself, or
 * where ReadKMsg=yes says so; each record once, also over our restarts. */

#include "journald/recorder.h"

/* Opens it if it is wanted; before privileges are given up. Where it cannot be, a line in our log
 * says why. -ENOMEM. */
int kernel_input_open(Recorder *recorder);

/* Takes all that is there. */
void kernel_input_drain(Recorder *recorder);

/* Closes it. */
void kernel_input_close(Recorder *recorder);
