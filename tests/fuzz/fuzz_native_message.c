/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_input.h"
#include "journald/native_message.h"

#define VALUES 16

/* What cannot be true whatever the input is. */
static void require(bool truth) {
        if (!truth)
                abort();
}

static void check(const NativeMessage *message, const char *begin, size_t size) {
        for (size_t i = 0; i < message->n; i++) {
                Str value = message->values[i];
                ssize_t equals = str_find_char(value, '=');
                require(value.data >= begin && value.data + value.length <= begin + size);
                require(equals > 0 && native_field_is_valid((Str){ value.data, (size_t)equals }));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        char *copy = malloc(size + 1); /* of the exact size, so that an overrun is seen */
        Str values[VALUES];
        NativeMessage message = { .data = copy, .length = size, .values = values, .max = VALUES };
        int r;

        if (!copy)
                return 0;
        memcpy(copy, data, size);
        do {
                r = native_message_next(&message);
                check(&message, copy, size);
        } while (r > 0);
        free(copy);
        return 0;
}
