/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

#include "base/macros.h"

typedef struct CodeRange {
        uint32_t first, last;
} CodeRange;

/* Marks and format characters that take no column of their own (general categories Mn, Me, Cf). */
static const CodeRange zero_width[] = {
        { 0x0300, 0x036f },   { 0x0483, 0x0489 },   { 0x0591, 0x05bd },   { 0x05bf, 0x05bf },
        { 0x05c1, 0x05c2 },   { 0x05c4, 0x05c5 },   { 0x05c7, 0x05c7 },   { 0x0600, 0x0605 },
        { 0x0610, 0x061a },   { 0x061c, 0x061c },   { 0x064b, 0x065f },   { 0x0670, 0x0670 },
        { 0x06d6, 0x06dd },   { 0x06df, 0x06e4 },   { 0x06e7, 0x06e8 },   { 0x06ea, 0x06ed },
        { 0x070f, 0x070f },   { 0x0711, 0x0711 },   { 0x0730, 0x074a },   { 0x07a6, 0x07b0 },
        { 0x07eb, 0x07f3 },   { 0x0816, 0x0819 },   { 0x081b, 0x0823 },   { 0x0825, 0x0827 },
        { 0x0829, 0x082d },   { 0x0859, 0x085b },   { 0x0898, 0x089f },   { 0x08ca, 0x0902 },
        { 0x093a, 0x093a },   { 0x093c, 0x093c },   { 0x0941, 0x0948 },   { 0x094d, 0x094d },
        { 0x0951, 0x0957 },   { 0x0962, 0x0963 },   { 0x0e31, 0x0e31 },   { 0x0e34, 0x0e3a },
        { 0x0e47, 0x0e4e },   { 0x1160, 0x11ff },   { 0x135d, 0x135f },   { 0x180b, 0x180f },
        { 0x1ab0, 0x1ace },   { 0x1dc0, 0x1dff },   { 0x200b, 0x200f },   { 0x202a, 0x202e },
        { 0x2060, 0x2064 },   { 0x2066, 0x206f },   { 0x20d0, 0x20f0 },   { 0x2cef, 0x2cf1 },
        { 0x302a, 0x302d },   { 0x3099, 0x309a },   { 0xa66f, 0xa672 },   { 0xa674, 0xa67d },
        { 0xfb1e, 0xfb1e },   { 0xfe00, 0xfe0f },   { 0xfe20, 0xfe2f },   { 0xfeff, 0xfeff },
        { 0xfff9, 0xfffb },   { 0x1d167, 0x1d169 }, { 0x1d173, 0x1d182 }, { 0xe0001, 0xe007f },
        { 0xe0100, 0xe01ef },
};

/* East Asian wide and full-width characters, and pictures that terminals draw wide. */
static const CodeRange double_width[] = {
        { 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2329, 0x232a },   { 0x23e9, 0x23ec },
        { 0x23f0, 0x23f0 },   { 0x23f3, 0x23f3 },   { 0x25fd, 0x25fe },   { 0x2614, 0x2615 },
        { 0x2648, 0x2653 },   { 0x267f, 0x267f },   { 0x2693, 0x2693 },   { 0x26a1, 0x26a1 },
        { 0x26aa, 0x26ab },   { 0x26bd, 0x26be },   { 0x26c4, 0x26c5 },   { 0x26ce, 0x26ce },
        { 0x26d4, 0x26d4 },   { 0x26ea, 0x26ea },   { 0x26f2, 0x26f3 },   { 0x26f5, 0x26f5 },
        { 0x26fa, 0x26fa },   { 0x26fd, 0x26fd },   { 0x2705, 0x2705 },   { 0x270a, 0x270b },
        { 0x2728, 0x2728 },   { 0x274c, 0x274c },   { 0x274e, 0x274e },   { 0x2753, 0x2755 },
        { 0x2757, 0x2757 },   { 0x2795, 0x2797 },   { 0x27b0, 0x27b0 },   { 0x27bf, 0x27bf },
        { 0x2b1b, 0x2b1c },   { 0x2b50, 0x2b50 },   { 0x2b55, 0x2b55 },   { 0x2e80, 0x303e },
        { 0x3041, 0x33ff },   { 0x3400, 0x4dbf },   { 0x4e00, 0x9fff },   { 0xa000, 0xa4cf },
        { 0xa960, 0xa97f },   { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe10, 0xfe19 },
        { 0xfe30, 0xfe6f },   { 0xff01, 0xff60 },   { 0xffe0, 0xffe6 },   { 0x16fe0, 0x18cff },
        { 0x1b000, 0x1b2ff }, { 0x1f004, 0x1f004 }, { 0x1f0cf, 0x1f0cf }, { 0x1f18e, 0x1f18e },
        { 0x1f191, 0x1f19a }, { 0x1f200, 0x1f320 }, { 0x1f32d, 0x1f335 }, { 0x1f337, 0x1f37c },
        { 0x1f37e, 0x1f393 }, { 0x1f3a0, 0x1f3ca }, { 0x1f3cf, 0x1f3d3 }, { 0x1f3e0, 0x1f3f0 },
        { 0x1f3f4, 0x1f3f4 }, { 0x1f3f8, 0x1f43e }, { 0x1f440, 0x1f440 }, { 0x1f442, 0x1f4fc },
        { 0x1f4ff, 0x1f53d }, { 0x1f54b, 0x1f567 }, { 0x1f57a, 0x1f57a }, { 0x1f595, 0x1f596 },
        { 0x1f5a4, 0x1f5a4 }, { 0x1f5fb, 0x1f64f }, { 0x1f680, 0x1f6c5 }, { 0x1f6cc, 0x1f6cc },
        { 0x1f6d0, 0x1f6d2 }, { 0x1f6d5, 0x1f6df }, { 0x1f6eb, 0x1f6ec }, { 0x1f6f4, 0x1f6fc },
        { 0x1f7e0, 0x1f7f0 }, { 0x1f90c, 0x1f9ff }, { 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd },
};

