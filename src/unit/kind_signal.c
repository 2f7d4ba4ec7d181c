/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "unit/exit_status.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"
#include "unit/unit_enums.h"

/* Signals, exit statuses, kill mode. */

static int parse_one_signal(const KindContext *context, Str text, Value *value) {
        uint64_t number;
        int signal_number;

        if (parse_u64(text, 0, &number) == 0 && number > 0 && number < NSIG)
                signal_number = (int)number;
        else if (parse_signal(text, &signal_number) < 0)
                return kind_ignore(
                        context, "Failed to parse signal name, ignoring: %.*s", STR_ARG(text));
        value->number = (uint64_t)signal_number;
        return KIND_OK;
}

static void print_one_signal(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        print_signal(out, (int)value->number);
        strbuf_add_char(out, '\n');
}

const Kind kind_signal = {
        .name = "signal",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "i",
        .parse = parse_one_signal,
        .print = print_one_signal,
};

static int parse_kill_mode(const KindContext *context, Str text, Value *value) {
        int mode;

        if (text.length == 0)
                return KIND_RESET;
        mode = enum_parse(kill_mode_names, KILL_MODE_COUNT, text);
        if (mode < 0)
                return kind_ignore(context,
                                   "Failed to parse kill mode specification, ignoring: %.*s",
                                   STR_ARG(text));
        if (mode == KILL_MODE_NONE)
                (void)kind_ignore(
                        context,
                        "Unit uses KillMode=none. This is unsafe, as it disables systemd's "
                        "process lifecycle management for the service. Please update the "
                        "service to use a safer KillMode=, such as 'mixed' or "
                        "'control-group'. Support for KillMode=none is deprecated and will "
                        "eventually be removed."); /* said only, the mode counts */
        value->number = (uint64_t)mode;
        return KIND_OK;
}

static void print_kill_mode(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_raw(row, kill_mode_names[value->number], out);
}

const Kind kind_kill_mode = {
        .name = "kill mode",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "s",
        .parse = parse_kill_mode,
        .print = print_kill_mode,
};

/* --- exit codes and signals --- */

/* Adds one word to the set; -EINVAL. */
static int add_status(ExitSet *set, Str word) {
        int number;

        if (exit_status_parse(word, &number) == 0) {
                set->codes[number / 64] |= UINT64_C(1) << (number % 64);
                return 0;
        }
        if (parse_signal(word, &number) < 0)
                return err_new(-EINVAL);
        set->signals[number / 64] |= UINT64_C(1) << (number % 64);
        return 0;
}

/* Adds the members of `set`; an empty one leaves the value as it is. */
static int merge_exit_set(Value *value, const ExitSet *set) {
        static const ExitSet empty = { 0 };

        if (memcmp(set, &empty, sizeof(empty)) == 0)
                return 0;
        if (!value->exit_set)
                value->exit_set = calloc(1, sizeof(*value->exit_set));
        if (!value->exit_set)
                return err_new(-ENOMEM);
        for (size_t i = 0; i < ARRAY_LENGTH(set->codes); i++)
                value->exit_set->codes[i] |= set->codes[i];
        for (size_t i = 0; i < ARRAY_LENGTH(set->signals); i++)
                value->exit_set->signals[i] |= set->signals[i];
        return 0;
}

static int parse_exit_set(const KindContext *context, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        ExitSet set = { 0 };
        Str rest = text;
        bool ignored = false;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        while ((r = word_next(&rest, NULL, 0, &word)) > 0)
                if (add_status(&set, str_of(strbuf_text(&word))) < 0)
                        ignored = kind_ignore(
                                context, "Failed to parse value, ignoring: %s", strbuf_text(&word));
        if (r == -ENOMEM || merge_exit_set(value, &set) < 0)
                return err_new(-ENOMEM);
        if (r < 0)
                return kind_ignore(context,
                                   "Trailing garbage in %.*s, ignoring: %.*s",
                                   STR_ARG(context->key_written),
                                   STR_ARG(text));
        return ignored ? KIND_IGNORED : KIND_OK;
}

static void print_exit_set(const DirectiveRow *row, const Value *value, StrBuf *out) {
        const char *between = "";

        kind_print_key(row, out);
        for (int code = 0; code <= 255; code++)
                if (exit_set_has_code(value->exit_set, code)) {
                        strbuf_addf(out, "%s%d", between, code);
                        between = " ";
                }
        for (int number = 1; number < NSIG; number++)
                if (exit_set_has_signal(value->exit_set, number)) {
                        strbuf_add(out, between);
                        print_signal(out, number);
                        between = " ";
                }
        strbuf_add_char(out, '\n');
}

const Kind kind_exit_set = {
        .name = "exit codes and signals",
        .shape = SHAPE_EXIT_SET,
        .bus_type = "(aiai)",
        .parse = parse_exit_set,
        .print = print_exit_set,
};
