/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where in its files a unit gets a setting from: the last assignment that counts. */

#include "base/auto.h"
#include "tend/unit_view.h"

#define SETTING_LAST UINT32_MAX

typedef struct SettingPlace {
        char *path; /* owned; NULL when no file sets it */
        unsigned line;
} SettingPlace;

/* Releases it. */
void setting_place_done(SettingPlace *place);
DEFINE_AUTO_DONE(SettingPlace, setting_place_done);

/* The `index`-th assignment of `key` (after the last empty one, which resets a list) in fragment
 * and drop-ins; with SETTING_LAST the last one. 0 also when there is none; -errno when a file
 * cannot be read. */
int setting_place_find(const UnitView *view, const char *key, unsigned index, SettingPlace *ret);
