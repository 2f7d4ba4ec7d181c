/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* DevicePolicy= and DeviceAllow= where there is no devices controller: a program at the unit's
 * group of version 2. */

#include "host/device_rule.h"

/* Only what the rules allow can be opened or made in the group from now on; NULL = everything.
 * -errno. */
int device_filter_set(const char *directory, const DeviceRules *rules);
