/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/identity.h"

#include "sandbox_test.h"

/* These use /etc/passwd and /etc/group for names that every machine has. */

static void test_without_user_nothing_changes(void **state UNUSED) {
        AUTO(identity_done) Identity identity = IDENTITY_INIT;
        IdentityWish wish = { .unit_name = "a.service", .dynamic_uid = UID_KEEP };
        const char *name;

        assert_int_equal(identity_resolve_user(&wish, &identity), IDENTITY_FOUND);
        assert_int_equal(identity_resolve_groups(&wish, &identity, &name), IDENTITY_FOUND);
        assert_true(identity.uid == UID_KEEP && identity.gid == GID_KEEP);
        assert_false(identity.set_groups);
        assert_null(identity.user.name);
}

static void test_root_and_nobody_need_no_database(void **state UNUSED) {
        AUTO(identity_done) Identity root = IDENTITY_INIT, nobody = IDENTITY_INIT;
        IdentityWish wish = { .unit_name = "a.service", .user = "0", .dynamic_uid = UID_KEEP };

        assert_int_equal(identity_resolve_user(&wish, &root), IDENTITY_FOUND);
        assert_int_equal(root.uid, 0);
        assert_string_equal(root.user.name, "root");
        assert_string_equal(root.user.home, "/root");
        wish.user = "nobody";
        assert_int_equal(identity_resolve_user(&wish, &nobody), IDENTITY_FOUND);
        assert_int_equal(nobody.uid, 65534);
        assert_null(nobody.user.home);
        assert_null(nobody.user.shell);
}

static void test_a_user_brings_its_groups(void **state UNUSED) {
        AUTO(identity_done) Identity identity = IDENTITY_INIT;
        AUTO_STRV char **more = LIST("adm", "12345678");
        IdentityWish wish = { .unit_name = "a.service",
                              .user = "daemon",
                              .supplementary = more,
                              .dynamic_uid = UID_KEEP };
        const char *name = NULL;

        assert_int_equal(identity_resolve_user(&wish, &identity), IDENTITY_FOUND);
        assert_int_equal(identity.uid, 1);
        assert_null(identity.user.shell); /* nologin */
        assert_int_not_equal(identity_resolve_groups(&wish, &identity, &name), IDENTITY_FOUND);
        assert_string_equal(name, "12345678");
        assert_true(identity.set_groups);
        assert_int_equal(identity.groups.gids[0], identity.gid);
}

static void test_unknown_users_are_left_to_name_services(void **state UNUSED) {
        AUTO(identity_done) Identity identity = IDENTITY_INIT;
        IdentityWish wish = { .unit_name = "a.service",
                              .user = "no-such-user-here",
                              .dynamic_uid = UID_KEEP };

        assert_int_equal(identity_resolve_user(&wish, &identity), IDENTITY_ASK_MORE);
}

static void test_a_dynamic_user_has_a_name_and_its_own_group(void **state UNUSED) {
        AUTO(identity_done) Identity identity = IDENTITY_INIT;
        IdentityWish wish = { .unit_name = "made-up.service",
                              .dynamic = true,
                              .dynamic_uid = 61200 };
        const char *name;

        assert_int_equal(identity_resolve_user(&wish, &identity), IDENTITY_FOUND);
        assert_int_equal(identity_resolve_groups(&wish, &identity, &name), IDENTITY_FOUND);
        assert_string_equal(identity.user.name, "made-up");
        assert_true(identity.is_dynamic);
        assert_int_equal(identity.uid, 61200);
        assert_int_equal(identity.gid, 61200);
        assert_int_equal(identity.groups.n_gids, 1);
}

static void test_a_static_user_of_that_name_is_preferred(void **state UNUSED) {
        AUTO(identity_done) Identity identity = IDENTITY_INIT;
        IdentityWish wish = { .unit_name = "daemon.service",
                              .dynamic = true,
                              .dynamic_uid = 61200 };

        assert_int_equal(identity_resolve_user(&wish, &identity), IDENTITY_FOUND);
        assert_false(identity.is_dynamic);
        assert_int_equal(identity.uid, 1);
}

static void test_names_of_dynamic_users(void **state UNUSED) {
        AUTO_FREE char *plain = identity_dynamic_name("web-app.service");
        AUTO_FREE char *instance = identity_dynamic_name("web@1.service");
        AUTO_FREE char *again = identity_dynamic_name("web@1.service");

        assert_string_equal(plain, "web-app");
        assert_true(str_has_prefix(str_of(instance), "_du"));
        assert_int_equal(strlen(instance), 19);
        assert_string_equal(instance, again);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_without_user_nothing_changes),
                cmocka_unit_test(test_root_and_nobody_need_no_database),
                cmocka_unit_test(test_a_user_brings_its_groups),
                cmocka_unit_test(test_unknown_users_are_left_to_name_services),
                cmocka_unit_test(test_a_dynamic_user_has_a_name_and_its_own_group),
                cmocka_unit_test(test_a_static_user_of_that_name_is_preferred),
                cmocka_unit_test(test_names_of_dynamic_users),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
