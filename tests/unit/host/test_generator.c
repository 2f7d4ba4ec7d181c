/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "host/generator.h"
#include "host/generator_find.h"

#define LIMIT 65536
#define LONG_USEC (60 * UINT64_C(1000000))
#define SHORT_USEC (200 * UINT64_C(1000))

/* A directory for each test: "first" and "second" hold generators, "out" is written to. */
typedef struct Place {
        char top[32];
        char *directories[3], *output, *log_path;
        Log log;
} Place;

static int make_place(void **state) {
        Place *place = calloc(1, sizeof(*place));

        (void)memcpy(
                place->top, "/tmp/test-generator-XXXXXX", sizeof("/tmp/test-generator-XXXXXX"));
        if (!mkdtemp(place->top))
                return -1;
        place->directories[0] = path_join(place->top, "first");
        place->directories[1] = path_join(place->top, "second");
        place->output = path_join(place->top, "out");
        place->log_path = path_join(place->top, "log");
        place->log = (Log){
                .fd = open(place->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600),
                .max_level = 7,
        };
        *state = place;
        return mkdir(place->directories[0], 0755) < 0 || mkdir(place->directories[1], 0755) < 0;
}

static int remove_place(void **state) {
        Place *place = *state;

        int r = dir_remove_all(place->top);
        (void)close(place->log.fd);
        free(place->directories[0]);
        free(place->directories[1]);
        free(place->output);
        free(place->log_path);
        free(place);
        return r;
}

static void add(const Place *place, unsigned directory, const char *name, const char *script) {
        AUTO_FREE char *path = path_join(place->directories[directory], name);
        AUTO_FREE char *text = NULL;

        assert_true(asprintf(&text, script[0] ? "#!/bin/sh\n%s\n" : "%s", script) >= 0);
        assert_int_equal(file_write_atomic(path, str_of(text), 0755, false), 0);
}

static int run(Place *place, UnitScope scope, uint64_t timeout_usec) {
        char *environment[] = { (char[]){ "PATH=/usr/bin:/bin" },
                                (char[]){ "NOTIFY_SOCKET=/nowhere" },
                                (char[]){ "SYSTEMD_SCOPE=wrong" },
                                NULL };
        const GeneratorOptions options = {
                .scope = scope,
                .directories = place->directories,
                .output = place->output,
                .environment = environment,
                .architecture = "x86-64",
                .timeout_usec = timeout_usec,
                .log = &place->log,
        };
        return generators_run(&options);
}

static char *content(const char *path) {
        char *text = NULL;
        size_t length;

        return file_read(path, LIMIT, &text, &length, NULL) < 0 ? NULL : text;
}

static bool is_written(const Place *place, const char *suffix, const char *name) {
        AUTO_FREE char *path = NULL;
        assert_true(asprintf(&path, "%s%s/%s", place->output, suffix, name) >= 0);
        return access(path, F_OK) == 0;
}

static bool is_logged(const Place *place, const char *text) {
        AUTO_FREE char *log = content(place->log_path);
        return log && strstr(log, text);
}

static void test_units_go_into_three_directories(void **state) {
        Place *place = *state;
        add(place, 0, "a", "touch $1/n.service; mkdir $3/x.target.wants");
        assert_int_equal(run(place, UNIT_SCOPE_SYSTEM, LONG_USEC), 0);
        assert_true(is_written(place, "", "n.service"));
        assert_true(is_written(place, ".late", "x.target.wants"));
        assert_false(is_written(place, ".early", ""));
}

static void test_what_was_written_before_is_gone(void **state) {
        Place *place = *state;
        add(place, 0, "a", "touch $1/old.service $2/old.service");
        assert_int_equal(run(place, UNIT_SCOPE_SYSTEM, LONG_USEC), 0);
        add(place, 0, "a", "touch $1/new.service");
        assert_int_equal(run(place, UNIT_SCOPE_SYSTEM, LONG_USEC), 0);
        assert_true(is_written(place, "", "new.service"));
        assert_false(is_written(place, "", "old.service"));
        assert_false(is_written(place, ".early", ""));
        assert_int_equal(generators_remove_output(place->output), 0);
        assert_false(is_written(place, "", ""));
}

static void test_generators_are_told_where_they_are(void **state) {
        Place *place = *state;
        add(place, 0, "a", "env > $1/env");
        assert_int_equal(run(place, UNIT_SCOPE_SYSTEM, LONG_USEC), 0);
        AUTO_FREE char *path = path_join(place->output, "env");
        AUTO_FREE char *system = content(path);
        assert_non_null(strstr(system, "SYSTEMD_SCOPE=system\n"));
        assert_non_null(strstr(system, "SYSTEMD_IN_INITRD=0\n"));
        assert_non_null(strstr(system, "SYSTEMD_FIRST_BOOT="));
        assert_non_null(strstr(system, "SYSTEMD_ARCHITECTURE=x86-64\n"));
        assert_null(strstr(system, "NOTIFY_SOCKET"));
        assert_int_equal(run(place, UNIT_SCOPE_USER, LONG_USEC), 0);
        AUTO_FREE char *user = content(path);
        assert_non_null(strstr(user, "SYSTEMD_SCOPE=user\n"));
        assert_null(strstr(user, "SYSTEMD_IN_INITRD"));
}

