/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "host/state_log.h"

static char directory[] = "/tmp/test-state-log-XXXXXX";
static char *path;

static int make_directory(void **state) {
        (void)state;
        path = mkdtemp(directory) ? path_join(directory, "state") : NULL;
        return path ? 0 : -1;
}

static int remove_directory(void **state) {
        (void)state;
        free(path);
        return dir_remove_all(directory);
}

static int remove_file(void **state) {
        (void)state;
        (void)unlink(path);
        return 0;
}

static int collect(void *userdata, const StateRecord *record) {
        return strv_addf(userdata,
                         "%d %.*s %.*s",
                         (int)record->kind,
                         STR_ARG(record->name),
                         STR_ARG(record->text));
}

static void add(StateLog *log, const char *name, const char *text) {
        const StateRecord record = { .kind = STATE_RECORD_UNIT,
                                     .name = str_of(name),
                                     .text = str_of(text) };
        assert_int_equal(state_log_add(log, &record), 0);
}

static char **read_all(size_t *ret_torn) {
        AUTO(state_log_close) StateLog log = STATE_LOG_INIT;
        char **lines = NULL;
        assert_int_equal(state_log_open(&log, path), 0);
        assert_int_equal(state_log_read(&log, collect, &lines, ret_torn), 0);
        return lines;
}

static void test_records_are_there_for_the_next_manager(void **state) {
        size_t torn;
        (void)state;
        {
                AUTO(state_log_close) StateLog log = STATE_LOG_INIT;
                assert_int_equal(state_log_open(&log, path), 0);
                add(&log, "a.service", "one");
                add(&log, "b.service", "two");
                assert_int_equal(state_log_flush(&log), 0);
                add(&log, "a.service", "never flushed");
        }
        AUTO_STRV char **lines = read_all(&torn);
        assert_int_equal(strv_length(lines), 2);
        assert_string_equal(lines[0], "1 a.service one");
        assert_string_equal(lines[1], "1 b.service two");
        assert_int_equal(torn, 0);
}

static void test_a_torn_end_is_left_out(void **state) {
        size_t torn;
        (void)state;
        {
                AUTO(state_log_close) StateLog log = STATE_LOG_INIT;
                assert_int_equal(state_log_open(&log, path), 0);
                add(&log, "a.service", "one");
                add(&log, "b.service", "two");
                assert_int_equal(state_log_flush(&log), 0);
                assert_int_equal(truncate(path, (off_t)log.written - 1), 0);
        }
        AUTO_STRV char **lines = read_all(&torn);
        assert_int_equal(strv_length(lines), 1);
        assert_true(torn > 0);
}

static void set_file_limit(rlim_t bytes) {
        const struct rlimit limit = { bytes, RLIM_INFINITY };

        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_what_does_not_fit_comes_later_and_in_whole(void **state) {
        size_t torn;
        (void)state;
        (void)signal(SIGXFSZ, SIG_IGN);
        {
                AUTO(state_log_close) StateLog log = STATE_LOG_INIT;
                assert_int_equal(state_log_open(&log, path), 0);
                add(&log, "a.service", "one");
                assert_int_equal(state_log_flush(&log), 0);
                set_file_limit(log.written + 10);
                add(&log, "b.service", "two");
                assert_int_equal(state_log_flush(&log), -EFBIG);
                set_file_limit(RLIM_INFINITY);
                add(&log, "c.service", "three");
                assert_int_equal(state_log_flush(&log), 0);
        }
        AUTO_STRV char **lines = read_all(&torn);
        assert_int_equal(torn, 0);
        assert_int_equal(strv_length(lines), 3);
        assert_string_equal(lines[1], "1 b.service two");
}

/* The next manager appends behind what can be read. */
static void test_a_torn_end_is_cut_off(void **state) {
        size_t torn;
        (void)state;
        {
                AUTO(state_log_close) StateLog log = STATE_LOG_INIT;
                AUTO_STRV char **lines = NULL;
                assert_int_equal(state_log_open(&log, path), 0);
                add(&log, "a.service", "one");
                assert_int_equal(state_log_flush(&log), 0);
                assert_int_equal(write(log.fd, "torn", 4), 4);
                assert_int_equal(state_log_read(&log, collect, &lines, &torn), 0);
                add(&log, "b.service", "two");
                assert_int_equal(state_log_flush(&log), 0);
        }
        AUTO_STRV char **lines = read_all(&torn);
        assert_int_equal(torn, 0);
        assert_int_equal(strv_length(lines), 2);
}

static void test_a_new_file_replaces_the_old_one(void **state) {
        size_t torn;
        (void)state;
        {
                AUTO(state_log_close) StateLog log = STATE_LOG_INIT;
                AUTO(strbuf_done) StrBuf content = STRBUF_INIT;
                const StateRecord kept = { .kind = STATE_RECORD_UNIT,
                                           .name = STR_LITERAL("kept.service") };
                assert_int_equal(state_log_open(&log, path), 0);
                add(&log, "a.service", "one");
                assert_int_equal(state_log_flush(&log), 0);
                assert_int_equal(state_record_append(&content, &kept), 0);
                assert_int_equal(state_log_replace(&log, &content), 0);
                assert_int_equal(log.written, content.length);
                add(&log, "later.service", "x");
                assert_int_equal(state_log_flush(&log), 0);
        }
        AUTO_STRV char **lines = read_all(&torn);
        assert_int_equal(strv_length(lines), 2);
        assert_string_equal(lines[0], "1 kept.service ");
        assert_string_equal(lines[1], "1 later.service x");
}

static void test_waste_is_more_than_twice_what_lives(void **state) {
        const StateLog log = { .written = 1000000 };
        const StateLog small = { .written = 1000 };
        (void)state;
        assert_true(state_log_is_wasteful(&log, 400000));
        assert_false(state_log_is_wasteful(&log, 600000));
        assert_false(state_log_is_wasteful(&small, 0));
}

static void test_a_link_in_its_place_is_not_followed(void **state) {
        StateLog log;
        (void)state;
        assert_int_equal(symlink("/dev/null", path), 0);
        assert_int_equal(state_log_open(&log, path), -ELOOP);
        state_log_close(&log);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_records_are_there_for_the_next_manager, remove_file),
                cmocka_unit_test_setup(test_a_torn_end_is_left_out, remove_file),
                cmocka_unit_test_setup(test_a_torn_end_is_cut_off, remove_file),
                cmocka_unit_test_setup(test_what_does_not_fit_comes_later_and_in_whole,
                                       remove_file),
                cmocka_unit_test_setup(test_a_new_file_replaces_the_old_one, remove_file),
                cmocka_unit_test(test_waste_is_more_than_twice_what_lives),
                cmocka_unit_test_setup(test_a_link_in_its_place_is_not_followed, remove_file),
        };
        return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
