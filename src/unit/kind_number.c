/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>

#include "base/duration.h"
#include "base/enum_name.h"
#include "base/error.h"
#include "base/parse_value.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* --- truth values --- */

static int parse_bool(const KindContext *context, Str text, Value *value) {
        const KindParameter *parameter = kind_parameter(context);
        bool truth;

        if (text.length == 0 && (parameter->flags & NUMBER_EMPTY_RESETS))
                return KIND_RESET;
        if (parse_boolean(text, &truth) < 0) {
                if (parameter->flags & NUMBER_REFUSE)
                        return kind_refuse(
                                context, "Failed to parse boolean value: %.*s", STR_ARG(text));
                return kind_ignore(
                        context, "Failed to parse boolean value, ignoring: %.*s", STR_ARG(text));
        }
        value->number = truth;
        return KIND_OK;
}

static void print_bool(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_raw(row, value->number ? "yes" : "no", out);
}

const Kind kind_boolean = {
        .name = "boolean",
        .shape = SHAPE_BOOL,
        .bus_type = "b",
        .parse = parse_bool,
        .print = print_bool,
};

/* --- whole numbers --- */

static int number_failed(const KindContext *context, Str text, const char *type) {
        const KindParameter *parameter = kind_parameter(context);

        if (parameter->message)
                return kind_ignore(
                        context, "%s, ignoring: %.*s", parameter->message, STR_ARG(text));
        return kind_ignore(
                context, "Failed to parse %s value, ignoring: %.*s", type, STR_ARG(text));
}

static int parse_number(const KindContext *context, Str text, uint64_t maximum, Value *value) {
        const KindParameter *parameter = kind_parameter(context);
        uint64_t number;

        if (text.length == 0 && (parameter->flags & NUMBER_EMPTY_RESETS))
                return KIND_RESET;
        if (parse_u64(text, 0, &number) < 0 || number > maximum)
                return number_failed(context, text, "unsigned");
        value->number = number;
        return KIND_OK;
}

static int parse_unsigned(const KindContext *context, Str text, Value *value) {
        return parse_number(context, text, UINT32_MAX, value);
}

static void print_unsigned(const DirectiveRow *row, const Value *value, StrBuf *out) {
        strbuf_addf(out, "%s=%" PRIu64 "\n", row->name, value->number);
}

const Kind kind_unsigned = {
        .name = "number",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "u",
        .parse = parse_unsigned,
        .print = print_unsigned,
};

const Kind kind_terminal_size = {
        .name = "number",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "q",
        .parse = parse_unsigned,
        .print = print_unsigned,
};

static int parse_signed(const KindContext *context, Str text, Value *value) {
        int32_t number;

        if (parse_i32(text, &number) < 0)
                return number_failed(context, text, "int");
        value->signed_number = number;
        return KIND_OK;
}

static void print_signed(const DirectiveRow *row, const Value *value, StrBuf *out) {
        strbuf_addf(out, "%s=%" PRId64 "\n", row->name, value->signed_number);
}

const Kind kind_integer = {
        .name = "integer",
        .shape = SHAPE_SIGNED,
        .bus_type = "i",
        .parse = parse_signed,
        .print = print_signed,
};

static int parse_long(const KindContext *context, Str text, Value *value) {
        int64_t number;

        if (parse_i64(text, &number) < 0)
                return number_failed(context, text, "long");
        value->signed_number = number;
        return KIND_OK;
}

const Kind kind_long = {
        .name = "integer",
        .shape = SHAPE_SIGNED,
        .bus_type = "x",
        .parse = parse_long,
        .print = print_signed,
};

static int parse_bytes(const KindContext *context, Str text, Value *value) {
        uint64_t bytes;
        int r = kind_parse_size(text, &bytes);

        if (r < 0)
                return kind_ignore(context,
                                   "Failed to parse size value '%.*s', ignoring: %s",
                                   STR_ARG(text),
                                   kind_error_text(r));
        value->number = bytes;
        return KIND_OK;
}

const Kind kind_size = {
        .name = "size",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "t",
        .parse = parse_bytes,
        .print = print_unsigned,
};

static int parse_file_mode(const KindContext *context, Str text, Value *value) {
        mode_t mode;

        if (parse_mode(text, &mode) < 0)
                return kind_ignore(
                        context, "Failed to parse mode value, ignoring: %.*s", STR_ARG(text));
        value->number = mode;
        return KIND_OK;
}

static void print_file_mode(const DirectiveRow *row, const Value *value, StrBuf *out) {
        strbuf_addf(out, "%s=%04" PRIo64 "\n", row->name, value->number);
}

const Kind kind_mode = {
        .name = "file mode",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "u",
        .parse = parse_file_mode,
        .print = print_file_mode,
};

static int parse_exit_code(const KindContext *context, Str text, Value *value) {
        uint64_t code;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = parse_u64(text, 0, &code);
        if (r == 0 && code > UINT8_MAX)
                r = -ERANGE;
        if (r < 0)
                return kind_ignore(context,
                                   "Failed to parse exit status '%.*s', ignoring: %s",
                                   STR_ARG(text),
                                   kind_error_text(r));
        value->signed_number = (int64_t)code;
        return KIND_OK;
}

