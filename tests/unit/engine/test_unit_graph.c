/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_graph.h"

#include <errno.h>

#include "../../engine/fake_host.h"
#include "unit_test.h"

static Unit *empty_unit(FakeHost *host, const char *name) {
        fake_host_add_unit(host, name, "[Unit]\nDefaultDependencies=no\n");
        return fake_host_unit(host, name);
}

static void test_each_kind_is_the_inverse_of_its_inverse(void **state UNUSED) {
        for (unsigned i = 0; i < DEPENDENCY_KIND_COUNT; i++) {
                DependencyKind inverse = dependency_kind_inverse((DependencyKind)i);
                assert_int_equal(dependency_kind_inverse(inverse), i);
                assert_non_null(dependency_kind_name((DependencyKind)i));
        }
}

static void test_settings_name_kinds(void **state UNUSED) {
        DependencyKind kind = DEPENDENCY_KIND_COUNT;
        assert_int_equal(dependency_kind_of_directive(DIRECTIVE_BINDS_TO, &kind), 0);
        assert_int_equal(kind, DEP_BINDS_TO);
        assert_int_equal(dependency_kind_of_directive(DIRECTIVE_DESCRIPTION, &kind), -EINVAL);
        assert_int_equal(dependency_kind_of_directive(DIRECTIVE_NONE, &kind), -EINVAL);
}

static void test_an_edge_stands_on_both_sides(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *a = empty_unit(host, "a.target"), *b = empty_unit(host, "b.target");
        assert_int_equal(unit_graph_add(a, DEP_REQUIRES, b, false), 0);
        assert_int_equal(unit_graph_add(a, DEP_AFTER, b, false), 0);
        assert_true(unit_graph_has(a, DEP_BIT(DEP_REQUIRES), b));
        assert_true(unit_graph_has(b, DEP_BIT(DEP_REQUIRED_BY), a));
        assert_true(unit_graph_has(b, DEP_BIT(DEP_BEFORE), a));
        assert_false(unit_graph_has(b, DEP_BIT(DEP_AFTER), a));
        assert_int_equal(a->n_edges, 1);
        assert_int_equal(b->n_edges, 1);
}

static void test_a_unit_has_no_edge_to_itself(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *a = empty_unit(host, "a.target");
        assert_int_equal(unit_graph_add(a, DEP_REQUIRES, a, false), 0);
        assert_int_equal(a->n_edges, 0);
}

static void test_clearing_keeps_what_the_other_said(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *a = empty_unit(host, "a.target"), *b = empty_unit(host, "b.target");
        Unit *c = empty_unit(host, "c.target");
        assert_int_equal(unit_graph_add(a, DEP_BEFORE, b, false), 0);
        assert_int_equal(unit_graph_add(b, DEP_AFTER, a, false), 0);
        assert_int_equal(unit_graph_add(a, DEP_WANTS, b, false), 0);
        assert_int_equal(unit_graph_add(a, DEP_WANTS, c, false), 0);
        unit_graph_clear_own(a);
        assert_true(unit_graph_has(a, DEP_BIT(DEP_BEFORE), b));
        assert_false(unit_graph_has(a, DEP_BIT(DEP_WANTS), b));
        assert_int_equal(a->n_edges, 1);
        assert_int_equal(c->n_edges, 0);
}

static void test_detaching_removes_all(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *hub = empty_unit(host, "hub.target");
        Unit *others[20];
        for (unsigned i = 0; i < 20; i++) {
                char name[32];
                (void)snprintf(name, sizeof(name), "u%u.target", i); /* fits */
                others[i] = empty_unit(host, name);
                assert_int_equal(unit_graph_add(hub, DEP_WANTS, others[i], false), 0);
        }
        unit_graph_detach(others[3]);
        assert_int_equal(hub->n_edges, 19);
        for (unsigned i = 0; i < 20; i++)
                assert_int_equal(unit_graph_has(hub, DEP_BIT(DEP_WANTS), others[i]), i != 3);
        unit_graph_detach(hub);
        for (unsigned i = 0; i < 20; i++)
                assert_int_equal(others[i]->n_edges, 0);
}

static void test_moving_keeps_both_directions_and_defaults(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *a = empty_unit(host, "a.target"), *b = empty_unit(host, "b.target");
        Unit *c = empty_unit(host, "c.target");
        assert_int_equal(unit_graph_add(a, DEP_REQUIRES, b, true), 0);
        assert_int_equal(unit_graph_add(b, DEP_PART_OF, a, false), 0);
        assert_int_equal(unit_graph_add(a, DEP_WANTS, c, false), 0);
        assert_int_equal(unit_graph_move(a, c), 0);
        assert_int_equal(a->n_edges, 0);
        assert_int_equal(c->n_edges, 1);
        assert_int_equal(c->edges[0].kinds, DEP_BIT(DEP_REQUIRES) | DEP_BIT(DEP_CONSISTS_OF));
        assert_int_equal(c->edges[0].default_kinds, DEP_BIT(DEP_REQUIRES));
        assert_int_equal(c->edges[0].own_kinds, DEP_BIT(DEP_REQUIRES));
}

static void test_what_is_said_is_no_default_any_more(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *a = empty_unit(host, "a.target"), *b = empty_unit(host, "b.target");
        assert_int_equal(unit_graph_add(a, DEP_AFTER, b, true), 0);
        assert_int_equal(a->edges[0].default_kinds, DEP_BIT(DEP_AFTER));
        assert_int_equal(unit_graph_add(a, DEP_AFTER, b, false), 0);
        assert_int_equal(a->edges[0].default_kinds, 0);
        assert_int_equal(unit_graph_add(a, DEP_AFTER, b, true), 0);
        assert_int_equal(a->edges[0].default_kinds, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_each_kind_is_the_inverse_of_its_inverse),
                cmocka_unit_test(test_settings_name_kinds),
                cmocka_unit_test(test_an_edge_stands_on_both_sides),
                cmocka_unit_test(test_a_unit_has_no_edge_to_itself),
                cmocka_unit_test(test_clearing_keeps_what_the_other_said),
                cmocka_unit_test(test_detaching_removes_all),
                cmocka_unit_test(test_moving_keeps_both_directions_and_defaults),
                cmocka_unit_test(test_what_is_said_is_no_default_any_more),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
