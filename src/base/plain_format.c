/* SPDX-License-Identifier: Apache-2.0 */
#include "base/plain_format.h"

#include <stdint.h>
#include <string.h>
#include <sys/types.h>

/* What stands behind a percent sign. */
typedef struct Conversion {
        bool has_limit; /* ".*": how many bytes at most comes first */
        char size;      /* of a number: 0 = int, 'l', 'L' = ll, 'z' */
        char letter;
} Conversion;

/* Reads one, behind its percent sign; what follows it, or NULL when printf(3) has to do it. */
static const char *read_conversion(const char *format, Conversion *ret) {
        *ret = (Conversion){ .has_limit = format[0] == '.' && format[1] == '*' };
        format += ret->has_limit ? 2 : 0;
        if (*format == 'l' || *format == 'z')
                ret->size = *format++;
        if (ret->size == 'l' && *format == 'l') {
                ret->size = 'L';
                format++;
        }
        ret->letter = *format;
        const char *allowed = ret->size ? "diu" : ret->has_limit ? "s" : "sdiuc%";
        bool is_plain = *format && strchr(allowed, *format) && !(ret->size && ret->has_limit);
        return is_plain ? format + 1 : NULL;
}

bool plain_format_is(const char *format) {
        Conversion conversion;

        for (format = strchr(format, '%'); format; format = strchr(format, '%')) {
                format = read_conversion(format + 1, &conversion);
                if (!format)
                        return false;
        }
        return true;
}

static void add_number(StrBuf *b, uintmax_t number, bool is_negative) {
        char digits[24];
        size_t at = sizeof(digits);

        do {
                digits[--at] = (char)('0' + number % 10);
                number /= 10;
        } while (number > 0);
        if (is_negative)
                digits[--at] = '-';
        strbuf_add_bytes(b, digits + at, sizeof(digits) - at);
}

static uintmax_t next_unsigned(char size, va_list *args) {
        if (size == 'L')
                return va_arg(*args, unsigned long long);
        if (size == 'l')
                return va_arg(*args, unsigned long);
        return size == 'z' ? va_arg(*args, size_t) : va_arg(*args, unsigned);
}

static intmax_t next_signed(char size, va_list *args) {
        if (size == 'L')
                return va_arg(*args, long long);
        if (size == 'l')
                return va_arg(*args, long);
        return size == 'z' ? va_arg(*args, ssize_t) : va_arg(*args, int);
}

static void add_text(StrBuf *b, bool has_limit, va_list *args) {
        int limit = has_limit ? va_arg(*args, int) : -1;
        const char *text = va_arg(*args, const char *);

        if (!text)
                text = "(null)";
        strbuf_add_bytes(b, text, limit < 0 ? strlen(text) : strnlen(text, (size_t)limit));
}

static void add_converted(StrBuf *b, const Conversion *conversion, va_list *args) {
        intmax_t number;

        switch (conversion->letter) {
        case 's':
                add_text(b, conversion->has_limit, args);
                break;
        case 'c':
                strbuf_add_char(b, (char)va_arg(*args, int));
                break;
        case 'u':
                add_number(b, next_unsigned(conversion->size, args), false);
                break;
        case 'd':
        case 'i':
                number = next_signed(conversion->size, args);
                add_number(b, number < 0 ? -(uintmax_t)number : (uintmax_t)number, number < 0);
                break;
        default:
                strbuf_add_char(b, '%');
        }
}

void plain_format_add(StrBuf *b, const char *format, va_list args) {
        va_list rest; /* one whose address can be taken */

        va_copy(rest, args);
        for (;;) {
                size_t length = strcspn(format, "%");
                Conversion conversion;

                strbuf_add_bytes(b, format, length);
                if (format[length] == '\0')
                        break;
                format = read_conversion(format + length + 1, &conversion);
                add_converted(b, &conversion, &rest);
        }
        va_end(rest);
}
