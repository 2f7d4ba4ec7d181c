/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/property_assign.h"

#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "bus/bus_default_properties.h"
#include "bus/bus_value.h"
#include "tend/program.h"
#include "unit/directive.h"
#include "unit/kind.h"
#include "unit/unit_name.h"
#include "unit/unit_spec.h"
#include "unit/word.h"

/* One assignment, looked up. */
typedef struct Assignment {
        const char *text; /* as typed */
        Str key, value;
        unsigned section;
        const DirectiveRow *row;
        const char *property, *signature; /* on the bus */
} Assignment;

/* The signature of a property; commands are sent shorter than they are shown. */
static const char *signature_of(const char *property) {
        for (unsigned family = BUS_FAMILY_UNIT; family < BUS_FAMILY_COUNT; family++) {
                const BusPropertyFamily *range = &bus_property_families[family];
                for (unsigned i = range->first; i < range->first + range->n_rows; i++)
                        if (streq(bus_property_rows[i].name, property))
                                return bus_property_rows[i].signature;
        }
        return NULL;
}

static bool find_row(const char *unit, Assignment *assignment) {
        UnitType type;

        if (unit_name_type(unit, &type) < 0)
                return false;
        const unsigned sections[] = { section_of_type(type), SECTION_UNIT };
        for (size_t i = 0; i < ARRAY_LENGTH(sections) && !assignment->row; i++) {
                assignment->row = sections[i] ? directive_find(sections[i], assignment->key) : NULL;
                assignment->section = sections[i];
        }
        if (!assignment->row)
                return false;
        return true;
}

static bool find_property(Assignment *assignment) {
        const char *name = assignment->row->bus_name;
        assignment->property = name ? name : assignment->row->name;
        assignment->signature = signature_of(assignment->property);
        return assignment->signature != NULL;
}

/* Command lines as StartTransientUnit takes them. */
static int append_commands(sd_bus_message *message, const CommandList *list) {
        int r = sd_bus_message_open_container(message, 'a', "(sasb)");

        for (unsigned i = 0; r >= 0 && list && i < list->n_commands; i++) {
                const Command *command = &list->commands[i];
                r = sd_bus_message_open_container(message, 'r', "sasb");
                if (r >= 0)
                        r = sd_bus_message_append(message, "s", command->path);
                if (r >= 0)
                        r = sd_bus_message_append_strv(message, command->argv);
                if (r >= 0)
                        r = sd_bus_message_append(
                                message, "b", (command->flags & COMMAND_IGNORE_FAILURE) != 0);
                if (r >= 0)
                        r = sd_bus_message_close_container(message);
        }
        return r < 0 ? err_pass(r) : sd_bus_message_close_container(message);
}

/* --- settings that are sent as members of a list
 * ------------------------------------------------------------ */

/* clang-format off */
static const struct {
        const char *begin;     /* of the setting's name */
        const char *property;
        const char *signature; /* of the list */
        unsigned n_skip;       /* of the name, which is the member's first part */
} list_rows[] = {
        { "DirectoryNotEmpty", "Paths", "a(ss)", 0 },
        { "Listen", "Listen", "a(ss)", 6 },
        { "OnActiveSec", "TimersMonotonic", "a(st)", 0 },
        { "OnBootSec", "TimersMonotonic", "a(st)", 0 },
        { "OnCalendar", "TimersCalendar", "a(ss)", 0 },
        { "OnStartupSec", "TimersMonotonic", "a(st)", 0 },
        { "OnUnitActiveSec", "TimersMonotonic", "a(st)", 0 },
        { "OnUnitInactiveSec", "TimersMonotonic", "a(st)", 0 },
        { "PathChanged", "Paths", "a(ss)", 0 },
        { "PathExists", "Paths", "a(ss)", 0 },
        { "PathModified", "Paths", "a(ss)", 0 },
};
/* clang-format on */

/* Appends the assignment when it is one of those: 1, else 0. */
static int append_member(sd_bus_message *message, const Assignment *assignment) {
        AUTO_FREE char *value = str_dup(assignment->value);

        for (size_t i = 0; value && i < ARRAY_LENGTH(list_rows); i++) {
                const char *name = assignment->row->name, *signature = list_rows[i].signature;
                uint64_t usec;
                if (!str_has_prefix(str_of(name), list_rows[i].begin))
                        continue;
                const char *member = name + list_rows[i].n_skip;
                if (streq(signature, "a(ss)"))
                        return sd_bus_message_append(message,
                                                     "(sv)",
                                                     list_rows[i].property,
                                                     signature,
                                                     1,
                                                     member,
                                                     value) < 0
                                       ? -ENOMEM
                                       : 1;
                if (duration_parse(assignment->value, USEC_PER_SEC, &usec) < 0)
                        return err_new(-EINVAL);
                return sd_bus_message_append(
                               message, "(sv)", list_rows[i].property, signature, 1, member, usec) <
                                       0
                               ? -ENOMEM
                               : 1;
        }
        return value ? 0 : err_new(-ENOMEM);
}

/* Conditions and assertions: "|!value". 1 when it is one, else 0. */
static int append_condition(sd_bus_message *message, const Assignment *assignment) {
        const char *name = assignment->row->name;
        bool is_assert = str_has_prefix(str_of(name), "Assert");
        Str value = assignment->value;

        if (!is_assert && !str_has_prefix(str_of(name), "Condition"))
                return 0;
        bool trigger = str_skip_prefix(&value, "|"), negate = str_skip_prefix(&value, "!");
        return sd_bus_message_append(message,
                                     "(sv)",
                                     is_assert ? "Asserts" : "Conditions",
                                     "a(sbbs)",
                                     1,
                                     name,
                                     trigger,
                                     negate,
                                     value.data) < 0
                       ? -ENOMEM
                       : 1;
}

