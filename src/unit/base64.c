/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/base64.h"

#include <errno.h>
#include <stdint.h>

#include "base/error.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#define DIGIT_BAD (-1)
#define DIGIT_END (-2)

static int value_of(char c) {
        if (c >= 'A' && c <= 'Z')
                return c - 'A';
        if (c >= 'a' && c <= 'z')
                return c - 'a' + 26;
        if (c >= '0' && c <= '9')
                return c - '0' + 52;
        return c == '+' ? 62 : c == '/' ? 63 : c == '=' ? 64 : DIGIT_BAD;
}

static bool is_blank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next digit, '=' as 64, DIGIT_BAD or DIGIT_END. */
static int next_digit(Str text, size_t *at) {
        while (*at < text.length && is_blank(text.data[*at]))
                (*at)++;
        return *at < text.length ? value_of(text.data[(*at)++]) : DIGIT_END;
}

/* Four digits to one to three bytes; `ret_last` when padding ended the text. -EINVAL. */
static int decode_group(const int group[static 4], bool *ret_last, StrBuf *out) {
        uint32_t bits;
        int n = 3;

        if (group[0] < 0 || group[1] < 0 || group[2] < 0 || group[3] < 0 || group[0] == 64 ||
            group[1] == 64 || (group[2] == 64 && group[3] != 64))
                return err_new(-EINVAL);
        if (group[3] == 64)
                n = group[2] == 64 ? 1 : 2;
        bits = (uint32_t)group[0] << 18 | (uint32_t)group[1] << 12 |
               (uint32_t)(group[2] & 63) << 6 | (uint32_t)(group[3] & 63);
        if ((n == 1 && (bits & 0xffff)) || (n == 2 && (bits & 0xff)))
                return err_new(-EINVAL);
        for (int i = 0; i < n; i++)
                strbuf_add_char(out, (char)(bits >> (16 - 8 * i) & 0xff));
        *ret_last = n < 3;
        return 0;
}

int base64_decode(Str text, StrBuf *out) {
        bool last = false;
        size_t at = 0;

        for (;;) {
                int group[4], r;

                group[0] = next_digit(text, &at);
                if (group[0] == DIGIT_END)
                        return strbuf_result(out);
                if (last)
                        return err_new(-EINVAL);
                for (int i = 1; i < 4; i++)
                        group[i] = next_digit(text, &at);
                r = decode_group(group, &last, out);
                if (r < 0)
                        return err_pass(r);
        }
}

void base64_encode(Str bytes, StrBuf *out) {
        for (size_t i = 0; i < bytes.length; i += 3) {
                size_t n = bytes.length - i < 3 ? bytes.length - i : 3;
                uint32_t bits = 0;

                for (size_t j = 0; j < n; j++)
                        bits |= (uint32_t)(unsigned char)bytes.data[i + j] << (16 - 8 * j);
                for (size_t j = 0; j < 4; j++)
                        strbuf_add_char(out, j <= n ? digits[bits >> (18 - 6 * j) & 63] : '=');
        }
}
