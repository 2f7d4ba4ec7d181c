/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/weekday.h"

#include "base/macros.h"

static const char *const names[] = {
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
};
static const char *const short_names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

static bool skip_name(Str *rest, const char *name) {
        size_t length = strlen(name);
        if (rest->length < length || !str_equal_nocase((Str){ rest->data, length }, str_of(name)))
                return false;
        *rest = (Str){ rest->data + length, rest->length - length };
        return true;
}

bool weekday_skip(Str *rest, int *ret_day) {
        for (int i = 0; i < (int)ARRAY_LENGTH(names); i++)
                if (skip_name(rest, names[i]) || skip_name(rest, short_names[i])) {
                        *ret_day = i;
                        return true;
                }
        return false;
}

const char *weekday_name(int day) {
        return short_names[day];
}
