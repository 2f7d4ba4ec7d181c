/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which line of which file a failed unit owes its failure to: the command that failed, or the
 * setting that the executor could not apply. */

#include "tend/setting_place.h"
#include "tend/unit_view.h"

typedef struct FailedSetting {
        const char *key; /* "ExecStart", "User"; NULL = nothing is known */
        char *value;     /* the command line, "" for other settings; owned */
        SettingPlace place;
} FailedSetting;

/* Looks for it; what is not found stays empty. */
void failed_setting_find(const UnitView *view, FailedSetting *ret);

/* Releases it. */
void failed_setting_done(FailedSetting *setting);
DEFINE_AUTO_DONE(FailedSetting, failed_setting_done);
