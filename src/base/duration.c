/* SPDX-License-Identifier: Apache-2.0 */
#include "base/duration.h"

#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"

/* Sums that may be too long are counted in 128 bits first. */
typedef unsigned __int128 Wide;

typedef struct TimeUnit {
        const char *name;
        uint64_t usec; /* 0: smaller than a microsecond */
} TimeUnit;

static const TimeUnit units[] = {
        { "s", USEC_PER_SEC },
        { "sec", USEC_PER_SEC },
        { "second", USEC_PER_SEC },
        { "seconds", USEC_PER_SEC },
        { "ms", USEC_PER_MSEC },
        { "msec", USEC_PER_MSEC },
        { "us", 1 },
        { "usec", 1 },
        { "\u00b5s", 1 },
        { "\u03bcs", 1 },
        { "m", USEC_PER_MINUTE },
        { "min", USEC_PER_MINUTE },
        { "minute", USEC_PER_MINUTE },
        { "minutes", USEC_PER_MINUTE },
        { "h", USEC_PER_HOUR },
        { "hr", USEC_PER_HOUR },
        { "hour", USEC_PER_HOUR },
        { "hours", USEC_PER_HOUR },
        { "d", USEC_PER_DAY },
        { "day", USEC_PER_DAY },
        { "days", USEC_PER_DAY },
        { "w", USEC_PER_WEEK },
        { "week", USEC_PER_WEEK },
        { "weeks", USEC_PER_WEEK },
        { "M", USEC_PER_MONTH },
        { "month", USEC_PER_MONTH },
        { "months", USEC_PER_MONTH },
        { "y", USEC_PER_YEAR },
        { "year", USEC_PER_YEAR },
        { "years", USEC_PER_YEAR },
        { "ns", 0 },
        { "nsec", 0 },
};

/* How a span is read: in microseconds or in nanoseconds. */
typedef struct Scale {
        uint64_t per_usec;     /* how many of what is counted make a microsecond: 1 or 1000 */
        uint64_t default_unit; /* what a number without unit counts */
} Scale;

/* Takes the letters at the front and finds the unit they name. */
static int next_unit(Str *rest, const Scale *scale, uint64_t *ret_unit) {
        Str word = { rest->data, 0 };
        while (word.length < rest->length &&
               !strchr("0123456789.+- \t\r\n", rest->data[word.length]))
                word.length++;
        *rest = (Str){ rest->data + word.length, rest->length - word.length };
        if (word.length == 0) {
                *ret_unit = scale->default_unit;
                return 0;
        }
        for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
                if (str_equal_c(word, units[i].name)) {
                        if (units[i].usec == 0 && scale->per_usec == 1)
                                return err_new(-EINVAL);
                        *ret_unit = units[i].usec ? units[i].usec * scale->per_usec : 1;
                        return 0;
                }
        return err_new(-EINVAL);
}

/* The digits behind the point as a part of one unit; what is too small to count is dropped digit by
 * digit, as systemd does. */
static uint64_t fraction_of(Str digits, uint64_t unit) {
        uint64_t sum = 0;
        for (size_t i = 0; i < digits.length && unit > 0; i++) {
                unit /= 10;
                sum += unit * (uint64_t)(digits.data[i] - '0');
        }
        return sum;
}