const Kind kind_exit_code = {
        .name = "exit status",
        .shape = SHAPE_SIGNED,
        .bus_type = "i",
        .parse = parse_exit_code,
        .print = print_signed,
};

/* --- names of an enumeration --- */

static int enum_failed(const KindContext *context, Str text) {
        const KindParameter *parameter = kind_parameter(context);

        if (parameter->message)
                return kind_ignore(
                        context, "%s, ignoring: %.*s", parameter->message, STR_ARG(text));
        return kind_ignore(context,
                           "Failed to parse %.*s=, ignoring: %.*s",
                           STR_ARG(context->key_written),
                           STR_ARG(text));
}

/* -EINVAL when it is no name. */
static int find_enum(const KindParameter *parameter, Str text) {
        for (const EnumAlias *alias = parameter->aliases; alias && alias->name; alias++)
                if (str_equal_c(text, alias->name))
                        return (int)alias->value;
        return enum_parse(parameter->names, parameter->n_names, text);
}

static int parse_enum(const KindContext *context, Str text, Value *value) {
        const KindParameter *parameter = kind_parameter(context);
        uint64_t other;
        int number;
        bool truth;

        if (text.length == 0 && (parameter->flags & NUMBER_EMPTY_RESETS))
                return KIND_RESET;
        number = find_enum(parameter, text);
        if (number >= 0) {
                value->number = (uint64_t)number;
                return KIND_OK;
        }
        if ((parameter->flags & ENUM_BOOLEAN) && parse_boolean(text, &truth) == 0) {
                value->number = !truth               ? parameter->minimum
                                : parameter->maximum ? parameter->maximum
                                                     : 1;
                return KIND_OK;
        }
        if ((parameter->flags & ENUM_NUMBERS) && parse_u64(text, 0, &other) == 0 &&
            other <= parameter->maximum) {
                value->number = other;
                return KIND_OK;
        }
        return enum_failed(context, text);
}

static void print_enum(const DirectiveRow *row, const Value *value, StrBuf *out) {
        const KindParameter *parameter = row->parameter;
        const char *name =
                value->number < parameter->n_names ? parameter->names[value->number] : NULL;

        if (name)
                kind_print_raw(row, name, out);
        else
                print_unsigned(row, value, out);
}

const Kind kind_enum = {
        .name = "one of several words",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "s",
        .parse = parse_enum,
        .print = print_enum,
};

const Kind kind_enum_number = {
        .name = "one of several words",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "i",
        .parse = parse_enum,
        .print = print_enum,
};

const Kind kind_enum_flags = {
        .name = "one of several words",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "t",
        .parse = parse_enum,
        .print = print_enum,
};

/* --- time spans --- */

static int parse_span(const KindContext *context, Str text, Value *value) {
        const KindParameter *parameter = kind_parameter(context);
        uint64_t usec;

        if (text.length == 0 && (parameter->flags & NUMBER_EMPTY_RESETS))
                return KIND_RESET;
        if (duration_parse(text, USEC_PER_SEC, &usec) < 0) {
                if (parameter->flags & TIME_NAMES_KEY)
                        return kind_ignore(context,
                                           "Failed to parse %.*s= %s, ignoring: %.*s",
                                           STR_ARG(context->key_written),
                                           parameter->message,
                                           STR_ARG(text));
                return kind_ignore(context,
                                   "%s, ignoring: %.*s",
                                   parameter->message ? parameter->message
                                                      : "Failed to parse sec value",
                                   STR_ARG(text));
        }
        value->number =
                usec == 0 && (parameter->flags & TIME_ZERO_IS_INFINITY) ? USEC_INFINITY : usec;
        return KIND_OK;
}

static void print_span(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        duration_print(out, value->number, 1);
        strbuf_add_char(out, '\n');
}

const Kind kind_time_span = {
        .name = "time span",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "t",
        .parse = parse_span,
        .print = print_span,
};

static int parse_nsec(const KindContext *context, Str text, Value *value) {
        uint64_t nsec;

        if (duration_parse_nsec(text, &nsec) < 0)
                return kind_ignore(
                        context, "Failed to parse nsec value, ignoring: %.*s", STR_ARG(text));
        value->number = nsec;
        return KIND_OK;
}

static void print_nsec(const DirectiveRow *row, const Value *value, StrBuf *out) {
        if (value->number == USEC_INFINITY)
                kind_print_raw(row, "infinity", out);
        else
                strbuf_addf(out, "%s=%" PRIu64 "ns\n", row->name, value->number);
}

const Kind kind_nanoseconds = {
        .name = "time span in nanoseconds",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "t",
        .parse = parse_nsec,
        .print = print_nsec,
};

/* --- the old OnFailureIsolate=: a boolean that chooses a job mode --- */

static int parse_isolate(const KindContext *context, Str text, Value *value) {
        bool truth;

        if (parse_boolean(text, &truth) < 0)
                return kind_ignore(
                        context, "Failed to parse boolean, ignoring: %.*s", STR_ARG(text));
        value->number =
                (uint64_t)(truth ? context->row->variant : (int)context->row->default_number);
        return KIND_OK;
}

const Kind kind_isolate_mode = {
        .name = "boolean",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "s",
        .parse = parse_isolate,
        .print = print_enum,
};
