/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_text.h"

#include <inttypes.h>
#include <time.h>

#include "base/macros.h"
#include "base/utf8.h"

#define USEC 1000000

/* Control characters, and code points that Unicode has set aside for never being one. */
static bool is_control(unsigned c) {
        return (c < ' ' && c != '\t' && c != '\n') || (c >= 0x7f && c <= 0x9f) ||
               (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

/* How many bytes at the front are plain: from ' ' to '~'. Eight at a time. */
static size_t plain_length(const char *data, size_t length) {
        static const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
        size_t i = 0;
        uint64_t word;

        for (; i + sizeof(word) <= length; i += sizeof(word)) {
                memcpy(&word, data + i, sizeof(word));
                uint64_t below = (word - ones * 0x20) & ~word;
                uint64_t rubout = word ^ ones * 0x7f;
                if ((word | below | ((rubout - ones) & ~rubout)) & high)
                        break;
        }
        while (i < length && data[i] >= ' ' && data[i] <= '~')
                i++;
        return i;
}

bool journal_text_is_printable(Str text, bool newlines) {
        for (;;) {
                size_t n = plain_length(text.data, text.length);
                text = (Str){ text.data + n, text.length - n };
                if (text.length == 0)
                        return true;
                unsigned c;
                n = utf8_decode(text, &c);
                if (n == 0 || is_control(c) || (c == '\n' && !newlines))
                        return false;
                text = (Str){ text.data + n, text.length - n };
        }
}

/* clang-format off */
static const struct {
        const char *front, *back; /* for strftime(3) */
        bool has_fraction;
} clocks[] = {
        [JOURNAL_CLOCK_SYSLOG]       = { "%b %d %H:%M:%S", "", false },
        [JOURNAL_CLOCK_PRECISE]      = { "%b %d %H:%M:%S", "", true },
        [JOURNAL_CLOCK_ISO]          = { "%Y-%m-%dT%H:%M:%S", "%z", false },
        [JOURNAL_CLOCK_ISO_PRECISE]  = { "%Y-%m-%dT%H:%M:%S", "%z", true },
        [JOURNAL_CLOCK_FULL]         = { "%a %Y-%m-%d %H:%M:%S", " %Z", false },
        [JOURNAL_CLOCK_FULL_PRECISE] = { "%a %Y-%m-%d %H:%M:%S", " %Z", true },
};
/* clang-format on */
_Static_assert(ARRAY_LENGTH(clocks) == JOURNAL_CLOCK_COUNT, "one row per clock");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void split(JournalTime *time, uint64_t second) {
        struct tm tm = { 0 };
        time_t seconds = (time_t)second;

        if (!(time->utc ? gmtime_r(&seconds, &tm) : localtime_r(&seconds, &tm)))
                tm = (struct tm){ 0 };
        if (time->utc)
                tm.tm_zone = "UTC";
        (void)strftime(time->front, sizeof(time->front), clocks[time->clock].front, &tm);
        if (strftime(time->back, sizeof(time->back), clocks[time->clock].back, &tm) == 0)
                time->back[0] = '\0';
        time->second = second;
        time->is_valid = true;
}
#pragma GCC diagnostic pop

void journal_time_print(JournalTime *time, StrBuf *out, uint64_t usec) {
        char fraction[8] = ".000000";
        uint64_t rest = usec % USEC;

        if (!time->is_valid || time->second != usec / USEC)
                split(time, usec / USEC);
        strbuf_add(out, time->front);
        if (clocks[time->clock].has_fraction) {
                for (size_t i = 6; i > 0; i--, rest /= 10)
                        fraction[i] = (char)('0' + rest % 10);
                strbuf_add_bytes(out, fraction, 7);
        }
        strbuf_add(out, time->back);
}

void journal_number_print(StrBuf *out, uint64_t number) {
        char digits[20];
        size_t i = sizeof(digits);

        do
                digits[--i] = (char)('0' + number % 10);
        while (number /= 10);
        strbuf_add_bytes(out, digits + i, sizeof(digits) - i);
}

void journal_size_print(StrBuf *out, uint64_t bytes) {
        static const char units[] = "EPTGMK";

        for (size_t i = 0; i < sizeof(units) - 1; i++) {
                uint64_t unit = UINT64_C(1) << (60 - 10 * i);
                if (bytes < unit)
                        continue;
                uint64_t tenths = bytes % unit / (unit / 1024) * 10 / 1024 % 10;
                strbuf_addf(out, "%" PRIu64 ".%" PRIu64 "%c", bytes / unit, tenths, units[i]);
                return;
        }
        strbuf_addf(out, "%" PRIu64 "B", bytes);
}

bool journal_number_parse(Str text, uint64_t *ret) {
        uint64_t value = 0;

        if (text.length == 0 || text.length > 19)
                return false;
        for (size_t i = 0; i < text.length; i++) {
                if (text.data[i] < '0' || text.data[i] > '9')
                        return false;
                value = value * 10 + (uint64_t)(text.data[i] - '0');
        }
        *ret = value;
        return true;
}
