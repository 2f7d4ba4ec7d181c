/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "unit/unit_install_commit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A journal that is accepted prints as the bytes it was. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        AUTO_FREE char *copy = malloc(size + 1);
        InstallStep *steps;
        size_t n_steps;

        if (!copy)
                return 0;
        memcpy(copy, data, size);
        if (install_journal_parse(copy, size, &steps, &n_steps) < 0)
                return 0;
        install_journal_print(steps, n_steps, &text);
        if (text.length != size || memcmp(text.data, data, size) != 0)
                abort();
        install_steps_free(steps, n_steps);
        return 0;
}
