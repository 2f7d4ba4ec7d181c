/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random_id.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/macros.h"

#define UUID_LENGTH 36

/* A few bytes at most: getrandom(2) gives up to 256 in one piece. */
static int random_bytes(void *to, size_t length) {
        ssize_t n;
        do
                n = getrandom(to, length, 0);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return err_new(-errno);
        return (size_t)n == length ? 0 : err_new(-EIO);
}

int id128_random(Id128 *ret) {
        Id128 id;
        int r = random_bytes(id.bytes, sizeof(id.bytes));
        if (r < 0)
                return err_pass(r);
        id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0f) | 0x40); /* version 4 */
        id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3f) | 0x80); /* variant 1 */
        *ret = id;
        return 0;
}

bool id128_is_null(Id128 id) {
        return id128_equal(id, (Id128){ 0 });
}

bool id128_equal(Id128 a, Id128 b) {
        return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

char *id128_print(Id128 id, char text[static ID128_TEXT_SIZE]) {
        static const char digits[] = "0123456789abcdef";
        for (size_t i = 0; i < sizeof(id.bytes); i++) {
                text[2 * i] = digits[id.bytes[i] >> 4];
                text[2 * i + 1] = digits[id.bytes[i] & 15];
        }
        text[ID128_TEXT_SIZE - 1] = '\0';
        return text;
}

static int hex_value(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
                return c - 'A' + 10;
        return -1;
}

int id128_parse(Str text, Id128 *ret) {
        Id128 id = { 0 };
        bool is_uuid = text.length == UUID_LENGTH;
        size_t n = 0;
        if (!is_uuid && text.length != ID128_TEXT_SIZE - 1)
                return err_new(-EINVAL);
        for (size_t i = 0; i < text.length; i++) {
                if (is_uuid && (i == 8 || i == 13 || i == 18 || i == 23)) {
                        if (text.data[i] != '-')
                                return err_new(-EINVAL);
                        continue;
                }
                int digit = hex_value(text.data[i]);
                if (digit < 0)
                        return err_new(-EINVAL);
                id.bytes[n / 2] = (uint8_t)(id.bytes[n / 2] << 4 | digit);
                n++;
        }
        *ret = id;
        return 0;
}

uint64_t random_below(uint64_t limit) {
        uint64_t x;
        if (random_bytes(&x, sizeof(x)) < 0)
                x = clock_monotonic_usec() * UINT64_C(0x9e3779b97f4a7c15); /* jitter all the same */
        return (uint64_t)((unsigned __int128)x * limit >> 64);
}
