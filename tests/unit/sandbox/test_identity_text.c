/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/identity_text.h"

#include "sandbox_test.h"

static const char passwd[] = "# comment\n"
                             "\n"
                             "root:x:0:0:root:/root:/bin/bash\n"
                             "+nis::::::\n"
                             "short:x:1\n"
                             "bad:x:one:1::/:/bin/sh\n"
                             "web:x:990:980:Web, Server:/srv/web:/usr/sbin/nologin\n"
                             "webmaster:x:991:981::/srv:/bin/sh\n"
                             "twin:x:990:980::/:/bin/sh\n"
                             "last:x:5:6::/l:/bin/sh";
static const char group[] = "root:x:0:\n"
                            "ssl:x:101:web,last\n"
                            "web:x:980:\n"
                            "adm:x:4:webmaster,web\n"
                            "-drop:x:55:web\n"
                            "broken:x:none:web\n"
                            "again:x:101:web";

static void test_users_are_found_by_name_and_number(void **state UNUSED) {
        AUTO(user_record_done) UserRecord record = { 0 }, by_number = { 0 }, last = { 0 };

        assert_int_equal(user_find_in_text(STR_LITERAL(passwd), "web", &record), IDENTITY_FOUND);
        assert_int_equal(record.uid, 990);
        assert_int_equal(record.gid, 980);
        assert_string_equal(record.name, "web");
        assert_string_equal(record.home, "/srv/web");
        assert_string_equal(record.shell, "/usr/sbin/nologin");
        assert_int_equal(user_find_in_text(STR_LITERAL(passwd), "990", &by_number), IDENTITY_FOUND);
        assert_string_equal(by_number.name, "web");
        assert_int_equal(user_find_in_text(STR_LITERAL(passwd), "last", &last), IDENTITY_FOUND);
        assert_int_equal(last.uid, 5);
}

static void test_lines_of_other_shape_are_nobody(void **state UNUSED) {
        static const char *const names[] = { "nobody", "we", "short", "bad", "nis", "1", "", "#" };
        UserRecord record;

        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                assert_int_equal(user_find_in_text(STR_LITERAL(passwd), names[i], &record),
                                 IDENTITY_UNKNOWN);
        assert_int_equal(user_find_in_text(STR_EMPTY, "root", &record), IDENTITY_UNKNOWN);
}

static void test_groups_are_found(void **state UNUSED) {
        gid_t gid = 0;

        assert_int_equal(group_find_in_text(STR_LITERAL(group), "adm", &gid), IDENTITY_FOUND);
        assert_int_equal(gid, 4);
        assert_int_equal(group_find_in_text(STR_LITERAL(group), "101", &gid), IDENTITY_FOUND);
        assert_int_equal(gid, 101);
        assert_int_equal(group_find_in_text(STR_LITERAL(group), "drop", &gid), IDENTITY_UNKNOWN);
        assert_int_equal(group_find_in_text(STR_LITERAL(group), "broken", &gid), IDENTITY_UNKNOWN);
}

static void test_membership_is_collected_once(void **state UNUSED) {
        AUTO(group_list_done) GroupList list = { 0 };

        assert_int_equal(group_list_in_text(STR_LITERAL(group), "web", 980, &list), IDENTITY_FOUND);
        assert_int_equal(list.n_gids, 3);
        assert_int_equal(list.gids[0], 980);
        assert_int_equal(list.gids[1], 101);
        assert_int_equal(list.gids[2], 4);
}

static void test_other_sources_are_noticed(void **state UNUSED) {
        static const char text[] = "passwd: files systemd\n"
                                   "group:  files [SUCCESS=merge] systemd # sss\n"
                                   "initgroups: files sss\n";

        assert_false(name_service_has_more(STR_LITERAL(text), "passwd"));
        assert_false(name_service_has_more(STR_LITERAL(text), "group"));
        assert_true(name_service_has_more(STR_LITERAL(text), "initgroups"));
        assert_false(name_service_has_more(STR_LITERAL(text), "shadow"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_users_are_found_by_name_and_number),
                cmocka_unit_test(test_lines_of_other_shape_are_nobody),
                cmocka_unit_test(test_groups_are_found),
                cmocka_unit_test(test_membership_is_collected_once),
                cmocka_unit_test(test_other_sources_are_noticed),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
