/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_input.h"
#include "host/timer_ledger.h"

/* What cannot be true whatever the input is. */
static void require(bool truth) {
        if (!truth)
                abort();
}

/* A line that is read and printed reads as the same. */
static void check(Str line) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        TimerEntry entry, again;
        Str text, first;
        if (timer_ledger_parse(line, &entry) < 0)
                return;
        require(memchr(entry.result, '\0', sizeof(entry.result)) && entry.result[0] != '\0');
        timer_ledger_print(&entry, &out);
        text = (Str){ out.data, out.length };
        require(str_next_part(&text, '\n', &first));
        require(timer_ledger_parse(first, &again) == 0);
        require(memcmp(&entry, &again, sizeof(entry)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        Str rest = { (const char *)data, size }, line;
        while (str_next_part(&rest, '\n', &line))
                check(line);
        return 0;
}
