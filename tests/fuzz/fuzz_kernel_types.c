/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "fuzz_input.h"
#include "host/kernel_types.h"

/* Any bytes lead to numbers or to an error that is one of those. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        KernelTypes types;
        uint32_t number;

        if (kernel_types_read((Str){ (const char *)data, size }, &types) < 0)
                return 0;
        int r = kernel_types_find_function(&types, "open", &number);
        if (r != 0 && r != -ENOENT && r != -EBADMSG)
                abort();
        r = kernel_types_find_member(&types, "file", "inode", &number);
        if (r != 0 && r != -ENOENT && r != -EBADMSG)
                abort();
        return 0;
}
