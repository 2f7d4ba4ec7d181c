/* SPDX-License-Identifier: Apache-2.0 */
#include "base/enum_name.h"

#include <errno.h>

#include "base/error.h"

int enum_parse(const char *const *names, size_t n_names, Str text) {
        for (size_t i = 0; i < n_names; i++)
                if (names[i] && str_equal_c(text, names[i]))
                        return (int)i;
        return err_new(-EINVAL);
}

const char *enum_print(const char *const *names, size_t n_names, int value) {
        return value >= 0 && (size_t)value < n_names ? names[value] : NULL;
}
