/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/error.h"
#include "base/parse_value.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* Sets of processors and memory nodes: "0-3 5,7". */

#define CPU_LIMIT 8192u

/* "3" or "0-3"; -EINVAL. */
static int parse_range(Str word, uint64_t *ret_first, uint64_t *ret_last) {
        ssize_t dash = str_find_char(word, '-');
        Str first = dash < 0 ? word : (Str){ word.data, (size_t)dash };
        Str last = dash < 0 ? word : (Str){ word.data + dash + 1, word.length - (size_t)dash - 1 };

        if (parse_u64(first, 0, ret_first) < 0 || *ret_first > UINT32_MAX)
                return err_new(-EINVAL);
        if (parse_u64(last, 0, ret_last) < 0 || *ret_last > UINT32_MAX)
                return err_new(-EINVAL);
        return 0;
}

/* Adds one word to the set. KIND_OK, KIND_IGNORED (a range upside down), KIND_RESET = give up. */
static int add_range(const KindContext *context, Str word, Value *value) {
        uint64_t first, last;

        if (parse_range(word, &first, &last) < 0) {
                (void)kind_ignore(context,
                                  "Failed to parse CPU affinity '%.*s'",
                                  STR_ARG(word)); /* the caller gives up */
                return KIND_RESET;
        }
        if (first > last)
                return kind_ignore(context,
                                   "Range '%.*s' is invalid, %u > %u, ignoring.",
                                   STR_ARG(word),
                                   (unsigned)first,
                                   (unsigned)last);
        if (last >= CPU_LIMIT) {
                (void)kind_ignore(context,
                                  "Cannot add CPU %u to set: %s",
                                  (unsigned)last,
                                  kind_error_text(ERANGE)); /* the caller gives up */
                return KIND_RESET;
        }
        for (uint64_t bit = first; bit <= last; bit++)
                if (value_set_bit(value, (unsigned)bit) < 0)
                        return err_new(-ENOMEM);
        return KIND_OK;
}

static int read_ranges(const KindContext *context, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        Str rest = text;
        int r;

        while ((r = word_next(&rest, " \t\n\r,", WORD_UNQUOTE, &word)) > 0) {
                r = add_range(context, str_of(strbuf_text(&word)), value);
                if (r < 0 || r == KIND_RESET)
                        return r;
        }
        if (r == -EINVAL) {
                (void)kind_ignore(context,
                                  "Invalid value for %.*s: %.*s",
                                  STR_ARG(context->key_written),
                                  STR_ARG(text)); /* the caller gives up */
                return KIND_RESET;
        }
        return r < 0 ? err_pass(r) : KIND_OK;
}

/* Adds to what the value has only when all of it is good. */
static int add_ranges(const KindContext *context, Str text, Value *value) {
        Value fresh = { .id = value->id, .shape = SHAPE_BITS };
        int r = read_ranges(context, text, &fresh);

        for (unsigned i = 0; r == KIND_OK && fresh.bits && i < fresh.bits->n_words * 64; i++)
                if (bit_set_has(fresh.bits, i) && value_set_bit(value, i) < 0)
                        r = -ENOMEM;
        value_clear(&fresh);
        return r;
}

static int parse_cpu_set(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        if (context->row->id == DIRECTIVE_CPU_AFFINITY && streq(expanded, "numa")) {
                value_clear(value);
                value->flags = VALUE_AUTOMATIC;
                return KIND_OK;
        }
        r = add_ranges(context, str_of(expanded), value);
        if (r == KIND_OK)
                value->flags = 0;
        return r == KIND_RESET ? KIND_IGNORED : r;
}

static int parse_numa_mask(const KindContext *context, Str text, Value *value) {
        int r;

        if (text.length == 0)
                return KIND_RESET;
        if (str_equal_c(text, "all")) {
                value_clear(value);
                value->flags = VALUE_AUTOMATIC;
                return KIND_OK;
        }
        r = add_ranges(context, text, value);
        if (r == KIND_OK)
                value->flags = 0;
        if (r != KIND_RESET)
                return r;
        return kind_ignore(
                context, "Failed to parse NUMA node mask, ignoring: %.*s", STR_ARG(text));
}

static void print_ranges(const DirectiveRow *row, const Value *value, StrBuf *out) {
        unsigned n_bits = value->bits ? value->bits->n_words * 64 : 0;
        const char *between = "";

        kind_print_key(row, out);
        if (value->flags & VALUE_AUTOMATIC)
                strbuf_add(out, row->id == DIRECTIVE_CPU_AFFINITY ? "numa" : "all");
        for (unsigned first = 0; first < n_bits; first++) {
                unsigned last = first;

                if (!bit_set_has(value->bits, first))
                        continue;
                while (bit_set_has(value->bits, last + 1))
                        last++;
                strbuf_addf(out, "%s%u", between, first);
                if (last > first)
                        strbuf_addf(out, "-%u", last);
                between = " ";
                first = last;
        }
        strbuf_add_char(out, '\n');
}

const Kind kind_cpu_set = {
        .name = "numbers and ranges of processors",
        .shape = SHAPE_BITS,
        .bus_type = "ay",
        .parse = parse_cpu_set,
        .print = print_ranges,
};

const Kind kind_numa_mask = {
        .name = "numbers and ranges of nodes, or all",
        .shape = SHAPE_BITS,
        .bus_type = "ay",
        .parse = parse_numa_mask,
        .print = print_ranges,
};
