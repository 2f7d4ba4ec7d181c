/* SPDX-License-Identifier: Apache-2.0 */
#include "base/parse_value.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"

#define ERRNO_LIMIT 4095
#define MODE_LIMIT 07777
#define PERMYRIAD_PER_PERCENT 100

int parse_boolean(Str text, bool *ret) {
        static const char *const words[][2] = {
                { "0", "1" },        { "no", "yes" }, { "n", "y" },
                { "false", "true" }, { "f", "t" },    { "off", "on" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
                for (unsigned value = 0; value < 2; value++)
                        if (str_equal_nocase(text, str_of(words[i][value]))) {
                                *ret = value;
                                return 0;
                        }
        return err_new(-EINVAL);
}

/* Removes the prefix of `base`, or finds the base from it when `base` is 0. */
static unsigned skip_base_prefix(Str *text, unsigned base) {
        static const struct {
                const char *prefix;
                unsigned base;
        } prefixes[] = {
                { "0x", 16 }, { "0X", 16 }, { "0o", 8 }, { "0O", 8 }, { "0b", 2 }, { "0B", 2 },
        };
        if (text->length < 2 || text->data[0] != '0')
                return base ? base : 10;
        for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++)
                if ((base == 0 || base == prefixes[i].base) &&
                    str_skip_prefix(text, prefixes[i].prefix))
                        return prefixes[i].base;
        return base ? base : 8;
}

static unsigned digit_value(char c) {
        if (c >= '0' && c <= '9')
                return (unsigned)(c - '0');
        if (c >= 'a' && c <= 'f')
                return (unsigned)(c - 'a') + 10;
        if (c >= 'A' && c <= 'F')
                return (unsigned)(c - 'A') + 10;
        return UINT_MAX;
}

/* Digits only: no sign, nothing behind them. */
static int parse_digits(Str text, unsigned base, uint64_t *ret) {
        base = skip_base_prefix(&text, base);
        if (text.length == 0)
                return err_new(-EINVAL);
        uint64_t value = 0;
        bool overflow = false;
        for (size_t i = 0; i < text.length; i++) {
                unsigned digit = digit_value(text.data[i]);
                if (digit >= base)
                        return err_new(-EINVAL);
                overflow |= __builtin_mul_overflow(value, base, &value);
                overflow |= __builtin_add_overflow(value, digit, &value);
        }
        if (overflow)
                return err_new(-ERANGE);
        *ret = value;
        return 0;
}

/* Reads a sign and the digits behind it. */
static int parse_signed_digits(Str text, unsigned base, bool *ret_negative, uint64_t *ret) {
        bool negative = str_skip_prefix(&text, "-");
        if (!negative)
                (void)str_skip_prefix(&text, "+"); /* means nothing */
        int r = parse_digits(text, base, ret);
        if (r < 0)
                return err_pass(r);
        *ret_negative = negative;
        return 0;
}

int parse_u64(Str text, unsigned base, uint64_t *ret) {
        bool negative;
        uint64_t value;
        int r = parse_signed_digits(text, base, &negative, &value);
        if (r < 0)
                return err_pass(r);
        if (negative && value != 0)
                return err_new(-ERANGE);
        *ret = value;
        return 0;
}

int parse_i64(Str text, int64_t *ret) {
        bool negative;
        uint64_t value;
        int r = parse_signed_digits(text, 0, &negative, &value);
        if (r < 0)
                return err_pass(r);
        if (value > (uint64_t)INT64_MAX + negative)
                return err_new(-ERANGE);
        *ret = (int64_t)(negative ? 0 - value : value);
        return 0;
}

int parse_u32(Str text, uint32_t *ret) {
        uint64_t value;
        int r = parse_u64(text, 0, &value);
        if (r < 0)
                return err_pass(r);
        if (value > UINT32_MAX)
                return err_new(-ERANGE);
        *ret = (uint32_t)value;
        return 0;
}

int parse_port(Str text, uint16_t *ret) {
        uint64_t port;

        if (str_trim(text).length != text.length)
                return err_new(-EINVAL);
        int r = parse_u64(text, 0, &port);
        if (r < 0)
                return err_pass(r);
        if (port > UINT16_MAX)
                return err_new(-ERANGE);
        if (port == 0)
                return err_new(-EINVAL);
        *ret = (uint16_t)port;
        return 0;
}

int parse_i32(Str text, int32_t *ret) {
        int64_t value;
        int r = parse_i64(text, &value);
        if (r < 0)
                return err_pass(r);
        if (value < INT32_MIN || value > INT32_MAX)
                return err_new(-ERANGE);
        *ret = (int32_t)value;
        return 0;
}

/* Suffixes from large to small; the last one is no suffix at all. */
static const char size_suffixes[] = { 'E', 'P', 'T', 'G', 'M', 'K', 'B', '\0' };
#define N_SIZE_POWERS 6 /* E to K; B and nothing are single bytes */

static uint64_t size_factor(size_t suffix, uint64_t base) {
        uint64_t factor = 1;
        for (size_t power = suffix; power < N_SIZE_POWERS; power++)
                factor *= base;
        return factor;
}

/* The place of the suffix at the front in size_suffixes, which is taken. */
static size_t next_size_suffix(Str *rest) {
        const size_t none = ARRAY_LENGTH(size_suffixes) - 1;
        for (size_t i = 0; i < none && rest->length > 0; i++)
                if (rest->data[0] == size_suffixes[i]) {
                        *rest = (Str){ rest->data + 1, rest->length - 1 };
                        return i;
                }
        return none;
}

/* One "1.5G": whole part, fraction, suffix. The suffix must be smaller than the one before. */
static int next_size_term(Str *rest, uint64_t base, size_t *first_suffix, uint64_t *ret) {
        (void)str_skip_prefix(rest, "+"); /* means nothing */
        uint64_t whole;
        int r = parse_digits(str_next_digits(rest), 10, &whole);
        if (r < 0)
                return err_pass(r);
        Str fraction_digits = STR_EMPTY;
        if (str_skip_prefix(rest, "."))
                fraction_digits = str_next_digits(rest);
        *rest = str_trim_front(*rest);
        size_t suffix = next_size_suffix(rest);
        if (suffix < *first_suffix)
                return err_new(-EINVAL);
        *first_suffix = suffix + 1;
        *rest = str_trim_front(*rest);

        uint64_t factor = size_factor(suffix, base), bytes;
        double fraction = 0;
        for (size_t i = fraction_digits.length; i > 0; i--)
                fraction = (fraction + (fraction_digits.data[i - 1] - '0')) / 10;
        if (__builtin_mul_overflow(whole, factor, &bytes) ||
            __builtin_add_overflow(bytes, (uint64_t)(fraction * (double)factor), ret))
                return err_new(-ERANGE);
        return 0;
}

static int parse_size_in(Str text, uint64_t base, uint64_t *ret) {
        uint64_t sum = 0, term;
        size_t first_suffix = 0;
        Str rest = str_trim(text);
        if (str_has_prefix(rest, "-"))
                return err_new(-ERANGE);
        do {
                int r = next_size_term(&rest, base, &first_suffix, &term);
                if (r < 0)
                        return err_pass(r);
                if (__builtin_add_overflow(sum, term, &sum))
                        return err_new(-ERANGE);
        } while (rest.length > 0);
        *ret = sum;
        return 0;
}

int parse_size(Str text, uint64_t *ret_bytes) {
        return parse_size_in(text, 1024, ret_bytes);
}

int parse_size_decimal(Str text, uint64_t *ret) {
        return parse_size_in(text, 1000, ret);
}

void print_size(StrBuf *out, uint64_t bytes) {
        for (size_t i = 0; i < N_SIZE_POWERS && bytes > 0; i++) {
                uint64_t factor = size_factor(i, 1024);
                if (bytes % factor == 0) {
                        strbuf_addf(out,
                                    "%llu%c",
                                    (unsigned long long)(bytes / factor),
                                    size_suffixes[i]);
                        return;
                }
        }
        strbuf_addf(out, "%llu", (unsigned long long)bytes);
}

void print_size_rounded(StrBuf *out, uint64_t bytes) {
        static const char suffixes[] = "KMGTPE";
        unsigned power = 0;

        while (power < sizeof(suffixes) - 1 && bytes >> (10 * (power + 1)) > 0)
                power++;
        if (power == 0) {
                strbuf_addf(out, "%lluB", (unsigned long long)bytes);
                return;
        }
        unsigned shift = 10 * power;
        uint64_t rest = bytes & ((UINT64_C(1) << shift) - 1);
        strbuf_addf(out,
                    "%llu.%llu%c",
                    (unsigned long long)(bytes >> shift),
                    (unsigned long long)((rest >> (shift - 10)) * 10 / 1024),
                    suffixes[power - 1]);
}

int parse_mode(Str text, mode_t *ret) {
        uint64_t mode;
        int r = parse_digits(text, 8, &mode);
        if (r < 0)
                return err_pass(r);
        if (mode > MODE_LIMIT)
                return err_new(-ERANGE);
        *ret = (mode_t)mode;
        return 0;
}

/* Removes the sign at the end; how many digits may follow the point, or -1 when there is no sign.
 */
static int skip_fraction_sign(Str *text) {
        static const char *const signs[] = { "\u2031", "\u2030", "%" };
        for (int digits = 0; digits < (int)ARRAY_LENGTH(signs); digits++)
                if (str_has_suffix(*text, signs[digits])) {
                        text->length -= strlen(signs[digits]);
                        return digits;
                }
        return -1;
}

int parse_permyriad(Str text, unsigned limit_percent, uint32_t *ret) {
        int scale = skip_fraction_sign(&text);
        if (scale < 0)
                return err_new(-EINVAL);
        bool negative = str_skip_prefix(&text, "-");
        uint64_t value, fraction = 0;
        int r = parse_digits(str_next_digits(&text), 10, &value);
        if (r < 0)
                return err_pass(r);
        Str digits = STR_EMPTY;
        bool has_point = str_skip_prefix(&text, ".");
        if (has_point)
                digits = str_next_digits(&text);
        if (text.length > 0 || (has_point && digits.length == 0) || digits.length > (size_t)scale)
                return err_new(-EINVAL);
        for (int i = 0; i < scale; i++) {
                unsigned digit = (size_t)i < digits.length ? digit_value(digits.data[i]) : 0;
                fraction = fraction * 10 + digit;
                if (__builtin_mul_overflow(value, 10, &value))
                        return err_new(-ERANGE);
        }
        if (__builtin_add_overflow(value, fraction, &value) || (negative && value > 0) ||
            value > (uint64_t)limit_percent * PERMYRIAD_PER_PERCENT || value > UINT32_MAX)
                return err_new(-ERANGE);
        *ret = (uint32_t)value;
        return 0;
}

int parse_errno(Str text, int *ret_errno) {
        static const struct {
                const char *name;
                int number;
        } aliases[] = {
                { "EWOULDBLOCK", EWOULDBLOCK },
                { "EDEADLOCK", EDEADLOCK },
                { "ENOTSUP", ENOTSUP },
        };
        uint64_t number;
        int r = parse_u64(text, 0, &number);
        if (r == 0 && number <= ERRNO_LIMIT) {
                *ret_errno = (int)number;
                return 0;
        }
        if (r != -EINVAL)
                return err_new(-ERANGE);
        for (size_t i = 0; i < ARRAY_LENGTH(aliases); i++)
                if (str_equal_c(text, aliases[i].name)) {
                        *ret_errno = aliases[i].number;
                        return 0;
                }
        for (int i = 1; i <= EHWPOISON; i++) {
                const char *name = strerrorname_np(i);
                if (name && str_equal_c(text, name)) {
                        *ret_errno = i;
                        return 0;
                }
        }
        return err_new(-EINVAL);
}

int parse_pid(Str text, pid_t *ret) {
        uint64_t value;
        int r = parse_u64(text, 10, &value);
        if (r < 0)
                return err_pass(r);
        if (value == 0 || value > INT_MAX)
                return err_new(-ERANGE);
        *ret = (pid_t)value;
        return 0;
}

int parse_uid(Str text, uid_t *ret) {
        uint64_t value;
        if (text.length > 1 && text.data[0] == '0')
                return err_new(-EINVAL);
        int r = parse_digits(text, 10, &value);
        if (r < 0)
                return err_pass(r);
        if (value >= UINT32_MAX || value == UINT16_MAX)
                return err_new(-ERANGE);
        *ret = (uid_t)value;
        return 0;
}
