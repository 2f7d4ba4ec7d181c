/* SPDX-License-Identifier: Apache-2.0 */
#include "../../engine/fake_host.h"
#include "engine/unit_registry.h"
#include "unit_test.h"

static const Unit *find(const FakeHost *host, const char *name) {
        const Unit *unit = engine_find_unit(host->engine, name);
        assert_non_null(unit);
        return unit;
}

static void test_what_triggers_what(void **state UNUSED) {
        static const struct {
                const char *name, *text, *triggered;
        } rows[] = {
                { "a.timer", "[Timer]\nOnActiveSec=1\n", "a.service" },
                { "b.timer", "[Timer]\nOnActiveSec=1\nUnit=x.target\n", "x.target" },
                { "c.path", "[Path]\nPathExists=/x\n", "c.service" },
                { "d.socket", "[Socket]\nListenStream=/x\n", "d.service" },
                { "e.socket", "[Socket]\nListenStream=/x\nService=x.service\n", "x.service" },
                { "srv-a.automount", "[Automount]\nWhere=/srv/a\n", "srv-a.mount" },
        };
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                fake_host_add_unit(host, rows[i].name, rows[i].text);
                const Unit *unit = fake_host_unit(host, rows[i].name);
                const Unit *other = find(host, rows[i].triggered);
                assert_true(unit_graph_has(unit, DEP_BIT(DEP_TRIGGERS), other));
                assert_true(unit_graph_has(other, DEP_BIT(DEP_TRIGGERED_BY), unit));
        }
}

static void test_a_socket_that_accepts_triggers_no_unit_of_its_name(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.socket", "[Socket]\nListenStream=/x\nAccept=yes\n");
        const Unit *unit = fake_host_unit(host, "a.socket");
        unsigned cursor = 0;
        assert_null(unit_graph_next(unit, DEP_BIT(DEP_TRIGGERS), &cursor));
}

static void test_targets_come_after_what_they_pull_in(void **state UNUSED) {
        static const struct {
                const char *target, *other;
                bool ordered;
        } rows[] = {
                { "Wants=o.target", "", true },
                { "Requires=o.target", "", true },
                { "BindsTo=o.target", "", true },
                { "After=x.target", "", false },
                { "Wants=o.target\nBefore=o.target", "", false },
                { "Wants=o.target", "After=t.target", false },
                { "Wants=o.target\nDefaultDependencies=no", "", false },
                { "Wants=o.target", "DefaultDependencies=no", false },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
                AUTO_FREE char *target = NULL, *other = NULL;
                assert_true(asprintf(&target, "[Unit]\n%s\n", rows[i].target) > 0);
                assert_true(asprintf(&other, "[Unit]\n%s\n", rows[i].other) > 0);
                fake_host_add_unit(host, "t.target", target);
                fake_host_add_unit(host, "o.target", other);
                /* Whichever is loaded first. */
                (void)fake_host_unit(host, i % 2 ? "o.target" : "t.target");
                const Unit *t = fake_host_unit(host, "t.target"),
                           *o = fake_host_unit(host, "o.target");
                assert_int_equal(unit_graph_has(t, DEP_BIT(DEP_AFTER), o), rows[i].ordered);
        }
}

static void test_default_dependencies_are_known_as_such(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(
                host, "a.service", "[Unit]\nAfter=basic.target\n[Service]\nExecStart=/x\n");
        const Unit *unit = fake_host_unit(host, "a.service");
        const Unit *sysinit = find(host, "sysinit.target"), *basic = find(host, "basic.target");
        assert_true(unit_graph_has(unit, DEP_BIT(DEP_REQUIRES), sysinit));
        assert_true(unit_graph_has(unit, DEP_BIT(DEP_CONFLICTS), find(host, "shutdown.target")));
        unsigned cursor = 0;
        for (const UnitEdge *edge; (edge = unit_graph_next(unit, UINT32_MAX, &cursor));) {
                if (edge->other == sysinit)
                        assert_true(edge->default_kinds & DEP_BIT(DEP_REQUIRES));
                if (edge->other == basic)
                        assert_false(edge->default_kinds & DEP_BIT(DEP_AFTER));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_triggers_what),
                cmocka_unit_test(test_a_socket_that_accepts_triggers_no_unit_of_its_name),
                cmocka_unit_test(test_targets_come_after_what_they_pull_in),
                cmocka_unit_test(test_default_dependencies_are_known_as_such),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
