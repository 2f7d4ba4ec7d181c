/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "unit/directive.h"
#include "unit/kind.h"

/* Whether the row begins another table: names start again. */
static bool begins_table(const DirectiveRow *before, const DirectiveRow *row) {
        return strcmp(before->name, row->name) > 0;
}

static void test_tables_are_sorted_by_name_and_number(void **state) {
        (void)state;
        const DirectiveRow *before = directive_at(0), *row;

        for (unsigned i = 1; (row = directive_at(i)); i++) {
                if (!begins_table(before, row))
                        assert_true(before->id <= row->id);
                if (streq(before->name, row->name))
                        assert_int_equal(before->sections & row->sections, 0);
                before = row;
        }
        before = directive_old_at(0);
        for (unsigned i = 1; (row = directive_old_at(i)); i++) {
                assert_true(strcmp(before->name, row->name) <= 0);
                before = row;
        }
}

/* A unit type whose own section is among these; service where any type will do. */
static UnitType type_for(unsigned sections) {
        for (int type = 0; type < UNIT_TYPE_COUNT; type++)
                if (section_of_type((UnitType)type) & sections)
                        return (UnitType)type;
        return UNIT_SERVICE;
}

static void test_every_row_is_found(void **state) {
        (void)state;
        const DirectiveRow *row;

        for (unsigned i = 0; (row = directive_at(i)); i++) {
                const DirectiveRow *by_id = directive_row(type_for(row->sections), row->id);

                assert_non_null(by_id);
                assert_int_equal(by_id->id, row->id);
                assert_int_equal(by_id->kind->shape, row->kind->shape);
                for (unsigned section = 1; section <= SECTION_PLAN; section <<= 1)
                        if (row->sections & section)
                                assert_ptr_equal(directive_find(section, str_of(row->name)), row);
        }
        for (unsigned i = 0; (row = directive_old_at(i)); i++)
                for (unsigned section = 1; section <= SECTION_PLAN; section <<= 1)
                        if (row->sections & section)
                                assert_ptr_equal(directive_find(section, str_of(row->name)), row);
}

static void test_every_number_has_a_row(void **state) {
        (void)state;
        bool seen[DIRECTIVE_COUNT] = { false };
        const DirectiveRow *row;

        for (unsigned i = 0; (row = directive_at(i)); i++)
                seen[row->id] = true;
        for (int id = DIRECTIVE_NONE + 1; id < DIRECTIVE_COUNT; id++)
                assert_true(seen[id]);
        assert_false(seen[DIRECTIVE_NONE]);
}

static void test_rows_are_complete(void **state) {
        (void)state;
        const DirectiveRow *row;

        for (unsigned i = 0; (row = directive_at(i)); i++) {
                assert_non_null(row->kind);
                assert_non_null(row->kind->name);
                assert_non_null(row->kind->bus_type);
                assert_true(row->kind->shape < SHAPE_COUNT);
                assert_true(row->support < SUPPORT_COUNT);
                if (row->support == SUPPORT_NONE || row->support == SUPPORT_WEAKENED)
                        assert_non_null(row->note);
        }
}

static void test_unknown_keys_are_not_found(void **state) {
        (void)state;
        assert_null(directive_find(SECTION_SERVICE, STR_LITERAL("ExecStar")));
        assert_null(directive_find(SECTION_SERVICE, STR_LITERAL("ExecStartX")));
        assert_null(directive_find(SECTION_SERVICE, STR_LITERAL("execstart")));
        assert_null(directive_find(SECTION_SERVICE, STR_EMPTY));
        assert_null(directive_find(SECTION_SERVICE, ((Str){ "Type\0", 5 })));
        assert_null(directive_find(SECTION_UNIT, STR_LITERAL("ExecStart")));
        assert_null(directive_find(0, STR_LITERAL("ExecStart")));
        assert_null(directive_row(UNIT_TARGET, DIRECTIVE_EXEC_START));
}

static void test_one_key_differs_by_section(void **state) {
        (void)state;
        const DirectiveRow *service = directive_find(SECTION_SERVICE, STR_LITERAL("Type"));
        const DirectiveRow *mount = directive_find(SECTION_MOUNT, STR_LITERAL("Type"));

        assert_int_equal(service->id, DIRECTIVE_TYPE);
        assert_int_equal(mount->id, DIRECTIVE_MOUNT_TYPE);
        assert_int_equal(directive_find(SECTION_SERVICE, STR_LITERAL("TimeoutSec"))->also,
                         DIRECTIVE_TIMEOUT_STOP_SEC);
        assert_int_equal(directive_find(SECTION_SOCKET, STR_LITERAL("TimeoutSec"))->id,
                         DIRECTIVE_TIMEOUT_SEC);
        assert_int_equal(directive_find(SECTION_SERVICE, STR_LITERAL("StartLimitInterval"))->id,
                         DIRECTIVE_START_LIMIT_INTERVAL_SEC);
}

