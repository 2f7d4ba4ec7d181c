/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/cgroup_detect.h"

static const char hybrid[] =
        "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
        "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
        "39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n"
        "40 31 0:37 / /sys/fs/cgroup/systemd rw shared:4 master:1 - cgroup cgroup rw,xattr,name=systemd\n"
        "41 31 0:38 /docker/1 /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
        "a line that is none\n";

static void test_hierarchies_are_found(void **state) {
        AUTO(cgroup_hierarchies_done) CgroupHierarchies list = { 0 };
        (void)state;
        assert_int_equal(cgroup_hierarchies_read(STR_LITERAL(hybrid), &list), 0);
        assert_int_equal(list.n_items, 3);
        assert_string_equal(list.items[0].mount, "/sys/fs/cgroup/pids");
        assert_string_equal(list.items[0].controller, "pids");
        assert_string_equal(list.items[1].controller, "name=systemd");
        assert_string_equal(list.items[2].controller, "");
        assert_string_equal(list.items[2].mount_root, "/docker/1");
}

static void test_paths_are_found_by_controller(void **state) {
        static const struct {
                const char *text, *controller, *group;
        } cases[] = {
                { "0::/user.slice/x\n", "", "/user.slice/x" },
                { "4:cpu,cpuacct:/a\n0::/b\n", "cpuacct", "/a" },
                { "4:cpu,cpuacct:/a\n0::/b\n", "", "/b" },
                { "9:name=systemd:/\n0::/with:colon\n", "", "/with:colon" },
                { "9:name=systemd:/\n", "", NULL },
                { "9:name=systemd:/s\n", "name=systemd", "/s" },
                { "", "pids", NULL },
        };
        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                AUTO_FREE char *group = NULL;
                int r = cgroup_path_find(str_of(cases[i].text), cases[i].controller, &group);
                if (cases[i].group) {
                        assert_int_equal(r, 0);
                        assert_string_equal(group, cases[i].group);
                } else
                        assert_int_equal(r, -ENOENT);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_hierarchies_are_found),
                cmocka_unit_test(test_paths_are_found_by_controller),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
