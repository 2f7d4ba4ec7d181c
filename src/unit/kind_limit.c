/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* Resource limits, weights, memory, tasks, quotas. */

#define NICE_TO_LIMIT 20
#define NICE_LIMIT_MAX 40

/* --- Limit*=: soft and hard, in the unit that setrlimit(2) takes --- */

static int parse_seconds(Str text, uint64_t *ret) {
        uint64_t usec;
        int r = duration_parse(text, USEC_PER_SEC, &usec);

        if (r < 0)
                return err_pass(r);
        *ret = usec == USEC_INFINITY ? LIMIT_INFINITY
                                     : usec / USEC_PER_SEC + (usec % USEC_PER_SEC != 0);
        return 0;
}

/* "+5" and "-5" are nice values, plain numbers are limits as the kernel counts them. */
static int parse_nice_limit(Str text, uint64_t *ret) {
        bool is_nice = text.length > 0 && (text.data[0] == '+' || text.data[0] == '-');
        int32_t number;
        int r = parse_i32(text, &number);

        if (r < 0)
                return err_pass(r);
        if (is_nice && (number < -NICE_TO_LIMIT || number >= NICE_TO_LIMIT))
                return err_new(-ERANGE);
        if (!is_nice && (number < 0 || number > NICE_LIMIT_MAX))
                return err_new(-ERANGE);
        *ret = (uint64_t)(is_nice ? NICE_TO_LIMIT - number : number);
        return 0;
}

static int parse_limit_number(LimitUnit unit, Str text, uint64_t *ret) {
        int r = -EINVAL;

        if (unit == LIMIT_NICE)
                return parse_nice_limit(text, ret);
        if (str_equal_c(text, "infinity")) {
                *ret = LIMIT_INFINITY;
                return 0;
        }
        switch (unit) {
        case LIMIT_BYTES:
                r = parse_size(text, ret);
                break;
        case LIMIT_SECONDS:
                r = parse_seconds(text, ret);
                break;
        case LIMIT_USEC:
                r = duration_parse(text, 1, ret);
                break;
        case LIMIT_COUNT:
        case LIMIT_NICE:
                r = parse_u64(text, 0, ret);
                break;
        }
        if (r < 0)
                return err_pass(r);
        return *ret == LIMIT_INFINITY ? err_new(-ERANGE) : 0; /* has its own word */
}

static int parse_limit(const KindContext *context, Str text, Value *value) {
        LimitUnit unit = (LimitUnit)context->row->variant;
        ssize_t colon = str_find_char(text, ':');
        Str soft = colon < 0 ? text : (Str){ text.data, (size_t)colon };
        Str hard =
                colon < 0 ? text : (Str){ text.data + colon + 1, text.length - (size_t)colon - 1 };
        ResourceLimit limit;

        if (parse_limit_number(unit, soft, &limit.soft) < 0 ||
            parse_limit_number(unit, hard, &limit.hard) < 0)
                return kind_ignore(
                        context, "Failed to parse resource value, ignoring: %.*s", STR_ARG(text));
        if (limit.soft > limit.hard)
                return kind_ignore(context,
                                   "Soft resource limit chosen higher than hard limit, ignoring: "
                                   "%.*s",
                                   STR_ARG(text));
        if (!value->limit)
                value->limit = malloc(sizeof(*value->limit));
        if (!value->limit)
                return err_new(-ENOMEM);
        *value->limit = limit;
        return KIND_OK;
}

static void print_limit_number(uint64_t number, StrBuf *out) {
        if (number == LIMIT_INFINITY)
                strbuf_add(out, "infinity");
        else
                strbuf_addf(out, "%" PRIu64, number);
}

static void print_limit(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        print_limit_number(value->limit->soft, out);
        if (value->limit->soft != value->limit->hard) {
                strbuf_add_char(out, ':');
                print_limit_number(value->limit->hard, out);
        }
        strbuf_add_char(out, '\n');
}

const Kind kind_limit = {
        .name = "resource limit, or soft and hard one",
        .shape = SHAPE_LIMIT,
        .bus_type = "t",
        .parse = parse_limit,
        .print = print_limit,
};

/* --- weights --- */

static void warn_old(const KindContext *context, const char *instead) {
        (void)kind_ignore(context,
                          "Unit uses %.*s=; please use %s instead. Support for %.*s= will be "
                          "removed soon.",
                          STR_ARG(context->key_written),
                          instead,
                          STR_ARG(context->key_written)); /* said only, the value counts */
}

static int parse_weight(const KindContext *context, Str text, Value *value) {
        const KindParameter *parameter = kind_parameter(context);
        uint64_t weight;

        if (parameter->flags & WEIGHT_OLD_CPU)
                warn_old(context, "CPUWeight=");
        if (text.length == 0)
                return KIND_RESET;
        if ((parameter->flags & WEIGHT_IDLE) && str_equal_c(text, "idle"))
                weight = 0;
        else if (parse_u64(text, 0, &weight) < 0 || weight < parameter->minimum ||
                 weight > parameter->maximum)
                return kind_ignore(
                        context, "%s, ignoring: %.*s", parameter->message, STR_ARG(text));
        value->number = weight;
        return KIND_OK;
}

static void print_weight(const DirectiveRow *row, const Value *value, StrBuf *out) {
        if (value->number == 0)
                kind_print_raw(row, "idle", out);
        else
                strbuf_addf(out, "%s=%" PRIu64 "\n", row->name, value->number);
}

