/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include "unit_test.h"

/* The example of the SipHash paper (appendix A) and two of its published vectors. */
static void test_siphash_gives_the_published_values(void **state UNUSED) {
        uint8_t key[16], data[15];
        for (uint8_t i = 0; i < sizeof(key); i++)
                key[i] = i;
        for (uint8_t i = 0; i < sizeof(data); i++)
                data[i] = i;
        assert_int_equal(siphash24(data, 15, key), UINT64_C(0xa129ca6149be45e5));
        assert_int_equal(siphash24(data, 0, key), UINT64_C(0x726fdb47dd0e0e31));
        assert_int_equal(siphash24(data, 8, key), UINT64_C(0x93f5f5799a932462));
}

static void test_crc32_gives_the_standard_check_value(void **state UNUSED) {
        assert_int_equal(crc32_update(0, "123456789", 9), 0xcbf43926);
        assert_int_equal(crc32_update(crc32_update(0, "1234", 4), "56789", 5), 0xcbf43926);
        assert_int_equal(crc32_update(0, "", 0), 0);
        assert_int_equal(crc32_update(0, "The quick brown fox jumps over the lazy dog", 43),
                         0x414fa339);
}

/* The values that the author of lookup3 published with it. */
static void test_jenkins_gives_the_published_values(void **state UNUSED) {
        assert_int_equal(jenkins_hash64("", 0), UINT64_C(0xdeadbeefdeadbeef));
        assert_int_equal(jenkins_hash64("Four score and seven years ago", 30),
                         UINT64_C(0x17770551ce7226e6));
}

static void test_both_at_once_are_the_same(void **state UNUSED) {
        uint8_t key[16] = { 3, 1, 4, 1, 5 }, data[150];

        for (uint8_t i = 0; i < sizeof(data); i++)
                data[i] = (uint8_t)(i * 41);
        for (size_t length = 0; length <= sizeof(data); length++) {
                HashPair both = hash_both(data, length, key);
                assert_int_equal(both.siphash, siphash24(data, length, key));
                assert_int_equal(both.jenkins, jenkins_hash64(data, length));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_siphash_gives_the_published_values),
                cmocka_unit_test(test_crc32_gives_the_standard_check_value),
                cmocka_unit_test(test_jenkins_gives_the_published_values),
                cmocka_unit_test(test_both_at_once_are_the_same),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
