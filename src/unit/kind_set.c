/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "unit/capability_name.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* Sets that fit into one number: capabilities, secure bits, name spaces, controllers. */

/* --- capabilities --- */

static uint64_t read_capabilities(const KindContext *context, Str text) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        uint64_t mask = 0;
        int r;

        while ((r = word_next(&text, NULL, WORD_UNQUOTE, &word)) > 0) {
                int capability = capability_parse(str_of(strbuf_text(&word)));

                if (capability >= 0 && capability <= CAP_LAST_CAP)
                        mask |= UINT64_C(1) << capability;
                else
                        kind_note(context, "Unknown capability, ignoring: %s", strbuf_text(&word));
        }
        if (r < 0)
                kind_note(context, "Invalid syntax, ignoring: %.*s", STR_ARG(text));
        return mask;
}

static int parse_capabilities(const KindContext *context, Str text, Value *value) {
        uint64_t initial = context->row->default_number, mask, before;
        bool invert = str_skip_prefix(&text, "~");

        before = value->flags & VALUE_GIVEN ? value->number : initial;
        mask = read_capabilities(context, text);
        if (mask == 0 || before == initial)
                value->number = (invert ? ~mask : mask) & KIND_ALL_CAPABILITIES;
        else
                value->number = invert ? before & ~mask : before | mask;
        value->flags |= VALUE_GIVEN;
        return KIND_OK;
}

static void print_capabilities(const DirectiveRow *row, const Value *value, StrBuf *out) {
        bool invert = row->default_number != 0 && value->number != 0 &&
                      __builtin_popcountll(value->number) > CAP_LAST_CAP / 2;
        uint64_t mask = invert ? ~value->number & KIND_ALL_CAPABILITIES : value->number;
        const char *between = invert ? "~" : "";

        kind_print_key(row, out);
        if (mask == 0)
                strbuf_add(out, between);
        for (int i = 0; i < 64; i++)
                if (mask >> i & 1) {
                        strbuf_add(out, between);
                        capability_print(i, out);
                        between = " ";
                }
        strbuf_add_char(out, '\n');
}

const Kind kind_capabilities = {
        .name = "capabilities",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "t",
        .parse = parse_capabilities,
        .print = print_capabilities,
};

/* --- words that stand for bits --- */

typedef struct BitName {
        const char *name;
        uint64_t bit;
} BitName;

static uint64_t find_bit(const BitName *names, unsigned n_names, Str word) {
        for (unsigned i = 0; i < n_names; i++)
                if (str_equal_c(word, names[i].name))
                        return names[i].bit;
        return 0;
}

static void print_bits(const DirectiveRow *row,
                       uint64_t mask,
                       const BitName *names,
                       unsigned n_names,
                       StrBuf *out) {
        const char *between = "";

        kind_print_key(row, out);
        for (unsigned i = 0; i < n_names; i++)
                if (mask & names[i].bit) {
                        strbuf_addf(out, "%s%s", between, names[i].name);
                        between = " ";
                }
        strbuf_add_char(out, '\n');
}

static const BitName secure_bit_names[] = {
        { "keep-caps", 1 << SECURE_KEEP_CAPS },
        { "keep-caps-locked", 1 << SECURE_KEEP_CAPS_LOCKED },
        { "no-setuid-fixup", 1 << SECURE_NO_SETUID_FIXUP },
        { "no-setuid-fixup-locked", 1 << SECURE_NO_SETUID_FIXUP_LOCKED },
        { "noroot", 1 << SECURE_NOROOT },
        { "noroot-locked", 1 << SECURE_NOROOT_LOCKED },
};

static int parse_secure_bits(const KindContext *context, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        Str rest = text;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        while ((r = word_next(&rest, NULL, WORD_UNQUOTE, &word)) > 0) {
                uint64_t bit = find_bit(secure_bit_names,
                                        ARRAY_LENGTH(secure_bit_names),
                                        str_of(strbuf_text(&word)));

                if (!bit)
                        kind_note(context, "Unknown secure bit, ignoring: %s", strbuf_text(&word));
                value->number |= bit;
        }
        if (r == -ENOMEM)
                return err_pass(r);
        return value->number == 0 ? KIND_RESET : KIND_OK;
}

static void print_secure_bits(const DirectiveRow *row, const Value *value, StrBuf *out) {
        print_bits(row, value->number, secure_bit_names, ARRAY_LENGTH(secure_bit_names), out);
}

const Kind kind_secure_bits = {
        .name = "secure bits",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "i",
        .parse = parse_secure_bits,
        .print = print_secure_bits,
};

/* --- RestrictNamespaces=: the name spaces that stay allowed --- */

static const BitName namespace_names[] = {
        { "cgroup", CLONE_NEWCGROUP }, { "ipc", CLONE_NEWIPC }, { "net", CLONE_NEWNET },
        { "mnt", CLONE_NEWNS },        { "pid", CLONE_NEWPID }, { "user", CLONE_NEWUSER },
        { "uts", CLONE_NEWUTS },
};
#define NAMESPACES_ALL                                                                             \
        ((uint64_t)(CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID |   \
                    CLONE_NEWUSER | CLONE_NEWUTS))

