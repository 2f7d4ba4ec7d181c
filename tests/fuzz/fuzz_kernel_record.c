/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_input.h"
#include "journald/kernel_record.h"

/* Records of /dev/kmsg, in which every program with the right may put any text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        char *copy = malloc(size ? size : 1); /* of the exact size, so that an overrun is seen */
        KernelRecord record;

        if (!copy)
                return 0;
        memcpy(copy, data, size);
        if (kernel_record_parse(copy, size, &record) >= 0) {
                if (record.text.length > size || record.n_fields > KERNEL_RECORD_FIELDS_MAX)
                        abort();
                for (unsigned i = 0; i < record.n_fields; i++)
                        if (!memchr(record.fields[i].data, '=', record.fields[i].length))
                                abort();
        }
        free(copy);
        return 0;
}
