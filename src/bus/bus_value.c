/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_value.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "bus/bus_getters.h"
#include "bus/bus_text.h"
#include "unit/base64.h"
#include "unit/kind.h"
#include "unit/socket_bind_rule.h"
#include "unit/unit_implied.h"

typedef int
Appender(BusBody *body, const char *signature, const DirectiveRow *directive, const Value *value);

#define SHAPE_BIT(shape) (1u << (shape))
#define NUMBERS (SHAPE_BIT(SHAPE_BOOL) | SHAPE_BIT(SHAPE_UNSIGNED) | SHAPE_BIT(SHAPE_SIGNED))

/* The text after "Key=" as unit_print would write it, for numbers that have names. */
static int printed_text(const DirectiveRow *directive, const Value *value, StrBuf *out) {
        size_t key_length = strlen(directive->name) + 1;

        directive->kind->print(directive, value, out);
        if (out->length <= key_length)
                return strbuf_result(out);
        /* Several lines are one list to the reader. */
        for (size_t i = 0; i < out->length; i++)
                if (out->data[i] == '\n')
                        out->data[i] = ' ';
        memmove(out->data, out->data + key_length, out->length - key_length + 1);
        strbuf_truncate(out, out->length - key_length);
        while (out->length > 0 && out->data[out->length - 1] == ' ')
                strbuf_truncate(out, out->length - 1);
        return strbuf_result(out);
}

static int append_format(BusBody *body, const char *format, ...) PRINTF_LIKE(2, 3);

static int append_format(BusBody *body, const char *format, ...) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        va_list args;
        int r;

        va_start(args, format);
        strbuf_addf_va(&text, format, args);
        va_end(args);
        r = strbuf_result(&text);
        return r < 0 ? err_pass(r) : bus_append_text(body, strbuf_text(&text));
}

/* A share of the machine's memory in bytes. */
static uint64_t memory_share(uint64_t permyriad) {
        uint64_t page_size = (uint64_t)sysconf(_SC_PAGESIZE);
        uint64_t pages = (uint64_t)sysconf(_SC_PHYS_PAGES);

        return pages * permyriad / 10000 * page_size;
}

static int append_i64(BusBody *body,
                      const char *signature UNUSED,
                      const DirectiveRow *directive UNUSED,
                      const Value *value) {
        return bus_body_append_basic(body, 'x', &value->signed_number);
}

static int append_u64(BusBody *body,
                      const char *signature UNUSED,
                      const DirectiveRow *directive UNUSED,
                      const Value *value) {
        uint64_t number = value->number;

        if (value->flags & VALUE_PERCENT)
                number = value->id == DIRECTIVE_TASKS_MAX ? UINT64_MAX : memory_share(number);
        return bus_body_append_basic(body, 't', &number);
}

static int append_u32(BusBody *body,
                      const char *signature,
                      const DirectiveRow *directive UNUSED,
                      const Value *value) {
        uint32_t number = value->number > UINT32_MAX ? UINT32_MAX : (uint32_t)value->number;
        int32_t signed_number = (int32_t)value->signed_number;

        /* systemd scales this one to the whole range of the type. */
        if (value->id == DIRECTIVE_MANAGED_OOM_MEMORY_PRESSURE_LIMIT)
                number = (uint32_t)((value->number * UINT32_MAX + 5000) / 10000);
        return signature[0] == 'u' ? bus_body_append_basic(body, 'u', &number)
                                   : bus_body_append_basic(body, 'i', &signed_number);
}

static int append_u16(BusBody *body,
                      const char *signature UNUSED,
                      const DirectiveRow *directive UNUSED,
                      const Value *value) {
        uint16_t number = value->number > UINT16_MAX ? UINT16_MAX : (uint16_t)value->number;

        return bus_body_append_basic(body, 'q', &number);
}

static int append_bool(BusBody *body,
                       const char *signature UNUSED,
                       const DirectiveRow *directive UNUSED,
                       const Value *value) {
        int truth = value->number != 0;

        return bus_body_append_basic(body, 'b', &truth);
}

