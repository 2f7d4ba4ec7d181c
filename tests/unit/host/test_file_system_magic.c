/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <errno.h>
#include <linux/magic.h>

#include "host/file_system_magic.h"

static bool has(const FileSystemMagics *magics, uint32_t number) {
        for (unsigned i = 0; i < magics->n; i++)
                if (magics->numbers[i] == number)
                        return true;
        return false;
}

static void test_types_have_numbers(void **state UNUSED) {
        FileSystemMagics magics = { .n = 0 };

        assert_int_equal(file_system_magics_add(&magics, "ext4"), 0);
        assert_int_equal(file_system_magics_add(&magics, "ext2"), 0);
        assert_int_equal(magics.n, 1); /* the kernel does not tell them apart */
        assert_int_equal(magics.numbers[0], EXT4_SUPER_MAGIC);
        assert_int_equal(file_system_magics_add(&magics, "cifs"), 0);
        assert_int_equal(magics.n, 3);
        assert_int_equal(file_system_magics_add(&magics, "no-such"), -ENOENT);
        assert_int_equal(file_system_magics_add(&magics, "@no-such"), -ENOENT);
        assert_int_equal(magics.n, 3);
}

/* Every member of every group is known, or the first that is not would end it. */
static void test_groups_have_those_of_their_members(void **state UNUSED) {
        static const char *const names[] = {
                "@anonymous",    "@application",      "@auxiliary-api", "@basic-api",
                "@common-block", "@historical-block", "@network",       "@privileged-api",
                "@security",     "@temporary",
        };
        FileSystemMagics all = { .n = 0 }, known = { .n = 0 };

        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                assert_int_equal(file_system_magics_add(&all, names[i]), 0);
        assert_int_equal(file_system_magics_add(&known, "@known"), 0);
        assert_int_equal(known.n, all.n);
        assert_true(has(&known, PROC_SUPER_MAGIC));
        assert_true(has(&known, XFS_SUPER_MAGIC));
        assert_false(has(&known, NSFS_MAGIC));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_types_have_numbers),
                cmocka_unit_test(test_groups_have_those_of_their_members),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
