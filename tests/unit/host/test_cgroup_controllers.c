/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "host/cgroup_controllers.h"

/* A directory tree that looks like version 2: only what is written can be seen. */

static void put(const char *mount, const char *path, const char *text) {
        AUTO_FREE char *file = path_join(mount, path);
        assert_int_equal(file_write_atomic(file, str_of(text), 0644, false), 0);
}

static void make(const char *mount, const char *path) {
        AUTO_FREE char *directory = path_join(mount, path);
        assert_int_equal(mkdir(directory, 0755), 0);
}

static char *get(const char *mount, const char *path) {
        AUTO_FREE char *file = path_join(mount, path);
        char *line = NULL;
        assert_true(file_read_line(file, &line) >= 0);
        return line;
}

typedef struct Fixture {
        char mount[32];
        CgroupTree tree;
        CgroupControllers *controllers;
} Fixture;

static void set_up(Fixture *f) {
        *f = (Fixture){ .mount = "/tmp/test-cgroup-XXXXXX" };
        assert_non_null(mkdtemp(f->mount));
        f->tree = (CgroupTree){
                .mode = CGROUP_UNIFIED, .mount = f->mount, .controller = f->mount + 31, .root = NULL
        };
        f->tree.root = (char *)(uintptr_t) "/tend";
        put(f->mount, "cgroup.controllers", "cpuset cpu io memory pids hugetlb\n");
        put(f->mount, "cgroup.subtree_control", "");
        make(f->mount, "tend");
        put(f->mount, "tend/cgroup.subtree_control", "");
        make(f->mount, "tend/a.slice");
        put(f->mount, "tend/a.slice/cgroup.subtree_control", "");
        assert_int_equal(cgroup_controllers_new(&f->tree, "tend", &f->controllers), 0);
}

static void tear_down(Fixture *f) {
        f->controllers = cgroup_controllers_free(f->controllers);
        assert_int_equal(dir_remove_all(f->mount), 0);
}

static void test_controllers_of_version_2_are_preferred(void **state) {
        Fixture f;
        (void)state;
        set_up(&f);
        for (unsigned i = 0; i < CONTROLLER_COUNT; i++) {
                bool expected = i != CONTROLLER_CPUACCT && i != CONTROLLER_DEVICES &&
                                i != CONTROLLER_FREEZER;
                bool is_unified =
                        cgroup_controllers_version(f.controllers, (CgroupController)i) == 2;
                assert_int_equal(is_unified, expected);
        }
        tear_down(&f);
}

static void test_controllers_are_handed_down_to_the_group(void **state) {
        Fixture f;
        (void)state;
        set_up(&f);
        assert_int_equal(cgroup_controllers_make(f.controllers, CONTROLLER_MEMORY, "/tend/a.slice"),
                         0);
        assert_int_equal(cgroup_controllers_make(
                                 f.controllers, CONTROLLER_MEMORY, "/tend/a.slice/x.service"),
                         0);
        AUTO_FREE char *top = get(f.mount, "cgroup.subtree_control");
        AUTO_FREE char *root = get(f.mount, "tend/cgroup.subtree_control");
        AUTO_FREE char *slice = get(f.mount, "tend/a.slice/cgroup.subtree_control");
        assert_string_equal(top, "+memory");
        assert_string_equal(root, "+memory");
        assert_string_equal(slice, "+memory");
        AUTO_FREE char *unit = path_join(f.mount, "tend/a.slice/x.service");
        assert_int_equal(access(unit, F_OK), 0);
        tear_down(&f);
}

static void refused(void *userdata, DirectiveId id, const char *file, int error) {
        StrBuf *out = userdata;
        strbuf_addf(out, "%s %s %d\n", directive_row(UNIT_SERVICE, id)->name, file, error);
}

static void test_lines_are_written_and_refusals_told(void **state) {
        AUTO(strbuf_done) StrBuf told = STRBUF_INIT;
        CgroupWrite items[] = {
                { "memory.max", (char *)(uintptr_t) "4096", DIRECTIVE_MEMORY_MAX },
                { "memory.high", (char *)(uintptr_t) "2048", DIRECTIVE_MEMORY_HIGH },
                { "memory.low", (char *)(uintptr_t) "0", DIRECTIVE_NONE },
        };
        const CgroupWrites writes = { .items = items, .n_items = ARRAY_LENGTH(items) };
        const CgroupListener listener = { .userdata = &told, .refused = refused };
        char expected[64];
        Fixture f;
        (void)state;
        set_up(&f);
        put(f.mount, "tend/a.slice/memory.max", "");
        cgroup_controllers_write(&f.tree, "/tend/a.slice", &writes, &listener);
        AUTO_FREE char *text = get(f.mount, "tend/a.slice/memory.max");
        assert_string_equal(text, "4096");
        (void)snprintf(expected, sizeof(expected), "MemoryHigh memory.high %d\n", -ENOENT);
        assert_string_equal(strbuf_text(&told), expected);
        tear_down(&f);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_controllers_of_version_2_are_preferred),
                cmocka_unit_test(test_controllers_are_handed_down_to_the_group),
                cmocka_unit_test(test_lines_are_written_and_refusals_told),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
