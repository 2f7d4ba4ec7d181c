/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hashtable.h"

#include <errno.h>
#include <stdio.h>

#include "unit_test.h"

#define MANY 5000

static void test_put_find_set_remove(void **state UNUSED) {
        AUTO(hashtable_free) HashTable *table = hashtable_new_string();
        int one = 1, two = 2;
        assert_non_null(table);
        assert_null(hashtable_find(NULL, "a"));
        assert_null(hashtable_find(table, "a"));
        assert_null(hashtable_remove(table, "a"));
        assert_int_equal(hashtable_put(table, "a", &one), 0);
        assert_int_equal(hashtable_put(table, "a", &two), -EEXIST);
        assert_ptr_equal(hashtable_find(table, "a"), &one);
        assert_int_equal(hashtable_set(table, "a", &two), 0);
        assert_int_equal(hashtable_set(table, "b", &one), 0);
        assert_int_equal(hashtable_count(table), 2);
        assert_ptr_equal(hashtable_remove(table, "a"), &two);
        assert_null(hashtable_find(table, "a"));
        assert_ptr_equal(hashtable_find(table, "b"), &one);
        hashtable_clear(table);
        assert_int_equal(hashtable_count(table), 0);
        assert_int_equal(hashtable_put(table, "a", &one), 0);
}

static void test_replacing_changes_the_key_pointer(void **state UNUSED) {
        AUTO(hashtable_free) HashTable *table = hashtable_new_string();
        char old_key[] = "key", new_key[] = "key";
        const char *key = NULL;
        size_t cursor = 0;
        assert_int_equal(hashtable_put(table, old_key, old_key), 0);
        assert_int_equal(hashtable_set(table, new_key, new_key), 0);
        old_key[0] = 'x';
        assert_ptr_equal(hashtable_next(table, &cursor, &key), new_key);
        assert_ptr_equal(key, new_key);
        assert_ptr_equal(hashtable_find(table, "key"), new_key);
}

/* The table agrees with a plain array through a long row of changes. */
static void test_agrees_with_an_array(void **state UNUSED) {
        AUTO(hashtable_free) HashTable *table = hashtable_new_number();
        static uint64_t values[MANY];
        static bool is_in[MANY];
        size_t n_in = 0;
        uint64_t random = 1;
        for (unsigned step = 0; step < 40 * MANY; step++) {
                random = random * UINT64_C(6364136223846793005) + 1;
                size_t i = (random >> 33) % MANY;
                uint64_t key = i * UINT64_C(0x10000);
                assert_ptr_equal(hashtable_find_number(table, key), is_in[i] ? &values[i] : NULL);
                if (is_in[i])
                        assert_ptr_equal(hashtable_remove_number(table, key), &values[i]);
                else
                        assert_int_equal(hashtable_put_number(table, key, &values[i]), 0);
                is_in[i] = !is_in[i];
                n_in += is_in[i] ? 1 : (size_t)-1;
                assert_int_equal(hashtable_count(table), n_in);
        }
        size_t cursor = 0, n_seen = 0;
        for (uint64_t *v; (v = hashtable_next(table, &cursor, NULL)); n_seen++)
                assert_true(is_in[v - values]);
        assert_int_equal(n_seen, n_in);
}

static void test_walks_in_order_and_survives_removal(void **state UNUSED) {
        AUTO(hashtable_free) HashTable *table = hashtable_new_string();
        static char keys[MANY][8];
        for (unsigned i = 0; i < MANY; i++) {
                (void)snprintf(keys[i], sizeof(keys[i]), "%u", i);
                assert_int_equal(hashtable_put(table, keys[i], keys[i]), 0);
        }
        size_t cursor = 0;
        const char *key;
        unsigned n = 0;
        for (char *value; (value = hashtable_next(table, &cursor, &key)); n++) {
                assert_ptr_equal(value, keys[n]);
                assert_ptr_equal(hashtable_remove(table, key), value);
        }
        assert_int_equal(n, MANY);
        assert_int_equal(hashtable_count(table), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_put_find_set_remove),
                cmocka_unit_test(test_replacing_changes_the_key_pointer),
                cmocka_unit_test(test_agrees_with_an_array),
                cmocka_unit_test(test_walks_in_order_and_survives_removal),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
