/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which devices a unit may use: DevicePolicy=, DeviceAllow= and what PrivateDevices= and
 * ProtectClock= imply, as a list of numbers. Pure. */

#include <stdbool.h>
#include <sys/types.h>

#include "base/auto.h"
#include "base/strbuf.h"
#include "unit/unit_spec.h"

#define DEVICE_ANY UINT32_MAX

typedef struct DeviceRule {
        char type;                           /* 'b' or 'c' */
        uint32_t major_number, minor_number; /* DEVICE_ANY = all */
        char rights[4];                      /* of "rwm" */
} DeviceRule;

typedef struct DeviceRules {
        DeviceRule *items;
        unsigned n_items;
} DeviceRules;

/* Releases the list. */
void device_rules_done(DeviceRules *rules);
DEFINE_AUTO_DONE(DeviceRules, device_rules_done);

/* The node at a path; `ret_type` is S_IFBLK or S_IFCHR. -errno. */
typedef int DeviceNodeFunction(const char *path, mode_t *ret_type, dev_t *ret_device);

/* Whether devices are denied that no rule allows. */
bool device_rule_is_closed(const UnitSpec *spec);

/* Whether this setting limits devices besides what else it does. */
bool device_rule_is_implied_by(DirectiveId id);

/* The rules of a closed unit: those of the standard pseudo devices unless DevicePolicy=strict, then
 * its own. `devices` is the text of /proc/devices, for classes ("char-pts"). A node that is not
 * there has no rule. -ENOMEM. */
int device_rules_list(const UnitSpec *spec,
                      Str devices,
                      DeviceNodeFunction *find_node,
                      DeviceRules *ret);

/* Appends "c 1:3 rwm" and a line break, as devices.allow takes it. */
void device_rule_print(const DeviceRule *rule, StrBuf *out);
