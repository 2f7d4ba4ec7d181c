/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/state_record.h"
#include "base/strbuf.h"
#include "fuzz_input.h"

#define CHECKSUM_END 8 /* length and checksum stand in front */

/* What cannot be true whatever the input is. */
static void require(bool truth) {
        if (!truth)
                abort();
}

/* The same bytes with a checksum that fits, so that what lies behind it is reached. */
static void seal(char *data, size_t size) {
        uint32_t length = (uint32_t)(size - sizeof(uint32_t)), crc;
        if (size < CHECKSUM_END)
                return;
        memcpy(data, &length, sizeof(length));
        crc = crc32_update(0, data + CHECKSUM_END, size - CHECKSUM_END);
        memcpy(data + sizeof(length), &crc, sizeof(crc));
}

/* Every record that is read can be written, and gives the bytes it was read from. */
static void walk(Str rest) {
        StateRecord record;
        for (;;) {
                const char *begin = rest.data;
                size_t before = rest.length;
                int r = state_record_next(&rest, &record);
                if (r != STATE_RECORD_OK) {
                        require(rest.data == begin && rest.length == before);
                        require((r == STATE_RECORD_END) == (before == 0));
                        return;
                }
                AUTO(strbuf_done) StrBuf again = STRBUF_INIT;
                require(state_record_append(&again, &record) == 0);
                require(again.length == before - rest.length);
                require(memcmp(again.data, begin, again.length) == 0);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        AUTO_FREE char *copy = malloc(size + 1);
        if (!copy)
                return 0;
        memcpy(copy, data, size);
        walk((Str){ copy, size });
        seal(copy, size);
        walk((Str){ copy, size });
        return 0;
}
