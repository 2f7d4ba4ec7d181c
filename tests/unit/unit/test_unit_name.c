/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "unit/unit_name.h"

static void test_names_are_of_one_kind(void **state) {
        (void)state;
        static const struct {
                const char *name;
                unsigned kind;
        } cases[] = {
                { "a.service", UNIT_NAME_PLAIN },
                { "a-b\\x20c:_.mount", UNIT_NAME_PLAIN },
                { "-.slice", UNIT_NAME_PLAIN },
                { "a.b.socket", UNIT_NAME_PLAIN },
                { "a@.service", UNIT_NAME_TEMPLATE },
                { "a@b.service", UNIT_NAME_INSTANCE },
                { "a@b@c.timer", UNIT_NAME_INSTANCE },
                { "a@@.service", UNIT_NAME_INSTANCE },
                { "@b.service", 0 },
                { "@.service", 0 },
                { ".service", 0 },
                { "a", 0 },
                { "", 0 },
                { "a.", 0 },
                { "a.unknown", 0 },
                { "a b.service", 0 },
                { "a/b.service", 0 },
                { "a%b.service", 0 },
                { "\xc3\xa9.service", 0 },
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++)
                assert_int_equal(unit_name_kind(cases[i].name), cases[i].kind);
        assert_int_equal(unit_name_kind(NULL), 0);
        assert_true(unit_name_is_valid("a@b.service", UNIT_NAME_ANY));
        assert_false(unit_name_is_valid("a@b.service", UNIT_NAME_PLAIN | UNIT_NAME_TEMPLATE));
}

static void test_length_is_limited(void **state) {
        (void)state;
        char name[UNIT_NAME_MAX + 2];

        for (int i = 0; i < UNIT_NAME_MAX - 8; i++)
                name[i] = 'a';
        memcpy(name + UNIT_NAME_MAX - 8, ".service", 9);
        assert_true(unit_name_is_valid(name, UNIT_NAME_PLAIN));
        name[UNIT_NAME_MAX - 8] = 'a';
        memcpy(name + UNIT_NAME_MAX - 7, ".service", 9);
        assert_false(unit_name_is_valid(name, UNIT_NAME_ANY));
}

static void assert_str(Str actual, const char *expected) {
        assert_true(expected ? str_equal_c(actual, expected) : actual.data == NULL);
}

static void test_names_are_taken_apart(void **state) {
        (void)state;
        UnitType type;

        assert_str(unit_name_prefix("a@b.service"), "a");
        assert_str(unit_name_prefix("a.b.service"), "a.b");
        assert_str(unit_name_prefix_and_instance("a@b.service"), "a@b");
        assert_str(unit_name_instance("a@b@c.service"), "b@c");
        assert_str(unit_name_instance("a@.service"), NULL);
        assert_str(unit_name_instance("a.service"), NULL);
        assert_int_equal(unit_name_type("x.swap", &type), 0);
        assert_int_equal(type, UNIT_SWAP);
        assert_int_equal(unit_name_type("x.y", &type), -EINVAL);
        for (int i = 0; i < UNIT_TYPE_COUNT; i++) {
                assert_int_equal(unit_type_parse(str_of(unit_type_name((UnitType)i)), &type), 0);
                assert_int_equal(type, i);
        }
}

static void test_templates_and_instances(void **state) {
        (void)state;
        AUTO_FREE char *template = NULL, *instance = NULL, *none = NULL;

        assert_int_equal(unit_name_template("a@b.service", &template), 0);
        assert_string_equal(template, "a@.service");
        assert_int_equal(unit_name_template("a.service", &none), -EINVAL);
        assert_int_equal(unit_name_instantiate("a@.service", "b", &instance), 0);
        assert_string_equal(instance, "a@b.service");
        assert_int_equal(unit_name_instantiate("a@.service", "", &none), -EINVAL);
        assert_int_equal(unit_name_instantiate("a@.service", "b c", &none), -EINVAL);
        assert_int_equal(unit_name_instantiate("a.service", "b", &none), -EINVAL);
        assert_null(none);
}

