/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How values on the bus are written in unit files, by signature and where needed by property. */

#include <systemd/sd-bus.h>

#include "unit/directive.h"

/* One value on its way into text. */
typedef struct SettingForm {
        sd_bus_message *message; /* inside the variant */
        const char *property;
        const DirectiveRow *directive;
        const char *separator; /* between the parts of a tuple */
        char **lines;          /* owned: assignments of the setting, in order; "KEY=VALUE" where the
                                  tuple names the key */
        bool names_keys;       /* lines have their own keys */
} SettingForm;

typedef int SettingFormFunction(SettingForm *form);

typedef struct SettingFormRow {
        const char *property;  /* NULL = any property of this signature */
        const char *signature; /* that the client must send */
        SettingFormFunction *read;
        const char *setting; /* whose property it is instead of its own, NULL = its own */
        const char *separator;
} SettingFormRow;

/* The row for a property whose value shows with `shown` (NULL: no such property); NULL when its
 * values cannot be set. */
const SettingFormRow *setting_form_find(const char *property, const char *shown);
