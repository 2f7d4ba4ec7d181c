/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <signal.h>

#include "host/orphan_spawn.h"

/* A host and a unit of which only the names matter here. */
typedef struct Fixture {
        Host host;
        Unit unit;
        HostUnit hu;
} Fixture;

static void fixture_init(Fixture *f) {
        *f = (Fixture){ .host.restoring = true, .unit.id = (char *)(uintptr_t) "a.service" };
        f->hu = (HostUnit){ .host = &f->host, .unit = &f->unit };
        list_init(&f->host.queued);
}

static void fixture_done(Fixture *f) {
        host_forget_events(&f->host, NULL);
        orphan_spawn_done(&f->host);
}
DEFINE_AUTO_DONE(Fixture, fixture_done);

static void remember(Fixture *f, const char *unit, DirectiveId list, unsigned index, pid_t pid) {
        const StateRecord record = {
                .kind = STATE_RECORD_SPAWN,
                .list = (uint16_t)list,
                .index = index,
                .pid = pid,
                .invocation_id.bytes = { (uint8_t)pid },
                .name = str_of(unit),
        };
        assert_int_equal(orphan_spawn_remember(&f->host, &record), 0);
}

static pid_t claim(Fixture *f, DirectiveId list, unsigned index) {
        const SpawnRequest request = { .list = list, .index = index };
        return orphan_spawn_claim(&f->hu, &request);
}

static void test_only_the_same_command_is_claimed_and_only_once(void **state) {
        AUTO(fixture_done) Fixture f = { 0 };
        (void)state;
        fixture_init(&f);
        f.host.restoring = true;
        remember(&f, "a.service", DIRECTIVE_EXEC_START_PRE, 1, 100);
        remember(&f, "b.service", DIRECTIVE_EXEC_START, 0, 101);
        assert_true(orphan_spawn_exited(&f.host, 100, CLD_EXITED, 0));
        assert_int_equal(claim(&f, DIRECTIVE_EXEC_START_PRE, 0), 0);
        assert_int_equal(claim(&f, DIRECTIVE_EXEC_START, 0), 0);
        assert_int_equal(claim(&f, DIRECTIVE_EXEC_START_PRE, 1), 100);
        assert_int_equal(f.unit.invocation_id.bytes[0], 100);
        assert_int_equal(claim(&f, DIRECTIVE_EXEC_START_PRE, 1), 0);
}

static void test_who_was_not_told_what_to_do_is_not_claimed(void **state) {
        AUTO(fixture_done) Fixture f = { 0 };
        (void)state;
        fixture_init(&f);
        f.host.restoring = true;
        remember(&f, "a.service", DIRECTIVE_EXEC_START, 0, 100);
        remember(&f, "a.service", DIRECTIVE_EXEC_START, 1, 101);
        orphan_spawn_void(&f.host, 100);
        orphan_spawn_void(&f.host, 99);
        assert_int_equal(claim(&f, DIRECTIVE_EXEC_START, 0), 0);
        assert_int_equal(claim(&f, DIRECTIVE_EXEC_START, 1), 101);
}

static void test_an_exit_before_the_claim_comes_after_it(void **state) {
        AUTO(fixture_done) Fixture f = { 0 };
        (void)state;
        fixture_init(&f);
        f.host.restoring = false;
        remember(&f, "a.service", DIRECTIVE_EXEC_START, 0, 100);
        assert_false(orphan_spawn_exited(&f.host, 99, CLD_EXITED, 7));
        assert_true(orphan_spawn_exited(&f.host, 100, CLD_EXITED, 7));
        assert_true(list_is_empty(&f.host.queued));
        assert_int_equal(claim(&f, DIRECTIVE_EXEC_START, 0), 100);
        assert_false(list_is_empty(&f.host.queued));
        assert_false(orphan_spawn_exited(&f.host, 100, CLD_EXITED, 7));
}

static void test_a_later_record_of_the_unit_forgets(void **state) {
        AUTO(fixture_done) Fixture f = { 0 };
        (void)state;
        fixture_init(&f);
        remember(&f, "a.service", DIRECTIVE_EXEC_START, 0, 100);
        remember(&f, "b.service", DIRECTIVE_EXEC_START, 0, 101);
        remember(&f, "a.service", DIRECTIVE_EXEC_START_POST, 0, 102);
        orphan_spawn_forget(&f.host, str_of("a.service"));
        assert_int_equal(f.host.n_orphans, 1);
        assert_int_equal(orphan_spawn_list(&f.host, &f.unit), DIRECTIVE_NONE);
}

static void test_what_is_not_claimed_is_recorded_again(void **state) {
        AUTO(fixture_done) Fixture f = { 0 };
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        StateRecord record;
        (void)state;
        fixture_init(&f);
        remember(&f, "a.service", DIRECTIVE_EXEC_START_PRE, 0, 100);
        remember(&f, "b.service", DIRECTIVE_EXEC_START, 0, 101);
        remember(&f, "a.service", DIRECTIVE_EXEC_START, 2, 102);
        assert_true(orphan_spawn_exited(&f.host, 100, CLD_EXITED, 0));
        assert_int_equal(claim(&f, DIRECTIVE_EXEC_START_PRE, 0), 100);
        assert_int_equal(orphan_spawn_repeat(&f.host, "a.service", &text), 0);
        Str rest = { text.data, text.length };
        assert_int_equal(state_record_next(&rest, &record), STATE_RECORD_OK);
        assert_int_equal(record.kind, STATE_RECORD_SPAWN);
        assert_int_equal(record.list, DIRECTIVE_EXEC_START);
        assert_int_equal(record.index, 2);
        assert_int_equal(record.pid, 102);
        assert_int_equal(record.invocation_id.bytes[0], 102);
        assert_true(str_equal_c(record.name, "a.service"));
        assert_int_equal(state_record_next(&rest, &record), STATE_RECORD_END);
}

static void test_a_group_is_hidden_where_it_was_empty_before_the_start(void **state) {
        static const struct {
                DirectiveId list;
                bool hides;
        } rows[] = {
                { DIRECTIVE_EXEC_CONDITION, true }, { DIRECTIVE_EXEC_START_PRE, true },
                { DIRECTIVE_EXEC_START, true },     { DIRECTIVE_EXEC_START_POST, false },
                { DIRECTIVE_EXEC_RELOAD, false },   { DIRECTIVE_EXEC_STOP, true },
                { DIRECTIVE_EXEC_STOP_POST, true },
        };
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
                AUTO(fixture_done) Fixture f = { 0 };
                fixture_init(&f);
                assert_false(orphan_spawn_hides_group(&f.host, &f.unit));
                remember(&f, "b.service", rows[i].list, 0, 101);
                assert_false(orphan_spawn_hides_group(&f.host, &f.unit));
                remember(&f, "a.service", rows[i].list, 0, 100);
                assert_int_equal(orphan_spawn_hides_group(&f.host, &f.unit), rows[i].hides);
                assert_true(orphan_spawn_exited(&f.host, 100, CLD_EXITED, 0));
                assert_int_equal(claim(&f, rows[i].list, 0), 100);
                assert_false(orphan_spawn_hides_group(&f.host, &f.unit));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_only_the_same_command_is_claimed_and_only_once),
                cmocka_unit_test(test_an_exit_before_the_claim_comes_after_it),
                cmocka_unit_test(test_who_was_not_told_what_to_do_is_not_claimed),
                cmocka_unit_test(test_a_later_record_of_the_unit_forgets),
                cmocka_unit_test(test_what_is_not_claimed_is_recorded_again),
                cmocka_unit_test(test_a_group_is_hidden_where_it_was_empty_before_the_start),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
