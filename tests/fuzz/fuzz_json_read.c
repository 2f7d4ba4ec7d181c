/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/auto.h"
#include "base/json_read.h"
#include "fuzz_input.h"

/* Every part of what was checked can be taken out, and is JSON itself. */
static void take_apart(Str value) {
        JsonMember member;
        Str rest = value;

        if (json_type(value) == JSON_STRING) {
                AUTO_FREE char *text = NULL;
                if (json_read_string(value, &text) < 0)
                        abort();
        }
        while (json_type(value) == JSON_OBJECT && json_next_member(&rest, &member)) {
                AUTO_FREE char *key = NULL;
                Str found;
                if (json_check(member.value, NULL) < 0 || json_read_string(member.key, &key) < 0)
                        abort();
                if (!json_find_member(value, key, &found))
                        abort();
                take_apart(member.value);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        Str text = { (const char *)data, size };
        size_t offset = 0;

        if (size > 4096)
                return 0; /* objects are searched member by member */
        if (json_check(text, &offset) >= 0)
                take_apart(text);
        else if (offset > size)
                abort();
        return 0;
}
