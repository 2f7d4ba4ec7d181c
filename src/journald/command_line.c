/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/command_line.h"

#include <string.h>

#include "base/utf8.h"

#define NEED_ESCAPE "\"\\`$"
#define NEED_QUOTES NEED_ESCAPE "*?['()<>|&;! \t\n\r"

/* How many bytes the character at the front has; 0 = it is to be escaped. */
static size_t plain_length(Str text) {
        unsigned character;
        unsigned char first = (unsigned char)text.data[0];

        if (first < 0x80)
                return first >= ' ' && first != 0x7f;
        return utf8_decode(text, &character);
}

static bool needs_quotes(Str word) {
        if (word.length == 0)
                return true;
        while (word.length > 0) {
                size_t n = plain_length(word);
                if (n == 0 || strchr(NEED_QUOTES, word.data[0]))
                        return true;
                word = (Str){ word.data + n, word.length - n };
        }
        return false;
}

static void escape(char c, StrBuf *out) {
        static const char characters[] = "\a\b\f\n\r\t\v", letters[] = "abfnrtv";
        const char *found = strchr(characters, c);

        if (found)
                strbuf_addf(out, "\\%c", letters[found - characters]);
        else
                strbuf_addf(out, "\\%03o", (unsigned)(unsigned char)c);
}

static void add_word(Str word, StrBuf *out) {
        if (!needs_quotes(word)) {
                strbuf_add_str(out, word);
                return;
        }
        strbuf_add_char(out, '"');
        while (word.length > 0) {
                size_t n = plain_length(word);
                if (n == 0)
                        escape(word.data[0], out);
                else if (strchr(NEED_ESCAPE, word.data[0]))
                        strbuf_addf(out, "\\%c", word.data[0]);
                else
                        strbuf_add_str(out, (Str){ word.data, n });
                n += n == 0;
                word = (Str){ word.data + n, word.length - n };
        }
        strbuf_add_char(out, '"');
}

void command_line_print(Str words, StrBuf *out) {
        const char *between = "";
        Str word;

        while (words.length > 0 && words.data[words.length - 1] == '\0')
                words.length--;
        while (words.length > 0 && str_next_part(&words, '\0', &word)) {
                strbuf_add(out, between);
                add_word(word, out);
                between = " ";
        }
}
