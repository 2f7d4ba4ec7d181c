/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_spec.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "base/strv_index.h"
#include "base/utf8.h"
#include "unit/kind.h"

static const char *const load_state_names[] = {
        [UNIT_STUB] = "stub",           [UNIT_LOADED] = "loaded",
        [UNIT_NOT_FOUND] = "not-found", [UNIT_BAD_SETTING] = "bad-setting",
        [UNIT_ERROR] = "error",         [UNIT_MERGED] = "merged",
        [UNIT_MASKED] = "masked",
};
static_assert(ARRAY_LENGTH(load_state_names) == UNIT_LOAD_STATE_COUNT, "every state has a name");

const char *unit_load_state_name(UnitLoadState state) {
        return enum_print(load_state_names, UNIT_LOAD_STATE_COUNT, (int)state);
}

int unit_spec_new(const char *name, UnitSpec **ret) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        UnitType type;
        int r = unit_name_type(name, &type);

        if (r < 0)
                return err_pass(r);
        spec = calloc(1, sizeof(*spec));
        if (!spec)
                return err_new(-ENOMEM);
        spec->name = str_dup(str_of(name));
        if (!spec->name)
                return err_new(-ENOMEM);
        spec->type = type;
        *ret = STEAL(spec);
        return 0;
}

UnitSpec *unit_spec_free(UnitSpec *spec) {
        if (!spec)
                return NULL;
        for (unsigned i = 0; i < spec->n_values; i++)
                value_clear(&spec->values[i]);
        free(spec->values);
        free(spec->name);
        strv_free(spec->aliases);
        free(spec->fragment_path);
        free(spec->source_path);
        strv_free(spec->dropin_paths);
        free(spec->load_error);
        diag_clear(&spec->diag);
        free(spec);
        return NULL;
}

static int copy_text(const char *from, char **ret) {
        *ret = from ? str_dup(str_of(from)) : NULL;
        return from && !*ret ? err_new(-ENOMEM) : 0;
}

static int copy_strv(char **from, char ***ret) {
        return strv_extend(ret, from);
}

#define VALUES_STEP 4 /* values are allocated in steps of so many */

