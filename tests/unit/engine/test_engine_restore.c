/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine_snapshot.h"

#include <string.h>

#include "../../engine/fake_host.h"
#include "base/diag.h"
#include "unit_test.h"

static const char service_text[] =
        "[Unit]\nAfter=b.service\nRequires=b.service\n[Service]\nExecStart=/x\n";

static FakeHost *host_with_units(void) {
        FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.service", service_text);
        fake_host_add_unit(host, "b.service", "[Service]\nType=notify\nExecStart=/x\n");
        return host;
}

static int restore(FakeHost *host, const char *text, Diag *diag) {
        return engine_snapshot_restore(host->engine, str_of(text), diag);
}

static void test_records_that_are_none_are_skipped(void **state UNUSED) {
        static const char *const records[] = {
                "",
                "\n",
                "x",
                "version",
                "version=1",
                "version=1\n",
                "version=x\nunit=a.service\n",
                "unit=a.service\nversion=1\n",
                "version=1\nstate=running\n",
                "version=1\nunit=\n",
                "version=1\nunit=a\n",
                "version=1\nunit=a@.service\n",
                "version=1\nunit=../../etc/passwd\n",
                "version=2\nunit=a.service\nstate=running\n",
                "version=99999999999999999999\nunit=a.service\n",
        };
        for (size_t i = 0; i < ARRAY_LENGTH(records); i++) {
                AUTO(fake_host_free) FakeHost *host = host_with_units();
                AUTO(diag_clear) Diag diag = DIAG_INIT;
                assert_true(restore(host, records[i], &diag) > 0);
                assert_int_equal(diag.n_findings, 1);
                engine_restore_finish(host->engine);
                fake_host_run(host);
                assert_null(engine_find_unit(host->engine, "a.service"));
        }
}

static void test_bad_values_are_left_out_and_the_rest_is_used(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = host_with_units();
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        assert_int_equal(
                restore(host,
                        "version=1\nunit=b.service\nstate=failed\ninvocation=zz\n"
                        "state_change=5\nstart_limit=1 x\njob=dance waiting 0 0 0 \n"
                        "job=try-restart waiting 0 0 0 \ntransition=1 a b c d\nfuture_key=1\nresult=signal\n",
                        &diag),
                0);
        assert_int_equal(diag.n_findings, 6);
        engine_restore_finish(host->engine);
        const Unit *unit = engine_find_unit(host->engine, "b.service");
        assert_int_equal(unit->state, SERVICE_FAILED);
        assert_int_equal(host->engine->n_failed, 1);
        assert_null(unit->job);
        assert_string_equal(unit_result_name(unit), "signal");
}

static void test_a_second_record_of_a_unit_is_skipped(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = host_with_units();
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        assert_int_equal(restore(host, "version=1\nunit=b.service\nstate=failed\n", &diag), 0);
        assert_true(restore(host, "version=1\nunit=b.service\nstate=failed\n", &diag) > 0);
        assert_int_equal(host->engine->n_failed, 1);
}

static void test_too_long_a_record_is_skipped(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = host_with_units();
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        AUTO_FREE char *text = malloc(SNAPSHOT_MAX + 2);
        assert_non_null(text);
        memset(text, '\n', SNAPSHOT_MAX + 1);
        memcpy(text, "version=1\nunit=a.service\n", 25);
        text[SNAPSHOT_MAX + 1] = '\0';
        assert_true(restore(host, text, &diag) > 0);
}

/* Whatever a record says, the engine stays whole and everything can be stopped. */
static void check_survives(const char *record, size_t length) {
        AUTO(fake_host_free) FakeHost *host = host_with_units();
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        host->silent = true;
        assert_true(engine_snapshot_restore(host->engine, (Str){ record, length }, &diag) >= 0);
        engine_restore_finish(host->engine);
        fake_host_run(host);
        fake_host_advance(host, UINT64_C(1000000000));
}

static void test_damaged_records_do_no_harm(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = host_with_units();
        assert_int_equal(fake_host_start(host, "a.service"), 0);
        AUTO_FREE char *records = fake_host_records(host);
        char *record = strstr(records, "version=1\nunit=b.service\n");
        assert_non_null(record);
        size_t length = (size_t)(strstr(record, "\n\n") - record) + 1;
        for (size_t i = 0; i < length; i++) {
                check_survives(record, i);
                char kept = record[i];
                record[i] = (char)(kept ^ (1 << (i % 7)));
                check_survives(record, length);
                record[i] = kept;
        }
}

static void test_jobs_go_on(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = host_with_units();
        assert_int_equal(fake_host_start(host, "a.service"), 0);
        fake_host_crash(host, NULL);
        const Unit *a = engine_find_unit(host->engine, "a.service");
        const Unit *b = engine_find_unit(host->engine, "b.service");
        assert_int_equal(a->job->state, JOB_WAITING);
        assert_int_equal(b->job->state, JOB_RUNNING);
        assert_true(a->job->by_request);
        assert_string_equal(b->job->because, "a.service");
        fake_host_notify(host, "b.service", b->service->main_pid, "READY=1");
        assert_int_equal(a->state, SERVICE_RUNNING);
        assert_int_equal(host->engine->n_jobs, 0);
}

static void test_units_that_never_did_anything_have_no_record(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = host_with_units();
        assert_false(engine_snapshot_is_due(fake_host_unit(host, "a.service")));
        assert_int_equal(fake_host_start(host, "a.service"), 0);
        assert_true(engine_snapshot_is_due(fake_host_unit(host, "a.service")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_records_that_are_none_are_skipped),
                cmocka_unit_test(test_bad_values_are_left_out_and_the_rest_is_used),
                cmocka_unit_test(test_a_second_record_of_a_unit_is_skipped),
                cmocka_unit_test(test_too_long_a_record_is_skipped),
                cmocka_unit_test(test_damaged_records_do_no_harm),
                cmocka_unit_test(test_jobs_go_on),
                cmocka_unit_test(test_units_that_never_did_anything_have_no_record),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
