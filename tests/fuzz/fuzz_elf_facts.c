/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "fuzz_input.h"
#include "tend/analyze/elf_facts.h"

/* What was found lies in the file. */
static void check_part(Str part, const uint8_t *data, size_t size) {
        const char *begin = (const char *)data;

        if (part.length > 0 && (part.data < begin || part.data + part.length > begin + size))
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ElfFacts facts;

        if (elf_facts_read((Str){ (const char *)data, size }, &facts) < 0)
                return 0;
        check_part(facts.build_id, data, size);
        check_part(facts.package, data, size);
        return 0;
}