/* The name of a number. */
static int append_name(BusBody *body,
                       const char *signature UNUSED,
                       const DirectiveRow *directive,
                       const Value *value) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int r = printed_text(directive, value, &text);

        if (r < 0)
                return err_pass(r);
        return bus_append_text(body, strbuf_text(&text));
}

static int append_text(BusBody *body,
                       const char *signature UNUSED,
                       const DirectiveRow *directive UNUSED,
                       const Value *value) {
        if (value->flags & VALUE_ALLOW_MISSING)
                return append_format(body, "!%s", value->text);
        return bus_append_text(body, value->text);
}

/* A label of a security module: "-" in front says that it may fail. */
static int append_label(BusBody *body,
                        const char *signature UNUSED,
                        const DirectiveRow *directive UNUSED,
                        const Value *value) {
        bool optional = value->text[0] == '-';

        return bus_body_append(body, "(bs)", optional, value->text + optional);
}

static int append_strv(BusBody *body,
                       const char *signature UNUSED,
                       const DirectiveRow *directive UNUSED,
                       const Value *value) {
        return bus_append_strv(body, value->strv);
}

/* The words that stand for the bits of a number. */
static int append_words(BusBody *body,
                        const char *signature UNUSED,
                        const DirectiveRow *directive,
                        const Value *value) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        AUTO_STRV char **words = NULL;
        int r = printed_text(directive, value, &text);

        if (r >= 0)
                r = strv_split(&words, str_of(strbuf_text(&text)), 0);
        return r < 0 ? err_pass(r) : bus_append_strv(body, words);
}

/* A list with a sign: true when it names what is allowed. */
static int append_signed_list(BusBody *body,
                              const char *signature UNUSED,
                              const DirectiveRow *directive UNUSED,
                              const Value *value) {
        int allow = !(value->flags & VALUE_INVERTED);
        int r = bus_body_open(body, 'r', "bas");

        if (r >= 0)
                r = bus_body_append_basic(body, 'b', &allow);
        if (r >= 0)
                r = bus_append_strv(body, value->strv);
        return r < 0 ? r : bus_body_close(body);
}

static int append_bytes_list(BusBody *body,
                             const char *signature UNUSED,
                             const DirectiveRow *directive UNUSED,
                             const Value *value) {
        int r = bus_body_open(body, 'a', "ay");

        STRV_FOREACH(s, value->strv) {
                if (r >= 0)
                        r = bus_body_append_array(body, 'y', *s, strlen(*s));
        }
        return r < 0 ? r : bus_body_close(body);
}

static int append_limit(BusBody *body,
                        const char *signature UNUSED,
                        const DirectiveRow *directive UNUSED,
                        const Value *value) {
        return bus_body_append_basic(body, 't', &value->limit->hard);
}

static int append_bits_number(BusBody *body,
                              const char *signature UNUSED,
                              const DirectiveRow *directive UNUSED,
                              const Value *value) {
        uint64_t number = value->bits && value->bits->n_words > 0 ? value->bits->words[0] : 0;

        return bus_body_append_basic(body, 't', &number);
}

static int append_bits_bytes(BusBody *body,
                             const char *signature UNUSED,
                             const DirectiveRow *directive UNUSED,
                             const Value *value) {
        const BitSet *bits = value->bits;
        size_t size = bits ? bits->n_words * sizeof(uint64_t) : 0;

        /* Little-endian words are the byte order of the property. */
        return bus_body_append_array(body, 'y', size > 0 ? bits->words : NULL, size);
}

static int append_numbers_of(BusBody *body, const uint64_t *words, unsigned n_bits) {
        int r = bus_body_open(body, 'a', "i");

        for (unsigned i = 0; i < n_bits && r >= 0; i++) {
                int32_t number = (int32_t)i;
                if (words[i / 64] >> (i % 64) & 1)
                        r = bus_body_append_basic(body, 'i', &number);
        }
        return r < 0 ? r : bus_body_close(body);
}

static int append_exit_set(BusBody *body,
                           const char *signature UNUSED,
                           const DirectiveRow *directive UNUSED,
                           const Value *value) {
        static const ExitSet empty = { 0 };
        const ExitSet *set = value->exit_set ?: &empty;
        int r = bus_body_open(body, 'r', "aiai");

        if (r >= 0)
                r = append_numbers_of(body, set->codes, 256);
        if (r >= 0)
                r = append_numbers_of(body, set->signals, 128);
        return r < 0 ? r : bus_body_close(body);
}

