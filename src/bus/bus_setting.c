/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_setting.h"

#include <errno.h>
#include <stdlib.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "bus/bus_property.h"
#include "bus/bus_setting_form.h"
#include "unit/kind.h"

#define COMMANDS_SIGNATURE "a(sasb)"
#define COMMANDS_EX_SIGNATURE "a(sasas)"

int bus_setting_refuse(const char *name, sd_bus_error *error) {
        return sd_bus_error_setf(error,
                                 SD_BUS_ERROR_PROPERTY_READ_ONLY,
                                 "Cannot set property %s, or unknown property.",
                                 name);
}

/* One assignment that is being made. */
typedef struct Reading {
        sd_bus_message *message;
        const char *name;
        UnitSpec *spec;
        const DirectiveRow *directive;
        unsigned section;
        sd_bus_error *error;
} Reading;

static unsigned section_of(const UnitSpec *spec, const DirectiveRow *directive) {
        if (directive->sections & SECTION_UNIT)
                return SECTION_UNIT;
        return directive->sections & section_of_type(spec->type);
}

/* --- text ------------------------------------------------------------------------------------- */

static int refuse_value(Reading *reading, const char *text, const Diag *diag) {
        const char *why = diag->n_findings > 0 ? diag->findings[diag->n_findings - 1].text : NULL;

        return sd_bus_error_setf(reading->error,
                                 SD_BUS_ERROR_INVALID_ARGS,
                                 "Invalid %s setting: %s%s%s%s",
                                 reading->name,
                                 text,
                                 why ? " (" : "",
                                 why ?: "",
                                 why ? ")" : "");
}

static int assign(Reading *reading, Str key, Str text) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        const KindContext context = { .diag = &diag, .place = { .unit = reading->spec->name } };
        int r = unit_spec_assign(reading->spec, reading->section, key, text, &context);

        if (r == -ENOMEM)
                return r;
        if (r == KIND_OK)
                return 0;
        AUTO_FREE char *copy = str_dup(text);
        return copy ? refuse_value(reading, copy, &diag) : -ENOMEM;
}

static int assign_line(Reading *reading, const SettingForm *form, const char *line) {
        const char *end = form->names_keys ? strchr(line, '=') : NULL;
        const DirectiveRow *row;

        if (!end)
                return assign(reading, str_of(reading->directive->name), str_of(line));
        Str key = { line, (size_t)(end - line) };
        row = directive_find(reading->section, key);
        if (!row || row->id != reading->directive->id)
                return sd_bus_error_setf(reading->error,
                                         SD_BUS_ERROR_INVALID_ARGS,
                                         "Invalid %s setting: %s",
                                         reading->name,
                                         line);
        return assign(reading, key, str_of(end + 1));
}

static int read_lines(Reading *reading, const SettingFormRow *row) {
        SettingForm form = {
                .message = reading->message,
                .property = reading->name,
                .directive = reading->directive,
                .separator = row->separator,
        };
        int r = row->read(&form);
        AUTO_STRV char **lines = form.lines;

        if (r == -EINVAL)
                return sd_bus_error_setf(reading->error,
                                         SD_BUS_ERROR_INVALID_ARGS,
                                         "Invalid %s setting.",
                                         reading->name);
        STRV_FOREACH(line, lines) {
                if (r >= 0)
                        r = assign_line(reading, &form, *line);
        }
        return r;
}

/* --- commands --------------------------------------------------------------------------------- */

static int read_flags(Reading *reading, bool as_names, unsigned *ret) {
        static const struct {
                const char *name;
                unsigned flag;
        } names[] = {
                { "ignore-failure", COMMAND_IGNORE_FAILURE },
                { "privileged", COMMAND_FULL_PRIVILEGE },
                { "no-setuid", COMMAND_KEEP_USER_PRIVILEGE },
                { "ambient", COMMAND_AMBIENT_FALLBACK },
                { "no-env-expand", COMMAND_NO_EXPAND },
        };
        AUTO_STRV char **words = NULL;
        int ignore, r;

        *ret = COMMAND_ARGV0;
        if (!as_names) {
                r = sd_bus_message_read_basic(reading->message, 'b', &ignore);
                *ret |= r >= 0 && ignore ? COMMAND_IGNORE_FAILURE : 0;
                return r;
        }
        r = sd_bus_message_read_strv(reading->message, &words);
        STRV_FOREACH(word, words) {
                unsigned i = 0;
                while (i < ARRAY_LENGTH(names) && !streq(names[i].name, *word))
                        i++;
                if (i == ARRAY_LENGTH(names))
                        return sd_bus_error_setf(reading->error,
                                                 SD_BUS_ERROR_INVALID_ARGS,
                                                 "Invalid %s setting: unknown flag %s",
                                                 reading->name,
                                                 *word);
                *ret |= names[i].flag;
        }
        return r;
}

static int check_command(Reading *reading, const char *path, char *const *argv) {
        if (*path != '/' && !file_name_is_valid(path))
                return sd_bus_error_setf(reading->error,
                                         SD_BUS_ERROR_INVALID_ARGS,
                                         "Path %s is not absolute.",
                                         path);
        if (strv_length(argv) == 0)
                return sd_bus_error_setf(reading->error,
                                         SD_BUS_ERROR_INVALID_ARGS,
                                         "Invalid argv for %s.",
                                         reading->name);
        return 0;
}