static void test_one_that_fails_harms_no_other(void **state) {
        Place *place = *state;
        add(place, 0, "bad", "echo this is wrong >&2; exit 3");
        add(place, 0, "dead", "kill -TERM $$");
        add(place, 0, "good", "touch $1/n.service");
        add(place, 0, "odd", "\n");
        assert_int_equal(run(place, UNIT_SCOPE_SYSTEM, LONG_USEC), 2);
        assert_true(is_written(place, "", "n.service"));
        assert_true(is_logged(place, "bad: this is wrong"));
        assert_true(is_logged(place, "bad failed with exit status 3"));
        assert_true(is_logged(place, "dead was ended by signal 15"));
}

static void test_one_that_hangs_is_killed_with_its_children(void **state) {
        Place *place = *state;
        add(place, 0, "good", "touch $1/n.service");
        add(place, 0, "hangs", "trap '' TERM; sleep 1000 & wait");
        uint64_t before = clock_monotonic_usec();
        assert_int_equal(run(place, UNIT_SCOPE_SYSTEM, SHORT_USEC), 1);
        assert_true(clock_monotonic_usec() - before < LONG_USEC); /* did not wait for it */
        assert_true(is_written(place, "", "n.service") || is_logged(place, "good takes too long"));
        assert_true(is_logged(place, "hangs takes too long"));
}

static void test_nobody_waits_for_what_was_left_behind(void **state) {
        Place *place = *state;
        add(place, 0, "leaves", "sleep 1000 & echo done");
        assert_int_equal(run(place, UNIT_SCOPE_SYSTEM, LONG_USEC), 0);
        assert_true(is_logged(place, "leaves: done"));
}

static void test_endless_output_is_cut(void **state) {
        Place *place = *state;
        struct stat st;
        add(place, 0, "talks", "exec yes");
        assert_int_equal(run(place, UNIT_SCOPE_SYSTEM, SHORT_USEC), 1);
        assert_true(is_logged(place, "More output is left out"));
        assert_int_equal(stat(place->log_path, &st), 0);
        assert_true(st.st_size < LIMIT);
}

static void test_names_hide_and_mask_each_other(void **state) {
        const Place *place = *state;
        AUTO_STRV char **paths = NULL;
        AUTO_FREE char *link = path_join(place->directories[0], "nulled");
        AUTO_FREE char *plain = path_join(place->directories[1], "plain");
        add(place, 1, "hidden", "true");
        add(place, 0, "hidden", "true");
        add(place, 1, "emptied", "true");
        add(place, 0, "emptied", "");
        add(place, 1, "nulled", "true");
        assert_int_equal(symlink("/dev/null", link), 0);
        add(place, 1, "another", "true");
        add(place, 1, "systemd-fstab-generator", "true");
        add(place, 1, "systemd-sysv-generator", "true");
        assert_int_equal(file_write_atomic(plain, STR_LITERAL("no program"), 0644, false), 0);
        assert_int_equal(generator_find(place->directories, &paths), 0);
        assert_int_equal(strv_length(paths), 3);
        assert_string_equal(path_base_name(paths[0]), "another");
        assert_string_equal(path_base_name(paths[1]), "hidden");
        assert_true(str_has_prefix(str_of(paths[1]), place->directories[0]));
        assert_string_equal(path_base_name(paths[2]), "systemd-sysv-generator");
}

static void test_without_generators_there_are_no_directories(void **state) {
        Place *place = *state;
        assert_int_equal(run(place, UNIT_SCOPE_SYSTEM, LONG_USEC), 0);
        assert_false(is_written(place, "", ""));
        assert_false(is_written(place, ".late", ""));
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void) {
        const struct CMUnitTest tests[] = {
                PLACED(test_units_go_into_three_directories),
                PLACED(test_what_was_written_before_is_gone),
                PLACED(test_generators_are_told_where_they_are),
                PLACED(test_one_that_fails_harms_no_other),
                PLACED(test_one_that_hangs_is_killed_with_its_children),
                PLACED(test_nobody_waits_for_what_was_left_behind),
                PLACED(test_endless_output_is_cut),
                PLACED(test_names_hide_and_mask_each_other),
                PLACED(test_without_generators_there_are_no_directories),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