typedef struct EscapeCase {
        const char *plain, *escaped;
} EscapeCase;

static void test_text_is_escaped_and_back(void **state) {
        (void)state;
        static const EscapeCase cases[] = {
                { "a b", "a\\x20b" },
                { "a/b", "a-b" },
                { "a-b", "a\\x2db" },
                { ".a.b", "\\x2ea.b" },
                { "a\\b", "a\\x5cb" },
                { "a@b", "a\\x40b" },
                { "\xc3\xa9", "\\xc3\\xa9" },
                { "", "" },
                { "/a", "-a" },
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO_FREE char *escaped = NULL, *plain = NULL;

                assert_int_equal(unit_name_escape(cases[i].plain, &escaped), 0);
                assert_string_equal(escaped, cases[i].escaped);
                assert_int_equal(unit_name_unescape(str_of(escaped), &plain), 0);
                assert_string_equal(plain, cases[i].plain);
        }
}

static void test_bad_escapes_are_refused(void **state) {
        (void)state;
        static const char *const bad[] = { "\\", "a\\x", "a\\x4", "a\\xg0", "a\\x00", "a\\n" };
        char *plain = NULL;

        for (unsigned i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_int_equal(unit_name_unescape(str_of(bad[i]), &plain), -EINVAL);
        assert_null(plain);
}

static void test_paths_are_escaped_and_back(void **state) {
        (void)state;
        static const EscapeCase cases[] = {
                { "/", "-" },
                { "/a/b", "a-b" },
                { "/a-b/c", "a\\x2db-c" },
                { "/.a", "\\x2ea" },
        };
        char *none = NULL;

        for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO_FREE char *escaped = NULL, *plain = NULL;

                assert_int_equal(unit_name_path_escape(cases[i].plain, &escaped), 0);
                assert_string_equal(escaped, cases[i].escaped);
                assert_int_equal(unit_name_path_unescape(str_of(escaped), &plain), 0);
                assert_string_equal(plain, cases[i].plain);
        }
        assert_int_equal(unit_name_path_escape("/a/../b", &none), -EINVAL);
        assert_int_equal(unit_name_path_unescape(STR_LITERAL("a--b"), &none), -EINVAL);
        assert_int_equal(unit_name_path_unescape(STR_LITERAL("-a"), &none), -EINVAL);
        assert_int_equal(unit_name_path_unescape(STR_EMPTY, &none), -EINVAL);
        assert_null(none);
}

static void test_paths_have_units(void **state) {
        (void)state;
        AUTO_FREE char *mount = NULL, *root = NULL;

        assert_int_equal(unit_name_from_path("//srv///a/", ".mount", &mount), 0);
        assert_string_equal(mount, "srv-a.mount");
        assert_int_equal(unit_name_from_path("/", ".mount", &root), 0);
        assert_string_equal(root, "-.mount");
}

static void test_typed_names_are_completed(void **state) {
        (void)state;
        static const struct {
                const char *typed;
                bool globs;
                const char *name; /* NULL = refused */
        } cases[] = {
                { "nginx", false, "nginx.service" },
                { "a.socket", false, "a.socket" },
                { "a b", false, "a\\x20b.service" },
                { "/srv/a b", false, "srv-a\\x20b.mount" },
                { "/dev/sda1", false, "dev-sda1.device" },
                { "a/b", false, "a-b.service" },
                { "a@b c", false, "a@b\\x20c.service" },
                { "a*", false, "a\\x2a.service" },
                { "a*", true, "a*" },
                { "a.*", true, "a.*" },
                { "a? b*", true, "a?\\x20b*" },
                { "", false, NULL },
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO_FREE char *name = NULL;
                int r = unit_name_mangle(cases[i].typed, ".service", cases[i].globs, &name);

                assert_int_equal(r, cases[i].name ? 0 : -EINVAL);
                if (cases[i].name)
                        assert_string_equal(name, cases[i].name);
        }
}

