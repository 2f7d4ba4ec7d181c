/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_registry.h"

#include <errno.h>

#include "../../engine/fake_host.h"
#include "unit_test.h"

static void test_names_that_are_none_are_refused(void **state UNUSED) {
        static const struct {
                const char *name, *text;
        } rows[] = {
                { "a", "Unit name a is not valid." },
                { "", "Unit name  is not valid." },
                { "a.unknown", "Unit name a.unknown is not valid." },
                { "a b.service", "Unit name a b.service is not valid." },
                { "a@.service", "Unit name a@.service is missing the instance name." },
        };
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                EngineError error = { .code = ENGINE_ERROR_NONE };
                Unit *unit = NULL;
                assert_int_equal(engine_load_unit(host->engine, rows[i].name, &unit, &error),
                                 -ECANCELED);
                assert_int_equal(error.code, ENGINE_ERROR_INVALID_NAME);
                assert_string_equal(error.text, rows[i].text);
        }
        assert_int_equal(host->engine->n_units, 0);
}

static void test_loading_takes_along_what_is_named(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.service", "[Unit]\nAfter=b.service\n[Service]\nExecStart=/x\n");
        fake_host_add_unit(host, "b.service", "[Unit]\nWants=c.service\n[Service]\nExecStart=/x\n");
        Unit *a = fake_host_unit(host, "a.service");
        Unit *c = engine_find_unit(host->engine, "c.service");
        assert_int_equal(a->load_state, UNIT_LOADED);
        assert_non_null(c);
        assert_int_equal(c->load_state, UNIT_NOT_FOUND);
        assert_string_equal(a->slice->id, "system.slice");
        assert_true(unit_graph_has(a, DEP_BIT(DEP_IN_SLICE), a->slice));
}

static void test_an_alias_is_the_same_object_by_whatever_name_it_came(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "real.service", "[Service]\nExecStart=/x\n");
        fake_host_add_alias(host, "other.service", "real.service");
        Unit *unit = fake_host_unit(host, "other.service");
        assert_string_equal(unit->id, "real.service");
        assert_ptr_equal(fake_host_unit(host, "real.service"), unit);
        assert_ptr_equal(fake_host_unit(host, "other.service"), unit);
}

static void test_a_reload_reads_only_what_changed(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(
                host, "all.target", "[Unit]\nWants=a.service b.service nosuch.service\n");
        fake_host_add_unit(host, "a.service", "[Service]\nExecStart=/x\n");
        fake_host_add_unit(host, "b.service", "[Service]\nExecStart=/x\n");
        Unit *all = fake_host_unit(host, "all.target");
        engine_ref_unit(all);
        unsigned n_loads = host->n_loads;
        assert_int_equal(engine_reload(host->engine, false), 0);
        assert_int_equal(host->n_loads, n_loads);
        fake_host_add_unit(host, "b.service", "[Unit]\nDescription=New\n[Service]\nExecStart=/x\n");
        assert_true(unit_needs_reload(engine_find_unit(host->engine, "b.service")));
        assert_int_equal(engine_reload(host->engine, false), 0);
        assert_int_equal(host->n_loads, n_loads + 1);
        assert_string_equal(unit_description(engine_find_unit(host->engine, "b.service")), "New");
        fake_host_add_unit(host, "nosuch.service", "[Service]\nExecStart=/x\n");
        assert_int_equal(engine_reload(host->engine, true), 0);
        assert_int_equal(engine_find_unit(host->engine, "nosuch.service")->load_state, UNIT_LOADED);
}

static void test_a_reload_keeps_the_edges_of_others(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.target", "[Unit]\nWants=b.target\n");
        fake_host_add_unit(host, "b.target", "[Unit]\nRequires=c.target\n");
        fake_host_add_unit(host, "c.target", "[Unit]\n");
        Unit *a = fake_host_unit(host, "a.target"), *b = fake_host_unit(host, "b.target");
        engine_ref_unit(a);
        fake_host_add_unit(host, "b.target", "[Unit]\n");
        assert_int_equal(engine_reload(host->engine, false), 0);
        fake_host_run(host);
        assert_true(unit_graph_has(a, DEP_BIT(DEP_WANTS), b));
        assert_null(engine_find_unit(host->engine, "c.target"));
}

static void test_a_unit_in_use_does_not_become_an_alias(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.service", "[Service]\nExecStart=/x\n");
        fake_host_add_unit(host, "b.service", "[Service]\nExecStart=/x\n");
        assert_int_equal(fake_host_start(host, "a.service"), 0);
        Unit *a = fake_host_unit(host, "a.service");
        fake_host_remove_unit(host, "a.service");
        fake_host_add_alias(host, "a.service", "b.service");
        a->spec->stamp = 0;
        assert_int_equal(engine_reload(host->engine, true), 0);
        assert_ptr_equal(engine_find_unit(host->engine, "a.service"), a);
        assert_string_equal(a->id, "a.service");
}

static void test_transient_units_need_a_free_name(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.service", "[Service]\nExecStart=/x\n");
        EngineError error = { .code = ENGINE_ERROR_NONE };
        Unit *unit = NULL;
        AUTO(unit_spec_free) UnitSpec *taken = NULL;
        assert_int_equal(unit_spec_new("a.service", &taken), 0);
        assert_int_equal(engine_add_transient(host->engine, taken, &unit, &error), -ECANCELED);
        assert_int_equal(error.code, ENGINE_ERROR_UNIT_EXISTS);
        UnitSpec *spec = NULL;
        assert_int_equal(unit_spec_new("t.target", &spec), 0);
        assert_int_equal(engine_add_transient(host->engine, spec, &unit, &error), 0);
        assert_string_equal(unit->id, "t.target");
        assert_int_equal(unit->load_state, UNIT_LOADED);
        assert_int_equal(fake_host_start(host, "t.target"), 0);
        assert_int_equal(engine_reload(host->engine, true), 0);
        assert_int_equal(unit->state, TARGET_ACTIVE);
        assert_int_equal(unit->load_state, UNIT_LOADED);
}

static void test_units_that_only_name_each_other_are_forgotten(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.target", "[Unit]\nDefaultDependencies=no\nWants=b.target\n");
        fake_host_add_unit(host, "b.target", "[Unit]\nDefaultDependencies=no\nAfter=a.target\n");
        (void)fake_host_unit(host, "a.target"); /* only named */
        fake_host_run(host);
        assert_int_equal(host->engine->n_units, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names_that_are_none_are_refused),
                cmocka_unit_test(test_loading_takes_along_what_is_named),
                cmocka_unit_test(test_an_alias_is_the_same_object_by_whatever_name_it_came),
                cmocka_unit_test(test_a_reload_reads_only_what_changed),
                cmocka_unit_test(test_a_reload_keeps_the_edges_of_others),
                cmocka_unit_test(test_a_unit_in_use_does_not_become_an_alias),
                cmocka_unit_test(test_transient_units_need_a_free_name),
                cmocka_unit_test(test_units_that_only_name_each_other_are_forgotten),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
