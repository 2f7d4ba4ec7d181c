/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_unpack.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "journal/journal_compress.h"
#include "journal/journal_format.h"

#include "unit_test.h"

#define LENGTH 808 /* "MESSAGE=" and a hundred times "abcdefgh" */

/* clang-format off */
static const uint8_t as_lz4[] = { 0x28, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0x01, 0x4d, 0x45, 0x53, 0x53, 0x41, 0x47, 0x45, 0x3d, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x08, 0x00, 0xff, 0xff, 0xff, 0x00, 0x80, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68 };
static const uint8_t as_xz[] = { 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x00, 0xff, 0x12, 0xd9, 0x41, 0x02, 0x00, 0x21, 0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0xe0, 0x03, 0x27, 0x00, 0x1a, 0x5d, 0x00, 0x26, 0x91, 0x46, 0xc0, 0xd1, 0x94, 0x57, 0xe4, 0x92, 0xeb, 0x2b, 0xa7, 0x88, 0x95, 0xbd, 0xe5, 0xa6, 0x3b, 0xd8, 0xc4, 0x41, 0xcb, 0x32, 0xe5, 0xf4, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x2e, 0xa8, 0x06, 0x00, 0x00, 0x00, 0x10, 0x3b, 0xcf, 0x9b, 0xa8, 0x00, 0x0a, 0xfc, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x59, 0x5a };
/* clang-format on */

static const struct {
        const char *library;
        unsigned flag;
        const uint8_t *bytes;
        size_t length;
} kinds[] = {
        { "liblz4.so.1", JOURNAL_OBJECT_LZ4, as_lz4, sizeof(as_lz4) },
        { "liblzma.so.5", JOURNAL_OBJECT_XZ, as_xz, sizeof(as_xz) },
};

static bool has_library(const char *name) {
        void *handle = dlopen(name, RTLD_NOW);

        return handle && dlclose(handle) == 0;
}

/* Unpacks one that is cut to `length`, with one bit flipped (or SIZE_MAX = none). */
static int unpack(size_t kind, size_t length, size_t bit, uint64_t limit, StrBuf *out) {
        uint8_t bytes[256];

        assert_true(kinds[kind].length < sizeof(bytes));
        memcpy(bytes, kinds[kind].bytes, kinds[kind].length);
        if (bit != SIZE_MAX)
                bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        return journal_decompress(
                kinds[kind].flag, (Str){ (const char *)bytes, length }, limit, out);
}

static void test_payloads_are_unpacked(void **state UNUSED) {
        for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                int r = unpack(i, kinds[i].length, SIZE_MAX, JOURNAL_PAYLOAD_MAX, &out);
                if (!has_library(kinds[i].library)) {
                        assert_int_equal(r, -EPROTONOSUPPORT);
                        continue;
                }
                assert_int_equal(r, 0);
                assert_int_equal(out.length, LENGTH);
                assert_memory_equal(out.data, "MESSAGE=abcdefghabcd", 20);
                assert_string_equal(out.data + LENGTH - 8, "abcdefgh");
                assert_int_equal(unpack(i, kinds[i].length, SIZE_MAX, LENGTH - 1, &out), -E2BIG);
        }
}

static void test_damage_is_refused(void **state UNUSED) {
        for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                for (size_t length = 0; length < kinds[i].length; length++)
                        assert_true(unpack(i, length, SIZE_MAX, 1 << 20, &out) < 0);
                for (size_t bit = 0; bit < 8 * kinds[i].length; bit++)
                        (void)unpack(i, kinds[i].length, bit, 1 << 20, &out); /* only survived */
        }
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_payloads_are_unpacked),
                cmocka_unit_test(test_damage_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
