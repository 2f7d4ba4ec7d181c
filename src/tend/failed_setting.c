/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/failed_setting.h"

#include <signal.h>
#include <string.h>

#include "base/strv.h"
#include "tend/failure_text.h"

void failed_setting_find(const UnitView *view, FailedSetting *ret) {
        const UnitCommand *command = unit_view_failed_command(view);

        *ret = (FailedSetting){ 0 };
        if (!command)
                return;
        const char *setting = command->code == CLD_EXITED ? failure_setting(command->status) : NULL;
        if (setting) {
                ret->value = strdup("");
                /* A file that cannot be read any more only loses the place. */
                (void)setting_place_find(view, setting, SETTING_LAST, &ret->place);
        }
        if (ret->place.path) {
                ret->key = setting;
                return;
        }
        free(ret->value);
        ret->value = strv_join(command->arguments, " ");
        ret->key = ret->value ? command->list : NULL;
        (void)setting_place_find(view, command->list, command->index, &ret->place); /* as above */
}

void failed_setting_done(FailedSetting *setting) {
        free(STEAL(setting->value));
        setting_place_done(&setting->place);
}