static int read_namespaces(Str text, uint64_t *ret) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        uint64_t mask = 0;
        int r;

        while ((r = word_next(&text, NULL, WORD_UNQUOTE, &word)) > 0) {
                uint64_t bit = find_bit(
                        namespace_names, ARRAY_LENGTH(namespace_names), str_of(strbuf_text(&word)));

                if (!bit)
                        return err_new(-EINVAL);
                mask |= bit;
        }
        if (r < 0)
                return err_pass(r);
        *ret = mask;
        return 0;
}

static int parse_namespaces(const KindContext *context, Str text, Value *value) {
        uint64_t mask;
        bool truth, invert;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        if (parse_boolean(text, &truth) == 0) {
                value->number = truth ? 0 : NAMESPACES_ALL;
                value->flags |= VALUE_GIVEN;
                return KIND_OK;
        }
        invert = str_skip_prefix(&text, "~");
        r = read_namespaces(text, &mask);
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0)
                return kind_ignore(context,
                                   "Failed to parse namespace type string, ignoring: %.*s",
                                   STR_ARG(text));
        if (!(value->flags & VALUE_GIVEN))
                value->number = invert ? ~mask & NAMESPACES_ALL : mask;
        else
                value->number = invert ? value->number & ~mask : value->number | mask;
        value->flags |= VALUE_GIVEN;
        return KIND_OK;
}

static void print_namespaces(const DirectiveRow *row, const Value *value, StrBuf *out) {
        if (value->number == 0 || value->number == NAMESPACES_ALL)
                kind_print_raw(row, value->number ? "no" : "yes", out);
        else
                print_bits(row, value->number, namespace_names, ARRAY_LENGTH(namespace_names), out);
}

const Kind kind_namespaces = {
        .name = "boolean or kinds of name space",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "t",
        .parse = parse_namespaces,
        .print = print_namespaces,
};

/* --- controllers of control groups --- */

static const BitName controller_names[] = {
        { "cpu", 1 << 0 },
        { "cpuacct", 1 << 1 },
        { "cpuset", 1 << 2 },
        { "io", 1 << 3 },
        { "blkio", 1 << 4 },
        { "memory", 1 << 5 },
        { "devices", 1 << 6 },
        { "pids", 1 << 7 },
        { "bpf-firewall", 1 << 8 },
        { "bpf-devices", 1 << 9 },
        { "bpf-foreign", 1 << 10 },
        { "bpf-socket-bind", 1 << 11 },
        { "bpf-restrict-network-interfaces", 1 << 12 },
};
#define CONTROLLERS_ALL ((UINT64_C(1) << 13) - 1)

bool kind_controllers_has(uint64_t controllers, const char *name) {
        for (unsigned i = 0; name && i < ARRAY_LENGTH(controller_names); i++)
                if (streq(controller_names[i].name, name))
                        return controllers & controller_names[i].bit;
        return false;
}

static int parse_delegate(const KindContext *context, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        uint64_t mask = 0;
        Str rest = text;
        bool truth, ignored = false;
        int r;

        if (text.length == 0) {
                value->number = KIND_DELEGATE_ON;
                return KIND_OK;
        }
        if (parse_boolean(text, &truth) == 0) {
                value->number = truth ? KIND_DELEGATE_ON | CONTROLLERS_ALL : 0;
                return KIND_OK;
        }
        while ((r = word_next(&rest, NULL, WORD_UNQUOTE, &word)) > 0) {
                uint64_t bit = find_bit(controller_names,
                                        ARRAY_LENGTH(controller_names),
                                        str_of(strbuf_text(&word)));

                if (!bit)
                        ignored = kind_ignore(context,
                                              "Invalid controller name '%s', ignoring",
                                              strbuf_text(&word));
                mask |= bit;
        }
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0)
                return kind_ignore(context, "Invalid syntax, ignoring: %.*s", STR_ARG(text));
        value->number |= mask | KIND_DELEGATE_ON;
        return ignored ? KIND_IGNORED : KIND_OK;
}

static void print_delegate(const DirectiveRow *row, const Value *value, StrBuf *out) {
        uint64_t mask = value->number & CONTROLLERS_ALL;

        if (value->number == 0 || mask == CONTROLLERS_ALL)
                kind_print_raw(row, value->number ? "yes" : "no", out);
        else
                print_bits(row, mask, controller_names, ARRAY_LENGTH(controller_names), out);
}

const Kind kind_delegate = {
        .name = "boolean or controllers",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "b",
        .parse = parse_delegate,
        .print = print_delegate,
};

static int parse_controllers(const KindContext *context, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        uint64_t mask = 0;
        Str rest = text;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        while ((r = word_next(&rest, NULL, 0, &word)) > 0)
                mask |= find_bit(controller_names,
                                 ARRAY_LENGTH(controller_names),
                                 str_of(strbuf_text(&word)));
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0 || mask == 0)
                return kind_ignore(context, "Invalid cgroup string: %.*s, ignoring", STR_ARG(text));
        value->number |= mask;
        return KIND_OK;
}

static void print_controllers(const DirectiveRow *row, const Value *value, StrBuf *out) {
        print_bits(row, value->number, controller_names, ARRAY_LENGTH(controller_names), out);
}

const Kind kind_controllers = {
        .name = "controllers",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "as",
        .parse = parse_controllers,
        .print = print_controllers,
};
