/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/word_quote.h"

#include <string.h>

void word_quote(const char *word, StrBuf *out) {
        if (word[0] && word[strcspn(word, "\"\\`$*?['()<>|&;!~# \t\n\r")] == '\0') {
                strbuf_add(out, word);
                return;
        }
        strbuf_add_char(out, '"');
        for (; *word; word++) {
                if (strchr("\"\\`$", *word))
                        strbuf_add_char(out, '\\');
                strbuf_add_char(out, *word);
        }
        strbuf_add_char(out, '"');
}