/* One "1.5h". A number without unit must end the text or be followed by white space. */
static int next_term(Str *rest, const Scale *scale, Wide *ret) {
        if (str_has_prefix(*rest, "-"))
                return err_new(-ERANGE);
        bool has_sign = str_skip_prefix(rest, "+");
        Str digits = str_next_digits(rest), fraction = STR_EMPTY;
        uint64_t number = 0;
        int r = digits.length > 0 ? parse_u64(digits, 10, &number) : 0;
        if (r < 0 || number > INT64_MAX)
                return err_new(-ERANGE);
        bool has_point = str_skip_prefix(rest, ".");
        if (has_point)
                fraction = str_next_digits(rest);
        size_t left = rest->length;
        *rest = str_trim_front(*rest);
        bool spaced = rest->length < left || rest->length == 0;
        left = rest->length;
        uint64_t unit = scale->default_unit;
        r = next_unit(rest, scale, &unit);
        bool has_unit = r == 0 && rest->length < left;
        if (!has_unit && !spaced)
                return err_new(-EINVAL);
        if (number >= USEC_INFINITY / unit) /* what is too long is so before it is a mistake */
                return err_new(-ERANGE);
        if (r < 0 || (has_point && fraction.length == 0) ||
            (digits.length == 0 && (has_sign || !has_point)))
                return err_new(-EINVAL);
        *rest = str_trim_front(*rest);
        *ret = (Wide)number * unit + fraction_of(fraction, unit);
        return 0;
}

static int parse_span(Str text, const Scale *scale, uint64_t *ret) {
        Str rest = str_trim(text);
        if (str_equal_c(rest, "infinity")) {
                *ret = USEC_INFINITY;
                return 0;
        }
        Wide sum = 0;
        do {
                Wide term;
                int r = next_term(&rest, scale, &term);
                if (r < 0)
                        return err_pass(r);
                sum += term;
                if (sum >= USEC_INFINITY)
                        return err_new(-ERANGE);
        } while (rest.length > 0);
        *ret = (uint64_t)sum;
        return 0;
}

int duration_parse(Str text, uint64_t unit_usec, uint64_t *ret_usec) {
        const Scale scale = { .per_usec = 1, .default_unit = unit_usec };
        return parse_span(text, &scale, ret_usec);
}

int duration_parse_nsec(Str text, uint64_t *ret_nsec) {
        const Scale scale = { .per_usec = NSEC_PER_USEC, .default_unit = 1 };
        return parse_span(text, &scale, ret_nsec);
}

/* "1.250s": below a minute the rest is written as decimals, down to the accuracy. False when the
 * accuracy leaves no decimals. */
static bool print_decimals(StrBuf *out, const TimeUnit *unit, uint64_t usec, uint64_t accuracy) {
        uint64_t whole = usec / unit->usec, part = usec % unit->usec;
        int digits = 0;
        for (uint64_t u = unit->usec; u > 1; u /= 10)
                digits++;
        for (uint64_t u = accuracy; u > 1; u /= 10, digits--)
                part /= 10;
        if (digits <= 0)
                return false;
        strbuf_addf(out,
                    "%llu.%0*llu%s",
                    (unsigned long long)whole,
                    digits,
                    (unsigned long long)part,
                    unit->name);
        return true;
}

void duration_print(StrBuf *out, uint64_t usec, uint64_t accuracy_usec) {
        static const TimeUnit printed[] = {
                { "y", USEC_PER_YEAR }, { "month", USEC_PER_MONTH }, { "w", USEC_PER_WEEK },
                { "d", USEC_PER_DAY },  { "h", USEC_PER_HOUR },      { "min", USEC_PER_MINUTE },
                { "s", USEC_PER_SEC },  { "ms", USEC_PER_MSEC },     { "us", 1 },
        };
        if (usec == USEC_INFINITY || usec == 0) {
                strbuf_add(out, usec == 0 ? "0" : "infinity");
                return;
        }
        bool first = true;
        for (size_t i = 0; i < ARRAY_LENGTH(printed) && usec > 0; i++) {
                if (usec < accuracy_usec && !first)
                        return;
                if (usec < printed[i].usec)
                        continue;
                if (!first)
                        strbuf_add_char(out, ' ');
                first = false;
                if (usec < USEC_PER_MINUTE && usec % printed[i].usec > 0 &&
                    print_decimals(out, &printed[i], usec, accuracy_usec))
                        return;
                strbuf_addf(out,
                            "%llu%s",
                            (unsigned long long)(usec / printed[i].usec),
                            printed[i].name);
                usec %= printed[i].usec;
        }
}