const Kind kind_weight = {
        .name = "weight",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "t",
        .parse = parse_weight,
        .print = print_weight,
};

/* --- shares of a whole in permyriad --- */

#define PERCENT_MAX 100u
#define PERCENT_UNBOUNDED (UINT32_MAX / 100u)

static void print_percent(uint64_t permyriad, StrBuf *out) {
        strbuf_addf(out, "%" PRIu64, permyriad / 100);
        if (permyriad % 100 != 0)
                strbuf_addf(out, ".%02" PRIu64, permyriad % 100);
        strbuf_add_char(out, '%');
}

/* One second of processor time is 10,000 permyriad of a processor; stored in usec per second. */
#define QUOTA_USEC_PER_PERMYRIAD 100u

static int parse_cpu_quota(const KindContext *context, Str text, Value *value) {
        uint32_t permyriad;

        if (text.length == 0)
                return KIND_RESET;
        if (parse_permyriad(text, PERCENT_UNBOUNDED, &permyriad) < 0 || permyriad == 0)
                return kind_ignore(context, "Invalid CPU quota '%.*s', ignoring.", STR_ARG(text));
        value->number = (uint64_t)permyriad * QUOTA_USEC_PER_PERMYRIAD;
        return KIND_OK;
}

static void print_cpu_quota(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        print_percent(value->number / QUOTA_USEC_PER_PERMYRIAD, out);
        strbuf_add_char(out, '\n');
}

const Kind kind_cpu_quota = {
        .name = "percentage of one processor",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "t",
        .parse = parse_cpu_quota,
        .print = print_cpu_quota,
};

static int parse_pressure_limit(const KindContext *context, Str text, Value *value) {
        uint32_t permyriad;

        if (text.length == 0)
                return KIND_RESET;
        if (parse_permyriad(text, PERCENT_MAX, &permyriad) < 0)
                return kind_ignore(context,
                                   "Failed to parse memory pressure limit value, ignoring: %.*s",
                                   STR_ARG(text));
        value->number = permyriad;
        return KIND_OK;
}

static void print_pressure_limit(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        print_percent(value->number, out);
        strbuf_add_char(out, '\n');
}

const Kind kind_pressure_limit = {
        .name = "percentage",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "u",
        .parse = parse_pressure_limit,
        .print = print_pressure_limit,
};

/* --- memory and tasks: a number, a percentage of what the machine has, or infinity --- */

/* The number or share; `parse` reads numbers. -EINVAL, -ERANGE. */
static int parse_amount(Str text, bool is_size, uint64_t *ret_number, uint16_t *ret_flags) {
        uint32_t permyriad;
        int r;

        *ret_flags = 0;
        if (str_equal_c(text, "infinity")) {
                *ret_number = UINT64_MAX;
                return 0;
        }
        if (parse_permyriad(text, PERCENT_MAX, &permyriad) == 0) {
                *ret_flags = VALUE_PERCENT;
                *ret_number = permyriad;
                return 0;
        }
        r = is_size ? kind_parse_size(text, ret_number) : parse_u64(text, 0, ret_number);
        if (r == 0 && *ret_number == UINT64_MAX)
                *ret_number = 0; /* the value that means infinity is out of range */
        else if (r == 0 && *ret_number == 0)
                return 0;
        return r < 0 ? err_pass(r) : *ret_number == 0 ? err_new(-EDOM) : 0;
}

static int parse_memory(const KindContext *context, Str text, Value *value) {
        const KindParameter *parameter = kind_parameter(context);
        uint64_t number;
        uint16_t flags;
        int r;

        if (text.length == 0) {
                if (parameter->flags & MEMORY_OLD)
                        warn_old(context, "MemoryMax=");
                return KIND_RESET;
        }
        r = parse_amount(text, true, &number, &flags);
        if (r == -EDOM || (r == 0 && number < parameter->minimum))
                return kind_ignore(
                        context, "Memory limit '%.*s' out of range, ignoring.", STR_ARG(text));
        if (r < 0)
                return kind_ignore(context,
                                   "Invalid memory limit '%.*s', ignoring: %s",
                                   STR_ARG(text),
                                   kind_error_text(r));
        if (parameter->flags & MEMORY_OLD)
                warn_old(context, "MemoryMax=");
        value->number = number;
        value->flags = flags;
        return KIND_OK;
}

static int parse_tasks(const KindContext *context, Str text, Value *value) {
        uint64_t number;
        uint16_t flags;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = parse_amount(text, false, &number, &flags);
        if (r == -EDOM || (r == 0 && number == 0 && flags == 0))
                return kind_ignore(context,
                                   "Maximum tasks value '%.*s' out of range, ignoring.",
                                   STR_ARG(text));
        if (r < 0)
                return kind_ignore(context,
                                   "Invalid maximum tasks value '%.*s', ignoring: %s",
                                   STR_ARG(text),
                                   kind_error_text(r));
        value->number = number;
        value->flags = flags;
        return KIND_OK;
}

static void print_amount(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        if (value->flags & VALUE_PERCENT)
                print_percent(value->number, out);
        else
                print_limit_number(value->number, out);
        strbuf_add_char(out, '\n');
}

const Kind kind_memory = {
        .name = "bytes, percentage or infinity",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "t",
        .parse = parse_memory,
        .print = print_amount,
};

const Kind kind_tasks = {
        .name = "number, percentage or infinity",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "t",
        .parse = parse_tasks,
        .print = print_amount,
};
