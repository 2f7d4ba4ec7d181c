/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* Conditions and assertions: one ordered list for each; the row's variant is the type. */

static bool takes_path(ConditionType type) {
        return type <= CONDITION_NEEDS_UPDATE;
}

static int parse_condition(const KindContext *context, Str text, Value *value) {
        ConditionType type = (ConditionType)context->row->variant;
        AUTO_FREE char *expanded = NULL, *path = NULL;
        bool trigger, negate;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        trigger = str_skip_prefix(&text, "|");
        text = str_trim_front(text);
        negate = str_skip_prefix(&text, "!");
        text = str_trim_front(text);
        r = kind_expand(context, text, takes_path(type) ? EXPAND_BARE : EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        if (takes_path(type)) {
                r = kind_path(context, expanded, 0, &path);
                if (r != KIND_OK)
                        return r;
        }
        return value_add_condition(
                value,
                (Condition){ .type = type,
                             .trigger = trigger,
                             .negate = negate,
                             .parameter = path ? STEAL(path) : STEAL(expanded) });
}

/* A parameter that expanded to nothing: without a sign in front the empty text would reset the
 * list, so an expansion stands for it that is empty where there is no instance. */
static const char *text_of_nothing(const Condition *condition) {
        return condition->trigger || condition->negate ? "" : "%i";
}

static void print_conditions(const DirectiveRow *row, const Value *value, StrBuf *out) {
        bool assertion = row->id == DIRECTIVE_ASSERT;

        for (unsigned i = 0; value->conditions && i < value->conditions->n_conditions; i++) {
                const Condition *condition = &value->conditions->conditions[i];

                strbuf_addf(out,
                            "%s=%s%s",
                            condition_directive_name(condition->type, assertion),
                            condition->trigger ? "|" : "",
                            condition->negate ? "!" : "");
                if (takes_path(condition->type))
                        kind_print_path(condition->parameter, out);
                else if (condition->parameter[0] == '\0')
                        strbuf_add(out, text_of_nothing(condition));
                else
                        specifier_escape(str_of(condition->parameter), out);
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_conditions = {
        .name = "condition",
        .shape = SHAPE_CONDITIONS,
        .bus_type = "a(sbbsi)",
        .parse = parse_condition,
        .print = print_conditions,
};
