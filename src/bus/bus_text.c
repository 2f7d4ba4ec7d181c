/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_text.h"

#include <errno.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/str.h"
#include "base/utf8.h"

/* Length of the valid sequence at the front, 0 when there is none. */
static size_t valid_sequence(Str text) {
        for (size_t n = 1; n <= 4 && n <= text.length; n++)
                if (utf8_is_valid((Str){ text.data, n }))
                        return n;
        return 0;
}

static char *replace_invalid(const char *text) {
        char *copy = str_dup(str_of(text));
        size_t length = strlen(text);

        for (size_t i = 0; copy && i < length;) {
                size_t n = valid_sequence((Str){ text + i, length - i });
                if (n == 0)
                        copy[i] = '?';
                i += n ?: 1;
        }
        return copy;
}

int bus_append_text(BusBody *body, const char *text) {
        AUTO_FREE char *copy = NULL;
        int r = bus_body_append_basic(body, 's', text ?: "");

        if (r != -EINVAL || !text || utf8_is_valid(str_of(text)))
                return r;
        copy = replace_invalid(text);
        if (!copy)
                return err_new(-ENOMEM);
        return bus_body_append_basic(body, 's', copy);
}

int bus_append_strv(BusBody *body, char *const *list) {
        int r = bus_body_open(body, 'a', "s");

        for (; list && *list && r >= 0; list++)
                r = bus_append_text(body, *list);
        return r < 0 ? r : bus_body_close(body);
}
