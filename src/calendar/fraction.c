/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/fraction.h"

#include <errno.h>

#include "base/error.h"

int fraction_parse(Str *rest, unsigned n_digits, uint64_t *ret) {
        Str digits = str_next_digits(rest);
        uint64_t value = 0;
        if (digits.length == 0)
                return err_new(-EINVAL);
        for (unsigned i = 0; i < n_digits; i++)
                value = value * 10 +
                        (i < digits.length ? (uint64_t)(digits.data[i] - '0') : UINT64_C(0));
        if (digits.length > n_digits && digits.data[n_digits] >= '5')
                value++;
        *ret = value;
        return 0;
}
