/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* Devices: rights, and limits for each. BPF programs too, which are pairs as well. */

/* --- DeviceAllow= --- */

static bool is_device_node(const char *path) {
        return str_has_prefix(str_of(path), "/dev/") ||
               str_has_prefix(str_of(path), "/run/systemd/inaccessible/");
}

static bool is_device_class(const char *name) {
        return str_has_prefix(str_of(name), "block-") || str_has_prefix(str_of(name), "char-");
}

static int device_path(const KindContext *context, const char *word, char **ret) {
        AUTO_FREE char *expanded = NULL, *path = NULL;
        int r = kind_expand(context, str_of(word), EXPAND_QUOTED, &expanded);

        if (r != KIND_OK)
                return r;
        if (is_device_class(expanded)) {
                *ret = STEAL(expanded);
                return KIND_OK;
        }
        r = kind_path(context, expanded, PATH_ANY, &path);
        if (r != KIND_OK)
                return r;
        if (!is_device_node(path))
                return kind_ignore(context, "Invalid device node path '%s', ignoring.", path);
        *ret = STEAL(path);
        return KIND_OK;
}

static bool rights_are_valid(Str rights) {
        for (size_t i = 0; i < rights.length; i++)
                if (!strchr("rwm", rights.data[i]) || rights.data[i] == '\0')
                        return false;
        return true;
}

static int parse_device_allow(const KindContext *context, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        AUTO_FREE char *path = NULL, *rights = NULL;
        Str rest = text;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = word_next(&rest, NULL, WORD_UNQUOTE, &word);
        if (r == -ENOMEM)
                return err_pass(r);
        if (r <= 0)
                return kind_ignore(
                        context,
                        "Failed to extract device path and rights from '%.*s', ignoring.",
                        STR_ARG(text));
        r = device_path(context, strbuf_text(&word), &path);
        if (r != KIND_OK)
                return r;
        rest = rest.data ? rest : STR_EMPTY;
        if (!rights_are_valid(rest))
                return kind_ignore(
                        context, "Invalid device rights '%.*s', ignoring.", STR_ARG(rest));
        rights = str_dup(rest.length > 0 ? rest : STR_LITERAL("rwm"));
        if (!rights)
                return err_new(-ENOMEM);
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                Rule *rule = &value->rules->rules[i];

                if (streq(rule->source, path) && streq(rule->options, rights))
                        return KIND_OK;
        }
        return value_add_rule(value, (Rule){ .source = STEAL(path), .options = STEAL(rights) });
}

static void print_device_allow(const DirectiveRow *row, const Value *value, StrBuf *out) {
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                const Rule *rule = &value->rules->rules[i];

                kind_print_key(row, out);
                kind_print_word(rule->source, WORD_UNQUOTE, out);
                strbuf_addf(out, " %s\n", rule->options);
        }
}

const Kind kind_device_allow = {
        .name = "device and rights",
        .shape = SHAPE_RULES,
        .bus_type = "a(ss)",
        .parse = parse_device_allow,
        .print = print_device_allow,
};

/* --- limits for devices --- */

typedef struct DeviceLimitText {
        const char *pair; /* what the pair is called: "device path and weight" */
        const char *either;
} DeviceLimitText;

static const DeviceLimitText limit_texts[] = {
        [DEVICE_WEIGHT] = { "device path and weight", "device path or weight" },
        [DEVICE_BANDWIDTH] = { "device node and bandwidth", "device node or bandwidth" },
        [DEVICE_OPERATIONS] = { "device node and bandwidth", "device node or bandwidth" },
        [DEVICE_LATENCY] = { "device path and latency", "device path or latency" },
        [DEVICE_OLD_WEIGHT] = { "device node and weight", "device node or weight" },
        [DEVICE_OLD_BANDWIDTH] = { "device node and bandwidth", "device node or bandwidth" },
};

/* A weight within limits; -EINVAL, -ERANGE. */
static int read_weight(Str text, uint64_t minimum, uint64_t maximum, uint64_t *ret) {
        int r = parse_u64(text, 0, ret);

        if (r < 0)
                return err_pass(r);
        return *ret < minimum || *ret > maximum ? err_new(-ERANGE) : 0;
}

/* Bytes or operations in a second; suffixes count to the base of 1000. */
static int read_rate(Str text, uint64_t *ret) {
        if (str_equal_c(text, "infinity")) {
                *ret = UINT64_MAX;
                return 0;
        }
        return parse_size_decimal(text, ret);
}

static int read_limit(const KindContext *context, Str text, uint64_t *ret) {
        int r;

        switch ((DeviceLimit)context->row->variant) {
        case DEVICE_WEIGHT:
                r = read_weight(text, 1, 10000, ret);
                return r == 0 ? KIND_OK
                              : kind_ignore(context,
                                            "IO weight '%.*s' invalid, ignoring: %s",
                                            STR_ARG(text),
                                            kind_error_text(r));
        case DEVICE_OLD_WEIGHT:
                r = read_weight(text, 10, 1000, ret);
                return r == 0 ? KIND_OK
                              : kind_ignore(context,
                                            "Invalid block IO weight '%.*s', ignoring: %s",
                                            STR_ARG(text),
                                            kind_error_text(r));
        case DEVICE_LATENCY:
                return duration_parse(text, USEC_PER_SEC, ret) == 0
                               ? KIND_OK
                               : kind_ignore(context,
                                             "Failed to parse timer value, ignoring: %.*s",
                                             STR_ARG(text));
        case DEVICE_OLD_BANDWIDTH:
                if (read_rate(text, ret) == 0 && *ret > 0)
                        return KIND_OK;
                return kind_ignore(
                        context, "Invalid Block IO Bandwidth '%.*s', ignoring.", STR_ARG(text));
        case DEVICE_BANDWIDTH:
        case DEVICE_OPERATIONS:
                break;
        }
        if (read_rate(text, ret) == 0 && *ret > 0)
                return KIND_OK;
        return kind_ignore(context, "Invalid IO limit '%.*s', ignoring.", STR_ARG(text));
}