static void test_sections_have_names(void **state) {
        (void)state;
        assert_int_equal(section_parse(STR_LITERAL("X-Tend")), SECTION_X_TEND);
        assert_int_equal(section_parse(STR_LITERAL("X-Other")), 0);
        assert_int_equal(section_parse(STR_LITERAL("service")), 0);
        for (unsigned section = 1; section <= SECTION_PLAN; section <<= 1)
                assert_int_equal(section_parse(str_of(section_name(section))), section);
        assert_null(section_name(SECTION_UNIT | SECTION_INSTALL));
        assert_int_equal(section_of_type(UNIT_TARGET), 0);
}

static void test_a_nul_is_in_no_name(void **state UNUSED) {
        const char *key, *section;

        assert_null(directive_find(SECTION_SERVICE, STR_LITERAL("User\0Group")));
        directive_suggest(SECTION_UNIT, STR_LITERAL("User\0Group"), &key, &section);
        assert_null(section); /* "User" is known, in another section */
}

static void test_near_names_are_suggested(void **state) {
        (void)state;
        static const struct {
                unsigned section;
                const char *typed, *key, *other_section;
        } cases[] = {
                { SECTION_SERVICE, "ExecStrat", "ExecStart", NULL },
                { SECTION_SERVICE, "Enviroment", "Environment", NULL },
                { SECTION_UNIT, "ExecStart", NULL, "Service" },
                { SECTION_SERVICE, "WantedBy", NULL, "Install" },
                { SECTION_SERVICE, "Nonsense", NULL, NULL },
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
                const char *key, *section;

                directive_suggest(cases[i].section, str_of(cases[i].typed), &key, &section);
                assert_true(streq_null(key, cases[i].key));
                assert_true(streq_null(section, cases[i].other_section));
        }
}

static void test_removed_settings_are_known(void **state) {
        (void)state;
        assert_true(directive_is_obsolete(SECTION_SERVICE, STR_LITERAL("SysVStartPriority")));
        assert_true(directive_is_obsolete(SECTION_SLICE, STR_LITERAL("NetClass")));
        assert_false(directive_is_obsolete(SECTION_UNIT, STR_LITERAL("NetClass")));
        assert_false(directive_is_obsolete(SECTION_SERVICE, STR_LITERAL("ExecStart")));
}

/* All settings that the installed systemd of version 252 lists, with the section before each. */
static void test_nothing_of_systemd_is_missing(void **state) {
        (void)state;
        FILE *pipe = popen("exec unshare -m sh -c 'mount -t tmpfs tmpfs /run && exec "
                           "/lib/systemd/systemd --dump-configuration-items' 2>/dev/null",
                           "re");
        unsigned section = 0, n_settings = 0, n_missing = 0;
        char line[512];

        assert_non_null(pipe);
        while (fgets(line, sizeof(line), pipe)) {
                Str text = str_trim(str_of(line)), key;

                if (text.length > 1 && text.data[0] == '[') {
                        section = section_parse((Str){ text.data + 1, text.length - 2 });
                        assert_int_not_equal(section, 0);
                        continue;
                }
                if (text.length == 0 || !str_next_part(&text, '=', &key))
                        continue;
                n_settings++;
                if (!directive_find(section, key)) {
                        print_error("%s: %.*s\n", section_name(section), STR_ARG(key));
                        n_missing++;
                }
        }
        if (pclose(pipe) != 0 || n_settings == 0) {
                print_message("needs /lib/systemd/systemd and a mount name space\n");
                skip();
        }
        assert_int_equal(n_missing, 0);
        assert_true(n_settings > 1000);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_tables_are_sorted_by_name_and_number),
                cmocka_unit_test(test_every_row_is_found),
                cmocka_unit_test(test_every_number_has_a_row),
                cmocka_unit_test(test_rows_are_complete),
                cmocka_unit_test(test_unknown_keys_are_not_found),
                cmocka_unit_test(test_one_key_differs_by_section),
                cmocka_unit_test(test_sections_have_names),
                cmocka_unit_test(test_a_nul_is_in_no_name),
                cmocka_unit_test(test_near_names_are_suggested),
                cmocka_unit_test(test_removed_settings_are_known),
                cmocka_unit_test(test_nothing_of_systemd_is_missing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
