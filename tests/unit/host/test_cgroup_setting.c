/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/macros.h"
#include "base/strbuf.h"
#include "host/cgroup_setting.h"
#include "unit/kind.h"

static const char devices[] = "Character devices:\n  1 mem\n136 pts\n\nBlock devices:\n  8 sd\n";

static int fake_node(const char *path, mode_t *ret_type, dev_t *ret_device) {
        if (!streq(path, "/dev/kvm"))
                return -ENOENT;
        *ret_type = S_IFCHR;
        *ret_device = makedev(10, 232);
        return 0;
}

static int fake_disk(const char *path, dev_t *ret_device) {
        if (!streq(path, "/dev/sda") && !streq(path, "/srv"))
                return -ENOENT;
        *ret_device = makedev(8, streq(path, "/srv") ? 16 : 0);
        return 0;
}

static UnitSpec *read_spec(const char *text) {
        const KindContext context = { .unit_type = UNIT_SERVICE };
        UnitSpec *spec = NULL;
        Str rest = str_of(text), line, key;

        assert_int_equal(unit_spec_new("a.service", &spec), 0);
        while (rest.length > 0 && str_next_part(&rest, '\n', &line)) {
                assert_true(str_next_part(&line, '=', &key));
                assert_int_equal(unit_spec_assign(spec, SECTION_SERVICE, key, line, &context), 0);
        }
        return spec;
}

/* "file: text" of all writes of all controllers. */
static char *
print_writes(const char *text, unsigned version, bool starting, bool reset, unsigned *n_missing) {
        AUTO(unit_spec_free) UnitSpec *spec = read_spec(text);
        bool inherits = strstr(text, "MemoryLow=5000") || strstr(text, "MemoryAccounting");
        const CgroupMachine machine = {
                .version = version,
                .memory_bytes = 1000000,
                .tasks = 1000,
                .default_tasks_max = UINT64_MAX,
                .inherited_memory_min = inherits ? 2000 : 0,
                .inherited_memory_low = inherits ? 3000 : 0,
                .starting = starting,
                .devices = STR_LITERAL(devices),
                .find_node = fake_node,
                .find_disk = fake_disk,
        };
        unsigned mask = cgroup_setting_controllers(spec);
        StrBuf out = STRBUF_INIT;

        *n_missing = 0;
        for (unsigned i = 0; i < CONTROLLER_COUNT; i++) {
                AUTO(cgroup_writes_done) CgroupWrites writes = { 0 };
                if (!(mask & (1u << i)))
                        continue;
                assert_int_equal(
                        cgroup_setting_writes(spec, (CgroupController)i, &machine, reset, &writes),
                        0);
                for (unsigned j = 0; j < writes.n_items; j++)
                        strbuf_addf(&out, "%s: %s\n", writes.items[j].file, writes.items[j].text);
                *n_missing += writes.n_missing;
        }
        return strbuf_steal(&out);
}

/* clang-format off */
static const struct {
        const char *settings, *v2, *v1;
} cases[] = {
        { "MemoryLow=5000\n", "memory.min: 2000\nmemory.low: 5000\n", "" },
        { "MemoryAccounting=yes\n", "memory.min: 2000\nmemory.low: 3000\n", "" },
        { "CPUWeight=50\n", "cpu.weight: 50\n", "cpu.shares: 512\n" },
        { "CPUWeight=idle\n", "cpu.idle: 1\n", "cpu.shares: 2\n" },
        { "CPUQuota=20%\n", "cpu.max: 20000 100000\n", "cpu.cfs_period_us: 100000\ncpu.cfs_quota_us: 20000\n" },
        { "CPUQuota=250%\nCPUQuotaPeriodSec=10ms\n", "cpu.max: 25000 10000\n", "cpu.cfs_period_us: 10000\ncpu.cfs_quota_us: 25000\n" },
        { "CPUQuota=1%\nCPUQuotaPeriodSec=10ms\n", "cpu.max: 1000 100000\n", "cpu.cfs_period_us: 100000\ncpu.cfs_quota_us: 1000\n" },
        { "AllowedCPUs=0-2 5\n", "cpuset.cpus: 0-2,5\n", "cpuset.cpus: 0-2,5\n" },
        { "AllowedMemoryNodes=0\n", "cpuset.mems: 0\n", "cpuset.mems: 0\n" },
        { "MemoryMax=64M\n", "memory.max: 67108864\n", "memory.limit_in_bytes: 67108864\n" },
        { "MemoryMax=50%\n", "memory.max: 500000\n", "memory.limit_in_bytes: 500000\n" },
        { "MemoryMax=infinity\n", "memory.max: max\n", "memory.limit_in_bytes: -1\n" },
        { "MemoryHigh=1K\nMemoryLow=2K\nMemoryMin=3K\n", "memory.min: 3072\nmemory.low: 2048\nmemory.high: 1024\n", "" },
        { "MemoryMax=1M\nMemorySwapMax=1M\n", "memory.max: 1048576\nmemory.swap.max: 1048576\n", "memory.limit_in_bytes: 1048576\nmemory.memsw.limit_in_bytes: 2097152\n" },
        { "TasksMax=7\n", "pids.max: 7\n", "pids.max: 7\n" },
        { "TasksMax=10%\n", "pids.max: 100\n", "pids.max: 100\n" },
        { "TasksMax=infinity\n", "pids.max: max\n", "pids.max: max\n" },
        { "IOWeight=200\n", "io.weight: default 200\n", "blkio.weight: 1000\n" },
        { "IODeviceWeight=/dev/sda 300\n", "io.weight: 8:0 300\n", "blkio.weight_device: 8:0 1000\n" },
        { "BlockIODeviceWeight=/dev/sda 500\n", "io.weight: 8:0 100\n", "blkio.weight_device: 8:0 500\n" },
        { "IOReadBandwidthMax=/dev/sda 1M\nIOWriteIOPSMax=/srv 50\n", "io.max: 8:0 rbps=1000000\nio.max: 8:16 wiops=50\n", "blkio.throttle.read_bps_device: 8:0 1000000\nblkio.throttle.write_iops_device: 8:16 50\n" },
        { "IODeviceLatencyTargetSec=/dev/sda 25ms\n", "io.latency: 8:0 target=25000\n", "" },
        { "DevicePolicy=strict\nDeviceAllow=/dev/kvm rw\nDeviceAllow=block-sd r\nDeviceAllow=/dev/none r\n", "", "devices.deny: a\ndevices.allow: c 10:232 rw\ndevices.allow: b 8:* r\n" },
        { "DevicePolicy=auto\n", "", "" },
        { "CPUAccounting=yes\nTasksAccounting=yes\n", "", "" },
};
/* clang-format on */

