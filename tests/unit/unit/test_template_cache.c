/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "unit/template_cache.h"

static UnitSpec *spec_of(const char *name, const char *description) {
        UnitSpec *spec = NULL;

        assert_int_equal(unit_spec_new(name, &spec), 0);
        assert_int_equal(
                unit_spec_assign(
                        spec, SECTION_UNIT, STR_LITERAL("Description"), str_of(description), NULL),
                0);
        return spec;
}

static void test_files_that_name_their_instance_are_not_taken(void **state) {
        (void)state;
        assert_true(template_cache_takes(STR_LITERAL("[Service]\nExecStart=/bin/true\n")));
        assert_false(template_cache_takes(STR_LITERAL("[Service]\nExecStart=/bin/echo %i\n")));
        assert_false(template_cache_takes(STR_LITERAL("[Unit]\nAfter=a@1.service\n")));
        assert_true(template_cache_takes(STR_EMPTY));
}

static void test_a_file_is_known_by_path_and_stamp(void **state) {
        (void)state;
        AUTO(template_cache_done) TemplateCache cache = { 0 };
        AUTO(unit_spec_free) UnitSpec *spec = spec_of("a@1.service", "first");

        assert_null(template_cache_find(&cache, "/a@.service", 7));
        assert_null(template_cache_find(&cache, "/a@.service", 0));
        template_cache_put(&cache, "/a@.service", 7, spec);
        const UnitSpec *known = template_cache_find(&cache, "/a@.service", 7);
        assert_non_null(known);
        assert_string_equal(unit_spec_text(known, DIRECTIVE_DESCRIPTION), "first");
        assert_null(template_cache_find(&cache, "/a@.service", 8));
        assert_null(template_cache_find(&cache, "/b@.service", 7));
}

static void test_values_go_to_another_instance(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *one = spec_of("a@1.service", "each");
        AUTO(unit_spec_free) UnitSpec *two = NULL;

        assert_int_equal(unit_spec_new("a@2.service", &two), 0);
        assert_int_equal(unit_spec_copy_values(one, two), 0);
        assert_string_equal(two->name, "a@2.service");
        assert_string_equal(unit_spec_text(two, DIRECTIVE_DESCRIPTION), "each");
}

static void test_the_oldest_one_goes(void **state) {
        (void)state;
        AUTO(template_cache_done) TemplateCache cache = { 0 };
        AUTO(unit_spec_free) UnitSpec *spec = spec_of("a@1.service", "x");
        char path[16];

        for (unsigned i = 0; i <= TEMPLATE_CACHE_SIZE; i++) {
                (void)snprintf(path, sizeof(path), "/%u@.service", i);
                template_cache_put(&cache, path, i, spec);
        }
        assert_null(template_cache_find(&cache, "/0@.service", 0));
        assert_non_null(template_cache_find(&cache, "/1@.service", 1));
        assert_non_null(template_cache_find(&cache, path, TEMPLATE_CACHE_SIZE));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_files_that_name_their_instance_are_not_taken),
                cmocka_unit_test(test_a_file_is_known_by_path_and_stamp),
                cmocka_unit_test(test_values_go_to_another_instance),
                cmocka_unit_test(test_the_oldest_one_goes),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
