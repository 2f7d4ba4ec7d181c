/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_read.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/utf8.h"

/* --- the grammar: each function takes what it names off the front of `rest`, or says no ----------
 */

static bool is_blank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static void skip(Str *rest, size_t n) {
        *rest = (Str){ rest->data + n, rest->length - n };
}

static void skip_blanks(Str *rest) {
        while (rest->length > 0 && is_blank(rest->data[0]))
                skip(rest, 1);
}

static bool take_char(Str *rest, char c) {
        if (rest->length == 0 || rest->data[0] != c)
                return false;
        skip(rest, 1);
        return true;
}

static bool take_digits(Str *rest) {
        size_t before = rest->length;

        while (rest->length > 0 && is_digit(rest->data[0]))
                skip(rest, 1);
        return rest->length < before;
}

static bool take_number(Str *rest) {
        (void)take_char(rest, '-'); /* it need not be there */
        if (!take_char(rest, '0') && !take_digits(rest))
                return false;
        if (take_char(rest, '.') && !take_digits(rest))
                return false;
        if (!take_char(rest, 'e') && !take_char(rest, 'E'))
                return true;
        if (!take_char(rest, '+'))
                (void)take_char(rest, '-'); /* likewise */
        return take_digits(rest);
}

/* Four digits to base 16, or -1. */
static int read_code(Str text) {
        int code = 0;

        if (text.length < 4)
                return -1;
        for (size_t i = 0; i < 4; i++) {
                static const char digits[] = "0123456789abcdef";
                char c = text.data[i] >= 'A' && text.data[i] <= 'F' ? (char)(text.data[i] + 32)
                                                                    : text.data[i];
                const char *at = c ? strchr(digits, c) : NULL;
                if (!at)
                        return -1;
                code = code * 16 + (int)(at - digits);
        }
        return code;
}

static bool take_escape(Str *rest) {
        if (take_char(rest, 'u')) {
                if (read_code(*rest) < 0)
                        return false;
                skip(rest, 4);
                return true;
        }
        if (rest->length == 0 || rest->data[0] == '\0' || !strchr("\"\\/bfnrt", rest->data[0]))
                return false;
        skip(rest, 1);
        return true;
}

static bool take_string(Str *rest) {
        if (!take_char(rest, '"'))
                return false;
        while (rest->length > 0 && rest->data[0] != '"') {
                if ((unsigned char)rest->data[0] < 0x20)
                        return false;
                if (take_char(rest, '\\')) {
                        if (!take_escape(rest))
                                return false;
                } else {
                        skip(rest, 1);
                }
        }
        return take_char(rest, '"');
}

static bool take_word(Str *rest) {
        static const char *const words[] = { "null", "true", "false" };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_skip_prefix(rest, words[i]))
                        return true;
        return false;
}

static bool take_value(Str *rest, unsigned depth);

/* The members of an array or object, behind its opening bracket. */
static bool take_members(Str *rest, char end, unsigned depth) {
        skip_blanks(rest);
        if (take_char(rest, end))
                return true;
        do {
                skip_blanks(rest);
                if (end == '}') {
                        if (!take_string(rest))
                                return false;
                        skip_blanks(rest);
                        if (!take_char(rest, ':'))
                                return false;
                }
                if (!take_value(rest, depth))
                        return false;
                skip_blanks(rest);
        } while (take_char(rest, ','));
        return take_char(rest, end);
}

static bool take_value(Str *rest, unsigned depth) {
        skip_blanks(rest);
        if (depth == 0 || rest->length == 0)
                return false;
        switch (rest->data[0]) {
        case '{':
                skip(rest, 1);
                return take_members(rest, '}', depth - 1);
        case '[':
                skip(rest, 1);
                return take_members(rest, ']', depth - 1);
        case '"':
                return take_string(rest);
        default:
                return take_word(rest) || take_number(rest);
        }
}

int json_check(Str text, size_t *ret_offset) {
        Str rest = text;
        bool good = take_value(&rest, JSON_DEPTH_MAX);

        if (good)
                skip_blanks(&rest);
        if (good && rest.length == 0)
                return 0;
        if (ret_offset)
                *ret_offset = text.length - rest.length;
        return err_new(-EINVAL);
}

/* --- parts --------------------------------------------------------------------------------------
 */

JsonType json_type(Str value) {
        skip_blanks(&value);
        switch (value.length > 0 ? value.data[0] : 'n') {
        case '{':
                return JSON_OBJECT;
        case '[':
                return JSON_ARRAY;
        case '"':
                return JSON_STRING;
        case 't':
        case 'f':
                return JSON_BOOLEAN;
        case 'n':
                return JSON_NULL;
        default:
                return JSON_NUMBER;
        }
}

bool json_next_member(Str *rest, JsonMember *ret) {
        Str at = *rest, key, value;

        skip_blanks(&at);
        if (!take_char(&at, '{') && !take_char(&at, ','))
                return false;
        skip_blanks(&at);
        key = at;
        if (!take_string(&at))
                return false;
        key.length -= at.length;
        skip_blanks(&at);
        if (!take_char(&at, ':'))
                return false;
        skip_blanks(&at);
        value = at;
        if (!take_value(&at, JSON_DEPTH_MAX))
                return false;
        value.length -= at.length;
        skip_blanks(&at);
        *ret = (JsonMember){ key, value };
        *rest = at;
        return true;
}

bool json_find_member(Str object, const char *name, Str *ret) {
        JsonMember member;
        bool found = false;

        while (json_next_member(&object, &member)) {
                AUTO_FREE char *key = NULL;
                if (json_read_string(member.key, &key) < 0 || strcmp(key, name) != 0)
                        continue;
                *ret = member.value;
                found = true;
        }
        return found;
}

/* The code point of "\uXXXX" behind the u, which may be a pair of surrogates; takes it off. */
static unsigned take_code_point(Str *rest) {
        enum { REPLACEMENT = 0xfffd };
        unsigned code = (unsigned)read_code(*rest), low;

        skip(rest, 4);
        if (code < 0xd800 || code > 0xdfff)
                return code;
        Str next = *rest;
        if (code > 0xdbff || !str_skip_prefix(&next, "\\u"))
                return REPLACEMENT;
        low = (unsigned)read_code(next);
        if (low < 0xdc00 || low > 0xdfff)
                return REPLACEMENT;
        *rest = (Str){ next.data + 4, next.length - 4 };
        return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

static void add_escaped(StrBuf *out, Str *rest) {
        static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
        char c = rest->data[0];
        const char *at = strchr(letters, c);

        skip(rest, 1);
        if (c == 'u') {
                char bytes[4];
                size_t n = utf8_encode(bytes, take_code_point(rest));
                strbuf_add_bytes(out, bytes, n);
        } else {
                strbuf_add_char(out, at ? meant[at - letters] : c);
        }
}

int json_read_string(Str value, char **ret) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        Str check = value;

        if (!take_string(&check))
                return err_new(-EINVAL);
        skip(&value, 1);
        while (value.length > 0 && value.data[0] != '"') {
                if (take_char(&value, '\\')) {
                        add_escaped(&out, &value);
                } else {
                        strbuf_add_char(&out, value.data[0]);
                        skip(&value, 1);
                }
        }
        if (strbuf_result(&out) < 0 || !(*ret = strdup(strbuf_text(&out))))
                return err_new(-ENOMEM);
        return 0;
}
