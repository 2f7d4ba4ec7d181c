/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/kernel_record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "unit_test.h"

static int parse(const char *text, char buffer[512], KernelRecord *ret) {
        (void)snprintf(buffer, 512, "%s", text);
        return kernel_record_parse(buffer, strlen(buffer), ret);
}

static void test_a_record_is_taken_apart(void **state UNUSED) {
        char buffer[512];
        KernelRecord record;

        assert_int_equal(parse("6,339,5140900,-;NET: Registered \\x1b[1m10\n SUBSYSTEM=acpi\n"
                               " DEVICE=+acpi:PNP0A03:00\n",
                               buffer,
                               &record),
                         0);
        assert_int_equal(record.priority, 6);
        assert_int_equal(record.number, 339);
        assert_int_equal(record.monotonic_usec, 5140900);
        assert_str_equal(record.text, "NET: Registered \033[1m10");
        assert_int_equal(record.n_fields, 2);
        assert_str_equal(record.fields[0], "SUBSYSTEM=acpi");
        assert_str_equal(record.fields[1], "DEVICE=+acpi:PNP0A03:00");
        assert_int_equal(parse("30,1,2,-,caller=T1;a;b", buffer, &record), 0);
        assert_int_equal(record.priority, 30);
        assert_str_equal(record.text, "a;b");
        assert_int_equal(record.n_fields, 0);
}

static void test_what_is_none_is_refused(void **state UNUSED) {
        static const char *const texts[] = { "", "6", "6,1,2,-", "x,1,2,-;a", "6,1;a", "6,,2,-;a" };
        char buffer[512];
        KernelRecord record;

        for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
                assert_int_equal(parse(texts[i], buffer, &record), -EBADMSG);
}

static void test_odd_lines_are_passed_over(void **state UNUSED) {
        char buffer[512];
        KernelRecord record;

        assert_int_equal(
                parse("6,1,2,-;a\\x4\\xzz\n\n=\n NAME\n =x\n A=\nB=1\n C=\\x41", buffer, &record),
                0);
        assert_str_equal(record.text, "a\\x4\\xzz");
        assert_int_equal(record.n_fields, 1);
        assert_str_equal(record.fields[0], "C=A");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_record_is_taken_apart),
                cmocka_unit_test(test_what_is_none_is_refused),
                cmocka_unit_test(test_odd_lines_are_passed_over),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