int unit_spec_copy_values(const UnitSpec *from, UnitSpec *to) {
        if (from->n_values == 0)
                return 0;
        unsigned capacity = (from->n_values + VALUES_STEP - 1) / VALUES_STEP * VALUES_STEP;
        to->values = calloc(capacity, sizeof(*to->values));
        if (!to->values)
                return err_new(-ENOMEM);
        for (; to->n_values < from->n_values; to->n_values++) {
                int r = value_copy(&from->values[to->n_values], &to->values[to->n_values]);

                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static int copy_findings(const Diag *from, Diag *to) {
        for (unsigned i = 0; i < from->n_findings; i++) {
                const Finding *finding = &from->findings[i];
                DiagPlace place = { finding->unit, finding->file, finding->line };

                diag_add(to, &place, finding->severity, "%s", finding->text);
                if (finding->hint)
                        diag_hint(to, "%s", finding->hint);
        }
        to->lost += from->lost;
        return 0;
}

int unit_spec_copy(const UnitSpec *spec, UnitSpec **ret) {
        AUTO(unit_spec_free) UnitSpec *copy = NULL;
        int r = unit_spec_new(spec->name, &copy);

        if (r < 0)
                return err_pass(r);
        copy->load_state = spec->load_state;
        copy->stamp = spec->stamp;
        copy->transient = spec->transient;
        copy->built_in = spec->built_in;
        copy->satisfied = spec->satisfied;
        copy->replaced = spec->replaced;
        if (copy_strv(spec->aliases, &copy->aliases) < 0 ||
            copy_strv(spec->dropin_paths, &copy->dropin_paths) < 0 ||
            copy_text(spec->fragment_path, &copy->fragment_path) < 0 ||
            copy_text(spec->source_path, &copy->source_path) < 0 ||
            copy_text(spec->load_error, &copy->load_error) < 0 ||
            unit_spec_copy_values(spec, copy) < 0 || copy_findings(&spec->diag, &copy->diag) < 0)
                return err_new(-ENOMEM);
        *ret = STEAL(copy);
        return 0;
}

/* Where the value is, or where it would be inserted. */
static unsigned find_position(const UnitSpec *spec, DirectiveId id) {
        unsigned low = 0, high = spec->n_values;

        while (low < high) {
                unsigned middle = (low + high) / 2;

                if (spec->values[middle].id < id)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

const Value *unit_spec_find(const UnitSpec *spec, DirectiveId id) {
        unsigned position = find_position(spec, id);

        if (position < spec->n_values && spec->values[position].id == id)
                return &spec->values[position];
        return NULL;
}

Value *unit_spec_edit(UnitSpec *spec, DirectiveId id) {
        unsigned position = find_position(spec, id);
        const DirectiveRow *row;

        if (position < spec->n_values && spec->values[position].id == id)
                return &spec->values[position];
        if (spec->n_values % VALUES_STEP == 0) {
                Value *values =
                        realloc(spec->values, (spec->n_values + VALUES_STEP) * sizeof(*values));

                if (!values)
                        return NULL;
                spec->values = values;
        }
        memmove(&spec->values[position + 1],
                &spec->values[position],
                (spec->n_values - position) * sizeof(*spec->values));
        spec->n_values++;
        row = directive_row(spec->type, id);
        spec->values[position] =
                (Value){ .id = (uint16_t)id, .shape = row ? row->kind->shape : SHAPE_UNSIGNED };
        return &spec->values[position];
}

void unit_spec_unset(UnitSpec *spec, DirectiveId id) {
        unsigned position = find_position(spec, id);

        if (position >= spec->n_values || spec->values[position].id != id)
                return;
        value_clear(&spec->values[position]);
        spec->n_values--;
        memmove(&spec->values[position],
                &spec->values[position + 1],
                (spec->n_values - position) * sizeof(*spec->values));
        if (spec->n_values % VALUES_STEP == 0 && spec->n_values > 0) {
                Value *values = realloc(spec->values, spec->n_values * sizeof(*values));

                if (values)
                        spec->values = values;
        }
}

/* The stored value if it has one of the shapes in `shapes` (a mask). */
static const Value *find_shape(const UnitSpec *spec, DirectiveId id, unsigned shapes) {
        const Value *value = unit_spec_find(spec, id);

        return value && (1u << value->shape & shapes) ? value : NULL;
}

#define NUMBER_SHAPES (1u << SHAPE_BOOL | 1u << SHAPE_UNSIGNED | 1u << SHAPE_SIGNED)

uint64_t unit_spec_number(const UnitSpec *spec, DirectiveId id) {
        const Value *value = find_shape(spec, id, NUMBER_SHAPES);
        const DirectiveRow *row;

        if (value)
                return value->number;
        row = directive_row(spec->type, id);
        return row ? row->default_number : 0;
}

bool unit_spec_bool(const UnitSpec *spec, DirectiveId id) {
        return unit_spec_number(spec, id) != 0;
}

int64_t unit_spec_signed(const UnitSpec *spec, DirectiveId id) {
        return (int64_t)unit_spec_number(spec, id);
}

const char *unit_spec_text(const UnitSpec *spec, DirectiveId id) {
        const Value *value = find_shape(spec, id, 1u << SHAPE_TEXT);
        const DirectiveRow *row;

        if (value)
                return value->text;
        row = directive_row(spec->type, id);
        return row ? row->default_text : NULL;
}

char *const *unit_spec_strv(const UnitSpec *spec, DirectiveId id) {
        const Value *value = find_shape(spec, id, 1u << SHAPE_STRV);

        return value && value->strv && value->strv[0] ? value->strv : NULL;
}

const CommandList *unit_spec_commands(const UnitSpec *spec, DirectiveId id) {
        const Value *value = find_shape(spec, id, 1u << SHAPE_COMMANDS);

        return value && value->commands && value->commands->n_commands > 0 ? value->commands : NULL;
}

const ConditionList *unit_spec_conditions(const UnitSpec *spec, DirectiveId id) {
        const Value *value = find_shape(spec, id, 1u << SHAPE_CONDITIONS);

        return value && value->conditions && value->conditions->n_conditions > 0 ? value->conditions
                                                                                 : NULL;
}

const RuleList *unit_spec_rules(const UnitSpec *spec, DirectiveId id) {
        const Value *value = find_shape(spec, id, 1u << SHAPE_RULES);

        return value && value->rules && value->rules->n_rules > 0 ? value->rules : NULL;
}

const ExitSet *unit_spec_exit_set(const UnitSpec *spec, DirectiveId id) {
        const Value *value = find_shape(spec, id, 1u << SHAPE_EXIT_SET);

        return value ? value->exit_set : NULL;
}

static bool is_number(const Value *value) {
        return 1u << value->shape & NUMBER_SHAPES;
}

/* Whether nothing is in the value; for lists and the like it is then as if it were not set. */
static bool is_empty(const Value *value) {
        return value->number == 0 && value->flags == 0;
}

/* Parses into the value of the row's id, which appears, changes, or goes. */
static int assign_value(UnitSpec *spec, const KindContext *context, Str text) {
        DirectiveId id = context->row->id;
        bool existed = unit_spec_find(spec, id) != NULL;
        Value fresh = { .id = (uint16_t)id, .shape = context->row->kind->shape }, *value = &fresh;
        int r;

        if (existed)
                value = unit_spec_edit(spec, id);
        r = context->row->kind->parse(context, text, value);
        if (r == KIND_RESET) {
                value_clear(&fresh);
                unit_spec_unset(spec, id);
                return KIND_OK;
        }
        if (existed)
                return r;
        if (!is_empty(&fresh) || (r == KIND_OK && is_number(&fresh))) {
                value = unit_spec_edit(spec, id);
                if (value) {
                        *value = fresh;
                        return r;
                }
                r = err_new(-ENOMEM);
        }
        value_clear(&fresh);
        return r;
}

/* Makes `to` say what the value says, of this or another specification. */
static int put_as(UnitSpec *spec, const Value *value, DirectiveId to) {
        Value copy, *target;
        int r = value_copy(value, &copy);

        if (r < 0)
                return err_pass(r);
        copy.id = (uint16_t)to;
        target = unit_spec_edit(spec, to);
        if (!target) {
                value_clear(&copy);
                return err_new(-ENOMEM);
        }
        value_clear(target);
        *target = copy;
        return 0;
}

int unit_spec_put(UnitSpec *spec, const Value *value) {
        return err_pass(put_as(spec, value, (DirectiveId)value->id));
}

/* Makes `to` say what `from` says. */
static int assign_also(UnitSpec *spec, DirectiveId from, DirectiveId to) {
        const Value *source = unit_spec_find(spec, from);

        if (!source) {
                unit_spec_unset(spec, to);
                return KIND_OK;
        }
        return err_pass(put_as(spec, source, to));
}

/* Whether the text is the value of one line: no line break, no NUL, no backslash that would
 * continue it. */
static bool is_one_line(Str text) {
        size_t n_backslashes = 0;

        if (text.length == 0)
                return true;
        if (memchr(text.data, '\n', text.length) || memchr(text.data, '\r', text.length) ||
            !utf8_is_valid(text))
                return false;
        while (n_backslashes < text.length && text.data[text.length - n_backslashes - 1] == '\\')
                n_backslashes++;
        return n_backslashes % 2 == 0;
}

int unit_spec_assign(
        UnitSpec *spec, unsigned section, Str key, Str text, const KindContext *context) {
        KindContext own = context ? *context : (KindContext){ 0 };
        int r;

        if (!(section & (SECTIONS_COMMON | section_of_type(spec->type))))
                return err_new(-ENOENT);
        own.row = directive_find(section, key);
        if (!own.row)
                return err_new(-ENOENT);
        text = str_trim(text);
        if (!is_one_line(text))
                return err_new(-EINVAL);
        own.key_written = key;
        if (!own.section_written.data)
                own.section_written = str_of(section_name(section));
        own.unit_type = spec->type;
        own.unit_name = spec->name;
        r = assign_value(spec, &own, text);
        if (r == KIND_OK && own.row->also != DIRECTIVE_NONE)
                r = assign_also(spec, own.row->id, own.row->also);
        return r;
}

int unit_spec_add_names(UnitSpec *spec, DirectiveId id, char *const *names) {
        AUTO(strv_index_free) StrvIndex *index = NULL;
        Value *value = names ? unit_spec_edit(spec, id) : NULL;

        if (!value)
                return names ? err_new(-ENOMEM) : 0;
        assert(value->shape == SHAPE_STRV);
        STRV_FOREACH(name, names) {
                if (streq(*name, spec->name))
                        continue;
                int r = strv_index_add(&index, id, &value->strv, *name);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

bool unit_spec_equal(const UnitSpec *a, const UnitSpec *b) {
        if (a->type != b->type || a->n_values != b->n_values || !streq(a->name, b->name))
                return false;
        for (unsigned i = 0; i < a->n_values; i++)
                if (!value_equal(&a->values[i], &b->values[i]))
                        return false;
        return true;
}

bool unit_spec_asks(const DirectiveRow *row, const Value *value) {
        switch (value->shape) {
        case SHAPE_BOOL:
        case SHAPE_UNSIGNED:
        case SHAPE_SIGNED:
                return value->number != row->default_number;
        case SHAPE_STRV:
                return value->strv && value->strv[0];
        case SHAPE_RULES:
                return value->rules && value->rules->n_rules > 0;
        default:
                return true;
        }
}
