/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What is kept for a time only (MaxRetentionSec=, LogRetentionSec= of units) goes when its time is
 * over, whether or not something new comes. Costs no wake-up where no such time is set. */

#include "journald/recorder.h"

/* Looks in time at what is kept for a time only; call when something was stored. Does nothing when
 * that is due already. */
void expiry_arm(Recorder *recorder);

/* Ends it. */
void expiry_done(Recorder *recorder);