static void test_slices_have_parents(void **state) {
        (void)state;
        static const struct {
                const char *slice, *parent;
        } cases[] = {
                { "a-b-c.slice", "a-b.slice" },
                { "a.slice", "-.slice" },
                { "-.slice", NULL },
        };
        char *none = NULL;

        for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO_FREE char *parent = NULL;

                assert_int_equal(unit_name_slice_parent(cases[i].slice, &parent), 0);
                if (cases[i].parent)
                        assert_string_equal(parent, cases[i].parent);
                else
                        assert_null(parent);
        }
        assert_int_equal(unit_name_slice_parent("a--b.slice", &none), -EINVAL);
        assert_int_equal(unit_name_slice_parent("-a.slice", &none), -EINVAL);
        assert_int_equal(unit_name_slice_parent("a-.slice", &none), -EINVAL);
        assert_int_equal(unit_name_slice_parent("a.service", &none), -EINVAL);
}

/* The first line that systemd-escape prints for the arguments; NULL when it is not there or fails.
 */
static char *ask_systemd_escape(const char *options, const char *text) {
        AUTO(strbuf_done) StrBuf command = STRBUF_INIT;
        char line[1024];
        size_t length;
        FILE *pipe;
        bool answered;

        strbuf_addf(&command, "exec systemd-escape %s -- '%s' 2>/dev/null", options, text);
        pipe = popen(strbuf_text(&command), "re");
        assert_non_null(pipe);
        answered = fgets(line, sizeof(line), pipe) != NULL;
        if (pclose(pipe) != 0 || !answered)
                return NULL;
        length = strlen(line);
        return str_dup((Str){ line, length - (line[length - 1] == '\n') });
}

static void test_escaping_is_that_of_systemd_escape(void **state) {
        (void)state;
        static const char *const texts[] = {
                "a",        "a b",      "/a/b",       "a/b-c", ".x",      "a@b.service",
                "/dev/sda", "\xc3\xa9", "a\\b",       "/",     "//a//b/", "a.mount",
                "/sys/x",   "a:b_c",    "/.hidden/x", "foo*",  "a%b",
        };
        AUTO_FREE char *present = ask_systemd_escape("", "a");

        if (!present) {
                print_message("systemd-escape is not installed\n");
                skip();
        }
        for (unsigned i = 0; i < ARRAY_LENGTH(texts); i++) {
                AUTO_FREE char *theirs = ask_systemd_escape("", texts[i]), *ours = NULL;
                AUTO_FREE char *their_path = ask_systemd_escape("--path", texts[i]),
                               *our_path = NULL;
                AUTO_FREE char *their_name = ask_systemd_escape("--mangle", texts[i]),
                               *our_name = NULL;

                assert_int_equal(unit_name_escape(texts[i], &ours), 0);
                assert_string_equal(ours, theirs);
                if (unit_name_path_escape(texts[i], &our_path) < 0)
                        assert_null(their_path);
                else if (texts[i][0] == '/') /* relative ones: theirs are refused */
                        assert_string_equal(our_path, their_path);
                if (unit_name_mangle(texts[i], ".service", false, &our_name) < 0)
                        assert_null(their_name);
                else
                        assert_string_equal(our_name, their_name);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names_are_of_one_kind),
                cmocka_unit_test(test_length_is_limited),
                cmocka_unit_test(test_names_are_taken_apart),
                cmocka_unit_test(test_templates_and_instances),
                cmocka_unit_test(test_text_is_escaped_and_back),
                cmocka_unit_test(test_bad_escapes_are_refused),
                cmocka_unit_test(test_paths_are_escaped_and_back),
                cmocka_unit_test(test_paths_have_units),
                cmocka_unit_test(test_typed_names_are_completed),
                cmocka_unit_test(test_slices_have_parents),
                cmocka_unit_test(test_escaping_is_that_of_systemd_escape),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
