/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "fuzz_input.h"
#include "unit/environment_file.h"

/* A whole EnvironmentFile=. What was understood is written in double quotes, and reads back as the
 * same list with nothing ignored. */

static void require(bool truth) {
        if (!truth)
                abort();
}

static void quote(const char *assignment, StrBuf *out) {
        const char *value = strchr(assignment, '=');

        require(value && value > assignment);
        strbuf_addf(out, "%.*s=\"", (int)(value - assignment), assignment);
        for (value++; *value; value++) {
                if (strchr("\"\\`$", *value))
                        strbuf_add_char(out, '\\');
                strbuf_add_char(out, *value);
        }
        strbuf_add(out, "\"\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        AUTO_STRV char **first = NULL, **second = NULL;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        unsigned n_ignored = 0;

        if (size > 64 * 1024)
                return 0;
        int r = environment_file_parse((Str){ (const char *)data, size }, &first, &n_ignored);
        require(r == 0 || (r == -EBADMSG && memchr(data, 0, size)));
        STRV_FOREACH(assignment, first)
        quote(*assignment, &text);
        require(strbuf_result(&text) == 0);
        require(environment_file_parse(str_of(strbuf_text(&text)), &second, &n_ignored) == 0);
        require(n_ignored == 0 && strv_equal(first, second));
        return 0;
}
