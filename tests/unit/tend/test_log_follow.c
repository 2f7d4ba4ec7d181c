/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>

#include "base/file_io.h"
#include "base/path_name.h"
#include "tend/log_follow.h"

typedef struct Fixture {
        char directory[64];
        LogFollow file;
        int inotify_fd;
        StrBuf seen; /* lines, each with a bar behind */
} Fixture;

static int set_up(void **state) {
        Fixture *fixture = calloc(1, sizeof(*fixture));

        if (!fixture)
                return -1;
        (void)snprintf(fixture->directory, sizeof(fixture->directory), "/tmp/test-follow-XXXXXX");
        if (!mkdtemp(fixture->directory))
                return -1;
        fixture->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        fixture->file = (LogFollow){ .path = path_join(fixture->directory, "a.log"),
                                     .fd = -1,
                                     .watch = -1 };
        *state = fixture;
        return 0;
}

static int tear_down(void **state) {
        Fixture *fixture = *state;
        log_follow_done(&fixture->file);
        strbuf_done(&fixture->seen);
        (void)close(fixture->inotify_fd);
        int r = dir_remove_all(fixture->directory);
        free(fixture);
        return r;
}

static void append(const Fixture *fixture, const char *text) {
        int fd = open(fixture->file.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), strlen(text));
        (void)close(fd);
}

static void on_line(void *userdata, const LogFollow *file UNUSED, Str line) {
        Fixture *fixture = userdata;
        strbuf_add_str(&fixture->seen, line);
        strbuf_add_char(&fixture->seen, '|');
}

static void expect(Fixture *fixture, const char *expected) {
        strbuf_clear(&fixture->seen);
        assert_int_equal(log_follow_read(&fixture->file, fixture->inotify_fd, on_line, fixture), 0);
        assert_string_equal(strbuf_text(&fixture->seen), expected);
}

static void test_only_what_is_new_is_told(void **state) {
        Fixture *fixture = *state;

        append(fixture, "old\n");
        log_follow_skip_to_end(&fixture->file);
        expect(fixture, "");
        append(fixture, "one\ntw");
        expect(fixture, "one|");
        append(fixture, "o\nthree\n");
        expect(fixture, "two|three|");
}

static void test_a_file_that_is_made_later_is_seen(void **state) {
        Fixture *fixture = *state;
        struct pollfd watched = { .fd = fixture->inotify_fd, .events = POLLIN };

        log_follow_skip_to_end(&fixture->file);
        expect(fixture, "");
        append(fixture, "first\n");
        assert_int_equal(poll(&watched, 1, 10000), 1);
        expect(fixture, "first|");
}

static void test_a_file_that_was_set_aside_is_left(void **state) {
        Fixture *fixture = *state;
        AUTO_FREE char *aside = path_join(fixture->directory, "a.log.1");

        append(fixture, "old\n");
        log_follow_skip_to_end(&fixture->file);
        append(fixture, "last\n");
        assert_int_equal(rename(fixture->file.path, aside), 0);
        append(fixture, "new\n");
        expect(fixture, "last|new|");
}

static void test_a_cut_file_is_read_from_its_begin(void **state) {
        Fixture *fixture = *state;

        append(fixture, "something long\n");
        log_follow_skip_to_end(&fixture->file);
        assert_int_equal(truncate(fixture->file.path, 0), 0);
        append(fixture, "new\n");
        expect(fixture, "new|");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_only_what_is_new_is_told, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_file_that_is_made_later_is_seen, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_file_that_was_set_aside_is_left, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_cut_file_is_read_from_its_begin, set_up, tear_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