static int add_command(Reading *reading, bool as_names) {
        Command command = { 0 };
        AUTO_STRV char **argv = NULL;
        const char *path;
        int r = sd_bus_message_read_basic(reading->message, 's', &path);

        if (r >= 0)
                r = sd_bus_message_read_strv(reading->message, &argv);
        if (r >= 0)
                r = read_flags(reading, as_names, &command.flags);
        if (r >= 0)
                r = check_command(reading, path, argv);
        if (r < 0)
                return r;
        Value *value = unit_spec_edit(reading->spec, reading->directive->id);
        command.path = value ? strdup(path) : NULL;
        if (!command.path)
                return err_new(-ENOMEM);
        value->shape = SHAPE_COMMANDS;
        command.argv = STEAL(argv);
        return value_add_command(value, command);
}

static int read_commands(Reading *reading, bool as_names) {
        const char *member = as_names ? "sasas" : "sasb";
        unsigned n = 0;
        int r = sd_bus_message_enter_container(
                reading->message, 'a', as_names ? "(sasas)" : "(sasb)");

        while (r >= 0 && (r = sd_bus_message_at_end(reading->message, false)) == 0) {
                r = sd_bus_message_enter_container(reading->message, 'r', member);
                if (r >= 0)
                        r = add_command(reading, as_names);
                if (r >= 0)
                        r = sd_bus_message_exit_container(reading->message);
                n++;
        }
        if (r < 0)
                return r;
        if (n == 0)
                unit_spec_unset(reading->spec, reading->directive->id);
        return sd_bus_message_exit_container(reading->message);
}

/* --- limits ----------------------------------------------------------------------------------- */

/* LimitX sets both where only one has come; LimitXSoft lowers the soft one. */
static int read_limit(Reading *reading) {
        bool is_soft = str_has_suffix(str_of(reading->name), "Soft");
        uint64_t number;
        int r = sd_bus_message_read_basic(reading->message, 't', &number);

        if (r < 0)
                return r;
        const Value *before = unit_spec_find(reading->spec, reading->directive->id);
        ResourceLimit limit =
                before && before->limit ? *before->limit : (ResourceLimit){ number, number };
        if (is_soft)
                limit.soft = number;
        else
                limit.hard = number;
        limit.soft = MIN(limit.soft, limit.hard);
        Value *value = unit_spec_edit(reading->spec, reading->directive->id);
        if (!value)
                return err_new(-ENOMEM);
        value->shape = SHAPE_LIMIT;
        if (!value->limit)
                value->limit = malloc(sizeof(*value->limit));
        if (!value->limit)
                return err_new(-ENOMEM);
        *value->limit = limit;
        return 0;
}

/* --- one property ----------------------------------------------------------------------------- */

static int check_type(Reading *reading, const char *wanted, const char *found) {
        if (streq(wanted, found))
                return 0;
        return sd_bus_error_setf(reading->error,
                                 SD_BUS_ERROR_INVALID_ARGS,
                                 "Property %s has type '%s', expecting '%s'.",
                                 reading->name,
                                 found,
                                 wanted);
}

static bool is_commands(const DirectiveRow *directive) {
        return directive->kind->shape == SHAPE_COMMANDS;
}

static int read_value(Reading *reading, const SettingFormRow *row, const char *found) {
        bool as_names = str_has_suffix(str_of(reading->name), "Ex");
        const char *wanted = as_names ? COMMANDS_EX_SIGNATURE : COMMANDS_SIGNATURE;
        bool has_commands = is_commands(reading->directive);
        bool is_limit = reading->directive->kind->shape == SHAPE_LIMIT;
        int r = check_type(reading, has_commands ? wanted : is_limit ? "t" : row->signature, found);

        if (r >= 0)
                r = sd_bus_message_enter_container(reading->message, 'v', found);
        if (r < 0)
                return r;
        if (has_commands)
                r = read_commands(reading, as_names);
        else
                r = is_limit ? read_limit(reading) : read_lines(reading, row);
        return r < 0 ? r : sd_bus_message_exit_container(reading->message);
}

int bus_setting_read(BusCall *call,
                     const char *name,
                     UnitSpec *spec,
                     const DirectiveRow **ret_directive) {
        Reading reading = {
                .message = call->message, .name = name, .spec = spec, .error = call->error
        };
        const char *shown = NULL, *found;
        const SettingFormRow *row;
        char type;
        int r = sd_bus_message_peek_type(call->message, &type, &found);

        if (r < 0)
                return r;
        reading.directive = bus_property_setting(call->server, spec->type, name, &shown);
        row = setting_form_find(name, shown);
        if (row && row->setting)
                reading.directive =
                        bus_property_setting(call->server, spec->type, row->setting, NULL);
        if (!reading.directive || (!row && !is_commands(reading.directive)))
                return bus_setting_refuse(name, call->error);
        reading.section = section_of(spec, reading.directive);
        if (reading.section == 0)
                return bus_setting_refuse(name, call->error);
        if (ret_directive)
                *ret_directive = reading.directive;
        return read_value(&reading, row, found);
}
