/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Presets: which units a distribution or administrator wants enabled (systemd.preset(5)). */

#include "unit/unit_install.h"
#include "unit/unit_install_info.h"

typedef struct PresetRule {
        bool enable;
        char *pattern;
        char **instances; /* of a template; NULL = none named */
} PresetRule;

/* The rules of all files, first match wins. */
typedef struct PresetRules {
        PresetRule *rules; /* owned */
        size_t n_rules;
} PresetRules;

/* Reads the files that apply; bad lines are findings. -errno. */
int preset_rules_load(InstallWork *work, PresetRules *ret);

/* Releases the rules. */
void preset_rules_done(PresetRules *rules);
DEFINE_AUTO_DONE(PresetRules, preset_rules_done);

/* What the rules say of a unit: 1 enable, 0 disable. `ret_instances` (may be NULL) is set where a
 * rule names instances of a template, and belongs to the rules. */
int preset_rules_ask(const PresetRules *rules, const char *name, char *const **ret_instances);

/* Applies the rules to the units of the request, or to all units there are. */
int install_preset(InstallWork *work, const UnitInstallRequest *request);
int install_preset_all(InstallWork *work, const UnitInstallRequest *request);
