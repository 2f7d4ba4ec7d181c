/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* Priorities, core dump filter, error numbers. */

static void print_number(const DirectiveRow *row, const Value *value, StrBuf *out) {
        strbuf_addf(out, "%s=%" PRId64 "\n", row->name, value->signed_number);
}

#define NICE_MIN (-20)
#define NICE_MAX 19

static int parse_nice(const KindContext *context, Str text, Value *value) {
        int32_t number;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = parse_i32(text, &number);
        if (r == -ERANGE || (r == 0 && (number < NICE_MIN || number > NICE_MAX)))
                return kind_ignore(
                        context, "Nice priority out of range, ignoring: %.*s", STR_ARG(text));
        if (r < 0)
                return kind_ignore(context,
                                   "Failed to parse nice priority '%.*s', ignoring: %s",
                                   STR_ARG(text),
                                   kind_error_text(r));
        value->signed_number = number;
        return KIND_OK;
}

const Kind kind_nice = {
        .name = "nice level",
        .shape = SHAPE_SIGNED,
        .bus_type = "i",
        .parse = parse_nice,
        .print = print_number,
};

#define OOM_SCORE_LIMIT 1000

static int parse_oom_score(const KindContext *context, Str text, Value *value) {
        int32_t number;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = parse_i32(text, &number);
        if (r == -ERANGE || (r == 0 && (number < -OOM_SCORE_LIMIT || number > OOM_SCORE_LIMIT)))
                return kind_ignore(context,
                                   "OOM score adjust value out of range, ignoring: %.*s",
                                   STR_ARG(text));
        if (r < 0)
                return kind_ignore(
                        context,
                        "Failed to parse the OOM score adjust value '%.*s', ignoring: %s",
                        STR_ARG(text),
                        kind_error_text(r));
        value->signed_number = number;
        return KIND_OK;
}

const Kind kind_oom_score = {
        .name = "OOM score adjustment",
        .shape = SHAPE_SIGNED,
        .bus_type = "i",
        .parse = parse_oom_score,
        .print = print_number,
};

#define IO_PRIORITY_MAX 7

static int parse_io_priority(const KindContext *context, Str text, Value *value) {
        int32_t number;

        if (text.length == 0)
                return KIND_RESET;
        if (parse_i32(text, &number) < 0 || number < 0 || number > IO_PRIORITY_MAX)
                return kind_ignore(
                        context, "Failed to parse IO priority, ignoring: %.*s", STR_ARG(text));
        value->signed_number = number;
        return KIND_OK;
}

const Kind kind_io_priority = {
        .name = "IO priority",
        .shape = SHAPE_SIGNED,
        .bus_type = "i",
        .parse = parse_io_priority,
        .print = print_number,
};

#define CPU_PRIORITY_MAX 99

static int parse_cpu_priority(const KindContext *context, Str text, Value *value) {
        int32_t number;

        if (parse_i32(text, &number) < 0)
                return kind_ignore(context,
                                   "Failed to parse CPU scheduling priority, ignoring: %.*s",
                                   STR_ARG(text));
        if (number < 0 || number > CPU_PRIORITY_MAX)
                return kind_ignore(context,
                                   "CPU scheduling priority is out of range, ignoring: %.*s",
                                   STR_ARG(text));
        value->signed_number = number;
        return KIND_OK;
}

const Kind kind_cpu_priority = {
        .name = "real-time priority",
        .shape = SHAPE_SIGNED,
        .bus_type = "i",
        .parse = parse_cpu_priority,
        .print = print_number,
};

#define SWAP_PRIORITY_MIN (-1)
#define SWAP_PRIORITY_MAX 32767

static int parse_swap_priority(const KindContext *context, Str text, Value *value) {
        int32_t number;

        if (text.length == 0)
                return KIND_RESET;
        if (parse_i32(text, &number) < 0)
                return kind_ignore(
                        context, "Invalid swap priority '%.*s', ignoring.", STR_ARG(text));
        if (number < SWAP_PRIORITY_MIN)
                return kind_ignore(context,
                                   "Sorry, swap priorities smaller than -1 may only be assigned by "
                                   "the kernel itself, ignoring: %.*s",
                                   STR_ARG(text));
        if (number > SWAP_PRIORITY_MAX)
                return kind_ignore(
                        context, "Swap priority out of range, ignoring: %.*s", STR_ARG(text));
        value->signed_number = number;
        return KIND_OK;
}

const Kind kind_swap_priority = {
        .name = "swap priority",
        .shape = SHAPE_SIGNED,
        .bus_type = "i",
        .parse = parse_swap_priority,
        .print = print_number,
};

/* --- CoredumpFilter=: names or hexadecimal masks --- */

static const char *const dump_names[] = {
        "private-anonymous",  "shared-anonymous", "private-file-backed",
        "shared-file-backed", "elf-headers",      "private-huge",
        "shared-huge",        "private-dax",      "shared-dax",
};
#define DUMP_DEFAULT 0x33u

static int parse_dump_word(Str word, uint64_t *ret) {
        for (unsigned i = 0; i < ARRAY_LENGTH(dump_names); i++)
                if (str_equal_c(word, dump_names[i])) {
                        *ret = UINT64_C(1) << i;
                        return 0;
                }
        if (str_equal_c(word, "default") || str_equal_c(word, "all")) {
                *ret = word.data[0] == 'a' ? UINT64_MAX : DUMP_DEFAULT;
                return 0;
        }
        return parse_u64(word, 16, ret);
}

static int parse_coredump_filter(const KindContext *context, Str text, Value *value) {
        Str rest = text, word;
        uint64_t mask = 0;

        if (text.length == 0)
                return KIND_RESET;
        while (str_next_word(&rest, &word)) {
                uint64_t bits;
                int r = parse_dump_word(word, &bits);

                if (r < 0)
                        return kind_ignore(context,
                                           "Failed to parse the %.*s=%.*s, ignoring: %s",
                                           STR_ARG(context->key_written),
                                           STR_ARG(text),
                                           kind_error_text(r));
                mask |= bits;
        }
        value->number |= mask;
        return KIND_OK;
}

static void print_coredump_filter(const DirectiveRow *row, const Value *value, StrBuf *out) {
        strbuf_addf(out, "%s=0x%" PRIx64 "\n", row->name, value->number);
}

const Kind kind_coredump_filter = {
        .name = "kinds of memory mappings",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "t",
        .parse = parse_coredump_filter,
        .print = print_coredump_filter,
};

/* --- SystemCallErrorNumber= --- */

static int parse_error_number(const KindContext *context, Str text, Value *value) {
        int number;

        if (text.length == 0)
                return KIND_RESET;
        if (str_equal_c(text, "kill")) {
                value->signed_number = KIND_ERROR_KILL;
                return KIND_OK;
        }
        if (str_equal_c(text, "0"))
                return kind_ignore(context, "Invalid error number, ignoring: %.*s", STR_ARG(text));
        if (parse_errno(text, &number) < 0)
                return kind_ignore(
                        context, "Failed to parse error number, ignoring: %.*s", STR_ARG(text));
        value->signed_number = number;
        return KIND_OK;
}

static void print_error_number(const DirectiveRow *row, const Value *value, StrBuf *out) {
        if (value->signed_number == KIND_ERROR_KILL)
                kind_print_raw(row, "kill", out);
        else
                print_number(row, value, out);
}

const Kind kind_error_number = {
        .name = "error number or kill",
        .shape = SHAPE_SIGNED,
        .bus_type = "i",
        .parse = parse_error_number,
        .print = print_error_number,
};