/* One element of a list of tuples. */
static int append_rule(BusBody *body, const char *element, const Rule *rule) {
        const char *source = rule->source ?: "", *target = rule->target ?: "";
        const char *options = rule->options ?: "";
        int optional = rule->flags & RULE_OPTIONAL ? 1 : 0;

        if (streq(element, "(sb)"))
                return bus_body_append(body, "(sb)", source, optional);
        if (streq(element, "(st)"))
                return bus_body_append(body, "(st)", source, rule->number);
        if (streq(element, "(ss)"))
                return bus_body_append(body, "(ss)", source, rule->target ? target : options);
        if (streq(element, "(ssbt)"))
                return bus_body_append(body,
                                       "(ssbt)",
                                       source,
                                       rule->target ? target : source,
                                       optional,
                                       rule->number ? (uint64_t)MS_REC : UINT64_C(0));
        return bus_append_text(body, source);
}

/* Settings that share one stored list differ by variant. */
static int append_rules(BusBody *body,
                        const char *signature,
                        const DirectiveRow *directive,
                        const Value *value) {
        unsigned n_rules = value->rules ? value->rules->n_rules : 0;
        bool last_first = /* as 252 tells them */
                value->id == DIRECTIVE_DEVICE_ALLOW || value->id == DIRECTIVE_BPF_PROGRAM;
        int r = bus_body_open(body, 'a', signature + 1);

        for (unsigned i = 0; i < n_rules && r >= 0; i++) {
                const Rule *rule = &value->rules->rules[last_first ? n_rules - 1 - i : i];
                if (rule->variant == directive->variant)
                        r = append_rule(body, signature + 1, rule);
        }
        return r < 0 ? r : bus_body_close(body);
}

/* --- address prefixes --- */

static int append_prefix(BusBody *body, const char *text) {
        AUTO_FREE char *address = NULL;
        const char *slash = strchr(text, '/');
        int family = strchr(text, ':') ? AF_INET6 : AF_INET;
        size_t size = family == AF_INET6 ? 16 : 4;
        uint32_t length = (uint32_t)size * 8;
        uint8_t bytes[16];
        int r;

        address = str_dup(slash ? (Str){ text, (size_t)(slash - text) } : str_of(text));
        if (!address)
                return err_new(-ENOMEM);
        if ((slash && parse_u32(str_of(slash + 1), &length) < 0) ||
            inet_pton(family, address, bytes) != 1)
                return 0;
        r = bus_body_open(body, 'r', "iayu");
        if (r >= 0)
                r = bus_append_i32(body, family);
        if (r >= 0)
                r = bus_body_append_array(body, 'y', bytes, size);
        if (r >= 0)
                r = bus_append_u32(body, length);
        return r < 0 ? r : bus_body_close(body);
}

static int append_prefixes(BusBody *body,
                           const char *signature UNUSED,
                           const DirectiveRow *directive UNUSED,
                           const Value *value) {
        int r = bus_body_open(body, 'a', "(iayu)");

        STRV_FOREACH(text, value->strv) {
                if (r >= 0)
                        r = append_prefix(body, *text);
        }
        return r < 0 ? r : bus_body_close(body);
}

/* --- ports: family, protocol, how many of them, and the first --- */

static int append_bind_rule(BusBody *body, const char *text) {
        SocketBindRule rule;

        if (socket_bind_rule_parse(str_of(text), &rule) < 0)
                return 0;
        int n_ports = rule.last > 0 ? rule.last - rule.first + 1 : 0;
        return bus_body_append(
                body, "(iiqq)", rule.family, rule.protocol, (uint16_t)n_ports, rule.first);
}

static int append_bind_rules(BusBody *body,
                             const char *signature UNUSED,
                             const DirectiveRow *directive UNUSED,
                             const Value *value) {
        int r = bus_body_open(body, 'a', "(iiqq)");

        /* The last one first, as 252 tells them. */
        for (size_t i = strv_length(value->strv); i > 0 && r >= 0; i--)
                r = append_bind_rule(body, value->strv[i - 1]);
        return r < 0 ? r : bus_body_close(body);
}