static bool in_ranges(const CodeRange *ranges, size_t n_ranges, uint32_t code) {
        size_t low = 0, high = n_ranges;
        while (low < high) {
                size_t middle = (low + high) / 2;
                if (code > ranges[middle].last)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < n_ranges && code >= ranges[low].first;
}

/* The length that a first byte announces, 0 when none can begin with it. */
static unsigned sequence_length(uint8_t byte) {
        if (byte < 0x80)
                return 1;
        if (byte < 0xc2)
                return 0; /* a continuation, or an overlong form */
        if (byte < 0xe0)
                return 2;
        if (byte < 0xf0)
                return 3;
        return byte < 0xf5 ? 4 : 0;
}

static bool is_scalar(uint32_t code) {
        return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}

size_t utf8_decode(Str text, unsigned *ret_code_point) {
        static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
        if (text.length == 0)
                return 0;
        const uint8_t *p = (const uint8_t *)text.data;
        unsigned length = sequence_length(p[0]);
        if (length == 0 || length > text.length)
                return 0;
        uint32_t code = length == 1 ? p[0] : p[0] & (0x7fU >> length);
        for (unsigned i = 1; i < length; i++) {
                if ((p[i] & 0xc0) != 0x80)
                        return 0;
                code = code << 6 | (p[i] & 0x3f);
        }
        if (code < least[length] || !is_scalar(code))
                return 0;
        *ret_code_point = code;
        return length;
}

static bool is_noncharacter(uint32_t code) {
        return (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) == 0xfffe;
}

/* How many bytes at the front are ASCII without NUL, of eight at a time. */
static size_t plain_length(Str text) {
        const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
        size_t i = 0;
        for (; i + sizeof(uint64_t) <= text.length; i += sizeof(uint64_t)) {
                uint64_t eight;
                memcpy(&eight, text.data + i, sizeof(eight));
                if (((eight | (eight - ones)) & tops) != 0)
                        break;
        }
        return i;
}

bool utf8_is_valid(Str text) {
        for (size_t i = plain_length(text); i < text.length;) {
                uint32_t code;
                size_t n = utf8_decode((Str){ text.data + i, text.length - i }, &code);
                if (n == 0 || code == 0 || is_noncharacter(code))
                        return false;
                i += n;
        }
        return true;
}

static size_t code_width(uint32_t code) {
        if (code < 0x20 || (code >= 0x7f && code < 0xa0))
                return 0;
        if (code < 0x300)
                return code != 0xad; /* the soft hyphen */
        if (in_ranges(zero_width, ARRAY_LENGTH(zero_width), code))
                return 0;
        return in_ranges(double_width, ARRAY_LENGTH(double_width), code) ? 2 : 1;
}

size_t utf8_width(Str text) {
        size_t width = 0;
        for (size_t i = 0; i < text.length;) {
                uint32_t code;
                size_t n = utf8_decode((Str){ text.data + i, text.length - i }, &code);
                width += n > 0 ? code_width(code) : 1;
                i += n > 0 ? n : 1;
        }
        return width;
}

size_t utf8_encode(char out[static 4], unsigned code_point) {
        if (!is_scalar(code_point))
                return 0;
        if (code_point < 0x80) {
                out[0] = (char)code_point;
                return 1;
        }
        size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
        for (size_t i = length; i-- > 1; code_point >>= 6)
                out[i] = (char)(0x80 | (code_point & 0x3f));
        out[0] = (char)(0xf00U >> length | code_point);
        return length;
}