static bool is_old(const KindContext *context) {
        return context->row->variant == DEVICE_OLD_WEIGHT ||
               context->row->variant == DEVICE_OLD_BANDWIDTH;
}

static int add_device_limit(const KindContext *context, const char *word, Str rest, Value *value) {
        AUTO_FREE char *expanded = NULL, *path = NULL;
        uint64_t number = 0;
        int r = kind_expand(context, str_of(word), EXPAND_QUOTED, &expanded);

        if (r != KIND_OK)
                return r;
        r = kind_path(context, expanded, PATH_ANY, &path);
        if (r != KIND_OK)
                return r;
        r = read_limit(context, rest, &number);
        if (r != KIND_OK)
                return r;
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++)
                if (streq(value->rules->rules[i].source, path)) {
                        value->rules->rules[i].number = number;
                        return KIND_OK;
                }
        return value_add_rule(value,
                              (Rule){ .source = STEAL(path),
                                      .variant = context->row->variant,
                                      .number = number });
}

static int parse_device_limits(const KindContext *context, Str text, Value *value) {
        const DeviceLimitText *texts = &limit_texts[context->row->variant];
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        Str rest = text;
        int r;

        if (is_old(context))
                (void)kind_ignore(context,
                                  "Unit uses %.*s=; please use IO*= settings instead. Support for "
                                  "%.*s= will be removed soon.",
                                  STR_ARG(context->key_written),
                                  STR_ARG(context->key_written)); /* said only */
        if (text.length == 0)
                return KIND_RESET;
        r = word_next(&rest, NULL, WORD_UNQUOTE, &word);
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0)
                return kind_ignore(context,
                                   "Failed to extract %s from '%.*s', ignoring.",
                                   texts->pair,
                                   STR_ARG(text));
        if (r == 0 || !rest.data || rest.length == 0)
                return kind_ignore(context,
                                   "Invalid %s specified in '%.*s', ignoring.",
                                   texts->either,
                                   STR_ARG(text));
        return add_device_limit(context, strbuf_text(&word), rest, value);
}

static void print_device_limits(const DirectiveRow *row, const Value *value, StrBuf *out) {
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                const Rule *rule = &value->rules->rules[i];

                kind_print_key(row, out);
                kind_print_word(rule->source, WORD_UNQUOTE, out);
                strbuf_add_char(out, ' ');
                if (row->variant == DEVICE_LATENCY)
                        duration_print(out, rule->number, 1);
                else if (rule->number == UINT64_MAX)
                        strbuf_add(out, "infinity");
                else
                        strbuf_addf(out, "%" PRIu64, rule->number);
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_device_limits = {
        .name = "device and limit",
        .shape = SHAPE_RULES,
        .bus_type = "a(st)",
        .parse = parse_device_limits,
        .print = print_device_limits,
};

/* --- BPFProgram= --- */

static const char *const attach_types[] = {
        "ingress",  "egress",   "sock_create", "sock_ops",   "device",     "bind4",
        "bind6",    "connect4", "connect6",    "post_bind4", "post_bind6", "sendmsg4",
        "sendmsg6", "sysctl",   "recvmsg4",    "recvmsg6",   "getsockopt", "setsockopt",
};

static bool attach_type_is_known(Str type) {
        for (unsigned i = 0; i < ARRAY_LENGTH(attach_types); i++)
                if (str_equal_c(type, attach_types[i]))
                        return true;
        return false;
}

static int parse_bpf(const KindContext *context, Str text, Value *value) {
        ssize_t colon = str_find_char(text, ':');
        AUTO_FREE char *type = NULL, *expanded = NULL, *path = NULL;
        Str first, second;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        if (colon <= 0 || (size_t)colon + 1 == text.length)
                return kind_ignore(context,
                                   "Invalid syntax in %.*s=, ignoring: %.*s",
                                   STR_ARG(context->key_written),
                                   STR_ARG(text));
        first = (Str){ text.data, (size_t)colon };
        second = (Str){ text.data + colon + 1, text.length - (size_t)colon - 1 };
        if (!attach_type_is_known(first))
                return kind_ignore(context,
                                   "Unknown BPF attach type=%.*s, ignoring: %.*s",
                                   STR_ARG(first),
                                   STR_ARG(text));
        r = kind_expand(context, second, EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        r = kind_path(context, expanded, 0, &path);
        if (r != KIND_OK)
                return r;
        type = str_dup(first);
        if (!type)
                return err_new(-ENOMEM);
        return value_add_rule(value, (Rule){ .source = STEAL(type), .target = STEAL(path) });
}

static void print_bpf(const DirectiveRow *row, const Value *value, StrBuf *out) {
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                const Rule *rule = &value->rules->rules[i];

                strbuf_addf(out, "%s=%s:", row->name, rule->source);
                kind_print_path(rule->target, out);
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_bpf_programs = {
        .name = "attach type and path",
        .shape = SHAPE_RULES,
        .bus_type = "a(ss)",
        .parse = parse_bpf,
        .print = print_bpf,
};