/* --- all others
 * --------------------------------------------------------------------------------------------- */

/* Credentials, which the manager shows to nobody. */
static int append_credentials(sd_bus_message *message, const Value *value) {
        const RuleList *list = value->rules;
        int r = sd_bus_message_open_container(message, 'a', "(say)");

        for (unsigned i = 0; r >= 0 && list && i < list->n_rules; i++) {
                AUTO(strbuf_done) StrBuf data = STRBUF_INIT;
                r = word_unescape_all(str_of(list->rules[i].options), &data);
                if (r >= 0)
                        r = sd_bus_message_open_container(message, 'r', "say");
                if (r >= 0)
                        r = sd_bus_message_append(message, "s", list->rules[i].source);
                if (r >= 0)
                        r = sd_bus_message_append_array(
                                message, 'y', strbuf_text(&data), data.length);
                if (r >= 0)
                        r = sd_bus_message_close_container(message);
        }
        return r < 0 ? err_pass(r) : sd_bus_message_close_container(message);
}

/* "-" in front, where the manager shows "!". */
static int append_working_directory(sd_bus_message *message, const Value *value) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        strbuf_add(&text, value->flags & VALUE_ALLOW_MISSING ? "-" : "");
        strbuf_add(&text, value->text);
        if (strbuf_result(&text) < 0)
                return err_new(-ENOMEM);
        return err_pass(sd_bus_message_append(message, "s", strbuf_text(&text)));
}

/* What an assignment that resets a setting sends. */
static int append_nothing(sd_bus_message *message, const char *signature) {
        if (signature[0] == 'a') {
                int r = sd_bus_message_open_container(message, 'a', signature + 1);
                return r < 0 ? err_pass(r) : sd_bus_message_close_container(message);
        }
        if (streq(signature, "s"))
                return err_pass(sd_bus_message_append(message, "s", ""));
        if (streq(signature, "t"))
                return err_pass(sd_bus_message_append(message, "t", UINT64_MAX));
        return err_new(-EOPNOTSUPP);
}

static int append_setting(sd_bus_message *message,
                          const char *signature,
                          const DirectiveRow *row,
                          const Value *value) {
        AUTO(bus_body_done) BusBody body = bus_body_of(signature);

        if (row->id == DIRECTIVE_SET_CREDENTIAL)
                return err_pass(append_credentials(message, value));
        if (row->id == DIRECTIVE_WORKING_DIRECTORY && value->shape == SHAPE_TEXT)
                return err_pass(append_working_directory(message, value));
        int r = bus_value_append(&body, signature, row, value);
        return r < 0 ? err_pass(r) : bus_body_copy(&body, message);
}

static int append_value(sd_bus_message *message, const Assignment *assignment, const Value *value) {
        bool is_command = str_has_prefix(str_of(assignment->signature), "a(sasb");
        const char *signature = is_command ? "a(sasb)" : assignment->signature;

        int r = sd_bus_message_open_container(message, 'r', "sv");
        if (r >= 0)
                r = sd_bus_message_append(message, "s", assignment->property);
        if (r >= 0)
                r = sd_bus_message_open_container(message, 'v', signature);
        if (r < 0)
                return err_pass(r);
        if (is_command)
                r = append_commands(message, value ? value->commands : NULL);
        else if (value)
                r = append_setting(message, signature, assignment->row, value);
        else
                r = append_nothing(message, signature);
        if (r >= 0)
                r = sd_bus_message_close_container(message);
        return r < 0 ? err_pass(r) : sd_bus_message_close_container(message);
}

/* Parses as the line of a unit file is parsed. */
static int assign(sd_bus_message *message, const char *unit, Assignment *assignment) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        const KindContext context = { .diag = &diag };

        int r = unit_spec_new(unit, &spec);
        if (r < 0)
                return err_pass(r);
        r = unit_spec_assign(
                spec, assignment->section, assignment->key, assignment->value, &context);
        if (r < 0 || r == KIND_IGNORED || r == KIND_REFUSED) {
                (void)program_fail("Failed to parse %s: Invalid argument", assignment->text);
                return err_new(-EINVAL);
        }
        r = append_member(message, assignment);
        if (r == 0)
                r = append_condition(message, assignment);
        if (r != 0)
                return r < 0 ? err_pass(r) : 0;
        if (!find_property(assignment))
                return err_new(-EOPNOTSUPP);
        return err_pass(
                append_value(message, assignment, unit_spec_find(spec, assignment->row->id)));
}

int property_assign(sd_bus_message *message, const char *unit, const char *text) {
        Assignment assignment = { .text = text };
        const char *equals = strchr(text, '=');

        if (!equals) {
                (void)program_fail("Not an assignment: %s", text);
                return err_new(-EINVAL);
        }
        assignment.key = (Str){ text, (size_t)(equals - text) };
        assignment.value = str_of(equals + 1);
        int r = find_row(unit, &assignment) ? assign(message, unit, &assignment) : -EOPNOTSUPP;
        if (r == -EOPNOTSUPP)
                (void)program_fail("Unknown assignment: %s", text);
        return err_pass(r);
}