/* --- bytes that are kept as Base64 --- */

static int append_base64(BusBody *body,
                         const char *signature UNUSED,
                         const DirectiveRow *directive UNUSED,
                         const Value *value) {
        unsigned n_rules = value->rules ? value->rules->n_rules : 0;
        AUTO(strbuf_done) StrBuf data = STRBUF_INIT;
        int r;

        for (unsigned i = 0; i < n_rules; i++) {
                r = base64_decode(str_of(value->rules->rules[i].options), &data);
                if (r < 0)
                        return err_pass(r);
        }
        r = strbuf_result(&data);
        return r < 0 ? err_pass(r)
                     : bus_body_append_array(body, 'y', strbuf_text(&data), data.length);
}

/* clang-format off */
static const struct {
        const char *signature;
        unsigned shapes; /* SHAPE_BIT mask */
        Appender *append;
} appenders[] = {
        { "b", NUMBERS, append_bool },
        { "t", NUMBERS, append_u64 },
        { "x", NUMBERS, append_i64 },
        { "u", NUMBERS, append_u32 },
        { "i", NUMBERS, append_u32 },
        { "q", NUMBERS, append_u16 },
        { "s", NUMBERS, append_name },
        { "s", SHAPE_BIT(SHAPE_TEXT), append_text },
        { "(bs)", SHAPE_BIT(SHAPE_TEXT), append_label },
        { "as", SHAPE_BIT(SHAPE_STRV), append_strv },
        { "as", NUMBERS, append_words },
        { "as", SHAPE_BIT(SHAPE_RULES), append_rules },
        { "(bas)", SHAPE_BIT(SHAPE_STRV), append_signed_list },
        { "aay", SHAPE_BIT(SHAPE_STRV), append_bytes_list },
        { "t", SHAPE_BIT(SHAPE_LIMIT), append_limit },
        { "t", SHAPE_BIT(SHAPE_BITS), append_bits_number },
        { "ay", SHAPE_BIT(SHAPE_BITS), append_bits_bytes },
        { "ay", SHAPE_BIT(SHAPE_RULES), append_base64 },
        { "(aiai)", SHAPE_BIT(SHAPE_EXIT_SET), append_exit_set },
        { "a(sb)", SHAPE_BIT(SHAPE_RULES), append_rules },
        { "a(st)", SHAPE_BIT(SHAPE_RULES), append_rules },
        { "a(ss)", SHAPE_BIT(SHAPE_RULES), append_rules },
        { "a(ssbt)", SHAPE_BIT(SHAPE_RULES), append_rules },
        { "a(iayu)", SHAPE_BIT(SHAPE_STRV), append_prefixes },
        { "a(iiqq)", SHAPE_BIT(SHAPE_STRV), append_bind_rules },
};
/* clang-format on */

static Appender *find_appender(const char *signature, unsigned shape) {
        for (unsigned i = 0; i < ARRAY_LENGTH(appenders); i++)
                if ((appenders[i].shapes & SHAPE_BIT(shape)) &&
                    streq(appenders[i].signature, signature))
                        return appenders[i].append;
        return NULL;
}

bool bus_value_can_append(const char *signature, ValueShape shape) {
        return find_appender(signature, shape) != NULL;
}

int bus_value_append(BusBody *body,
                     const char *signature,
                     const DirectiveRow *directive,
                     const Value *value) {
        Appender *append = find_appender(signature, value->shape);

        if (!append)
                return err_new(-EOPNOTSUPP);
        return append(body, signature, directive, value);
}

const Value *bus_value_find(BusGetterContext *context, DirectiveId id) {
        const BusHost *host = &context->server->host;

        if (!context->unit || !context->unit->spec)
                return NULL;
        const Value *value = unit_implied_find(context->unit->spec, id, &context->implied);
        return value || !host->default_value
                       ? value
                       : host->default_value(host->userdata, context->unit, id, &context->implied);
}

int bus_value_get(BusGetterContext *context, BusBody *body) {
        const Value *value = bus_value_find(context, context->directive->id);

        if (!value)
                return bus_property_append_default(context, body);
        return bus_value_append(body, context->row->signature, context->directive, value);
}