static void test_settings_become_lines_of_both_versions(void **state) {
        (void)state;
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                unsigned missing;
                AUTO_FREE char *v2 = print_writes(cases[i].settings, 2, false, false, &missing);
                AUTO_FREE char *v1 = print_writes(cases[i].settings, 1, false, false, &missing);
                assert_string_equal(v2, cases[i].v2);
                assert_string_equal(v1, cases[i].v1);
                assert_int_equal(missing, 0);
        }
}

static void test_settings_of_the_start_hold_while_it_lasts(void **state) {
        static const char text[] = "CPUWeight=50\nStartupCPUWeight=200\n";
        unsigned missing;
        (void)state;
        AUTO_FREE char *early = print_writes(text, 2, true, false, &missing);
        AUTO_FREE char *late = print_writes(text, 2, false, false, &missing);
        assert_string_equal(early, "cpu.weight: 200\n");
        assert_string_equal(late, "cpu.weight: 50\n");
}

static void test_what_is_not_set_is_put_back(void **state) {
        unsigned missing;
        (void)state;
        AUTO_FREE char *v2 = print_writes("TasksMax=5\nCPUQuota=10%\n", 2, false, true, &missing);
        assert_string_equal(v2,
                            "cpu.idle: 0\ncpu.weight: 100\ncpu.max: 10000 100000\npids.max: 5\n");
        AUTO_FREE char *v1 = print_writes("MemoryAccounting=yes\n", 1, false, true, &missing);
        assert_string_equal(v1, "memory.limit_in_bytes: -1\n");
}

static void test_a_disk_that_is_not_there_is_told(void **state) {
        unsigned missing;
        (void)state;
        AUTO_FREE char *v2 = print_writes("IOReadBandwidthMax=/dev/none 1M\nIOReadIOPSMax=/srv 5\n",
                                          2,
                                          false,
                                          false,
                                          &missing);
        assert_string_equal(v2, "io.max: 8:16 riops=5\n");
        assert_int_equal(missing, 1);
}

static void count(void *userdata, DirectiveId id) {
        StrBuf *out = userdata;
        strbuf_addf(out, "%s ", directive_row(UNIT_SERVICE, id)->name);
}

static void test_settings_without_a_file_are_known(void **state) {
        AUTO(unit_spec_free) UnitSpec *spec = read_spec("MemoryHigh=1M\nMemoryMax=2M\n");
        AUTO(strbuf_done) StrBuf v1 = STRBUF_INIT, v2 = STRBUF_INIT, none = STRBUF_INIT;
        (void)state;
        cgroup_setting_without_file(spec, CONTROLLER_MEMORY, 1, count, &v1);
        cgroup_setting_without_file(spec, CONTROLLER_MEMORY, 2, count, &v2);
        cgroup_setting_without_file(spec, CONTROLLER_MEMORY, 0, count, &none);
        assert_string_equal(strbuf_text(&v1), "MemoryHigh ");
        assert_string_equal(strbuf_text(&v2), "");
        assert_string_equal(strbuf_text(&none), "MemoryHigh MemoryMax ");
}

static void test_plain_units_need_no_controller(void **state) {
        AUTO(unit_spec_free) UnitSpec *plain = read_spec("ExecStart=/bin/true\nSlice=a.slice\n");
        AUTO(unit_spec_free) UnitSpec *off = read_spec("MemoryAccounting=no\nDevicePolicy=auto\n");
        (void)state;
        assert_int_equal(cgroup_setting_controllers(plain), 0);
        assert_int_equal(cgroup_setting_controllers(off), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_settings_become_lines_of_both_versions),
                cmocka_unit_test(test_settings_of_the_start_hold_while_it_lasts),
                cmocka_unit_test(test_what_is_not_set_is_put_back),
                cmocka_unit_test(test_a_disk_that_is_not_there_is_told),
                cmocka_unit_test(test_settings_without_a_file_are_known),
                cmocka_unit_test(test_plain_units_need_no_controller),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
