/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/utf8.h"
#include "unit/base64.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* Disk images: ExtensionImages=, MountImages=, RootImageOptions=, RootHash=, RootHashSignature=. */

#define TUPLE_WORDS (WORD_UNQUOTE | WORD_UNESCAPE | WORD_UNESCAPE_SEPARATOR)
#define ROOT_HASH_MIN 16

static const char *const partition_names[] = {
        "root",
        "root-secondary",
        "root-other",
        "usr",
        "usr-secondary",
        "usr-other",
        "home",
        "srv",
        "esp",
        "xbootldr",
        "swap",
        "root-verity",
        "root-secondary-verity",
        "root-other-verity",
        "usr-verity",
        "usr-secondary-verity",
        "usr-other-verity",
        "root-verity-sig",
        "root-secondary-verity-sig",
        "root-other-verity-sig",
        "usr-verity-sig",
        "usr-secondary-verity-sig",
        "usr-other-verity-sig",
        "tmp",
        "var",
};

static bool partition_is_known(const char *name) {
        for (unsigned i = 0; i < ARRAY_LENGTH(partition_names); i++)
                if (streq(name, partition_names[i]))
                        return true;
        return false;
}

/* Appends "partition:options" with what would end the word escaped. */
static void add_option_pair(StrBuf *out, const char *partition, const char *options) {
        bool is_text = utf8_is_valid(str_of(options));

        strbuf_addf(out, "%s%s:", out->length > 0 ? " " : "", partition);
        for (const char *p = options; *p; p++) {
                unsigned byte = (unsigned char)*p;

                if (byte < ' ' || byte == 0x7f || strchr(" \"'\\:", *p) ||
                    (byte >= 0x80 && !is_text))
                        strbuf_addf(out, "\\x%02x", byte);
                else
                        strbuf_add_char(out, *p);
        }
}

/* Options behind the paths: one string for the root partition, or pairs of partition and options.
 */
static int read_options(const KindContext *context, Str rest, StrBuf *out) {
        AUTO(strbuf_done) StrBuf first = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf second = STRBUF_INIT;

        while (rest.data) {
                AUTO_FREE char *options = NULL;
                int r = word_next(&rest, ":", TUPLE_WORDS, &first), pair;

                if (r <= 0)
                        return r < 0 ? err_pass(r) : KIND_OK;
                pair = word_next(&rest, ":", TUPLE_WORDS, &second);
                if (pair < 0)
                        return err_pass(pair);
                r = kind_expand(context,
                                str_of(strbuf_text(pair ? &second : &first)),
                                EXPAND_DOUBLE | EXPAND_SHORT,
                                &options);
                if (r != KIND_OK)
                        return r;
                if (*options == '\0')
                        continue;
                if (!pair) {
                        add_option_pair(out, "root", options);
                } else if (!partition_is_known(strbuf_text(&first))) {
                        (void)kind_ignore(context,
                                          "Invalid partition name %s, ignoring",
                                          strbuf_text(&first)); /* this pair only */
                } else {
                        add_option_pair(out, strbuf_text(&first), options);
                }
        }
        return KIND_OK;
}

static int
image_path(const KindContext *context, const char *word, unsigned *ret_flags, char **ret) {
        AUTO_FREE char *expanded = NULL;
        const char *path;
        int r = kind_expand(context, str_of(word), EXPAND_DOUBLE, &expanded);

        if (r != KIND_OK)
                return r;
        path = expanded;
        if (ret_flags && *path == '-') {
                *ret_flags |= RULE_OPTIONAL;
                path++;
        }
        return kind_path(context, path, 0, ret);
}

static int read_image(const KindContext *context, Str text, const char *tuple, Rule *rule) {
        bool has_target = context->row->kind == &kind_images;
        AUTO(strbuf_done) StrBuf source = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf target = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf options = STRBUF_INIT;
        Str rest = str_of(tuple);
        int r = word_next(&rest, ":", TUPLE_WORDS, &source), more = 0;

        if (r > 0 && has_target)
                more = word_next(&rest, ":", TUPLE_WORDS, &target);
        if (r < 0 || more < 0)
                return r == -ENOMEM || more == -ENOMEM ? err_new(-ENOMEM) : err_new(-EINVAL);
        r = image_path(context, strbuf_text(&source), &rule->flags, &rule->source);
        if (r != KIND_OK)
                return r;
        if (has_target && more == 0)
                return kind_ignore(context,
                                   "Missing destination in %.*s, ignoring: %.*s",
                                   STR_ARG(context->key_written),
                                   STR_ARG(text));
        if (has_target) {
                r = image_path(context, strbuf_text(&target), NULL, &rule->target);
                if (r != KIND_OK)
                        return r;
        }
        r = read_options(context, rest, &options);
        if (r != KIND_OK)
                return r;
        if (options.length > 0) {
                rule->options = strbuf_steal(&options);
                if (!rule->options)
                        return err_new(-ENOMEM);
        }
        return KIND_OK;
}

static int parse_images(const KindContext *context, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf tuple = STRBUF_INIT;
        Str rest = text;
        bool ignored = false;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        while ((r = word_next(&rest, NULL, WORD_UNQUOTE | WORD_PLAIN_BACKSLASH, &tuple)) > 0) {
                Rule rule = { 0 };

                r = read_image(context, text, strbuf_text(&tuple), &rule);
                if (r == KIND_OK && value_add_rule(value, rule) < 0)
                        return err_new(-ENOMEM);
                if (r != KIND_OK)
                        rule_done(&rule);
                if (r == -EINVAL)
                        return kind_ignore(context,
                                           "Invalid syntax in %.*s=, ignoring: %s",
                                           STR_ARG(context->key_written),
                                           strbuf_text(&tuple));
                if (r < 0)
                        return err_pass(r);
                ignored |= r != KIND_OK;
        }
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0)
                return kind_ignore(context,
                                   "Invalid syntax %.*s=%.*s, ignoring: %s",
                                   STR_ARG(context->key_written),
                                   STR_ARG(text),
                                   kind_error_text(EINVAL));
        return ignored ? KIND_IGNORED : KIND_OK;
}

static void print_images(const DirectiveRow *row, const Value *value, StrBuf *out) {
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                const Rule *rule = &value->rules->rules[i];

                strbuf_addf(out, "%s=%s", row->name, rule->flags & RULE_OPTIONAL ? "-" : "");
                kind_print_part(rule->source, out);
                if (rule->target) {
                        strbuf_add_char(out, ':');
                        kind_print_part(rule->target, out);
                }
                for (const char *p = rule->options ? rule->options : ""; *p; p++) {
                        if (p == rule->options)
                                strbuf_add_char(out, ':');
                        strbuf_add(out, *p == ' ' ? ":" : *p == '%' ? "%%" : "");
                        if (*p != ' ' && *p != '%')
                                strbuf_add_char(out, *p);
                }
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_images = {
        .name = "paths of disk images with options",
        .shape = SHAPE_RULES,
        .bus_type = "a(ssba(ss))",
        .parse = parse_images,
        .print = print_images,
};

const Kind kind_extension_images = {
        .name = "paths of disk images with options",
        .shape = SHAPE_RULES,
        .bus_type = "a(sba(ss))",
        .parse = parse_images,
        .print = print_images,
};

/* --- RootImageOptions=: the same pairs, each a word --- */

static int read_image_option(const KindContext *context, const char *word, Value *value) {
        AUTO(strbuf_done) StrBuf first = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf second = STRBUF_INIT;
        AUTO_FREE char *options = NULL, *partition = NULL;
        Str rest = str_of(word);
        int r = word_next(&rest, ":", TUPLE_WORDS, &first), pair = 0;

        if (r > 0)
                pair = word_next(&rest, ":", TUPLE_WORDS, &second);
        if (r < 0 || pair < 0 || rest.data)
                return r == -ENOMEM || pair == -ENOMEM ? err_new(-ENOMEM) : err_new(-EINVAL);
        if (pair && !partition_is_known(strbuf_text(&first)))
                return kind_ignore(
                        context, "Invalid partition name %s, ignoring", strbuf_text(&first));
        r = kind_expand(
                context, str_of(strbuf_text(pair ? &second : &first)), EXPAND_BARE, &options);
        if (r != KIND_OK)
                return r;
        if (*options == '\0')
                return KIND_OK; /* says nothing */
        partition = str_dup(str_of(pair ? strbuf_text(&first) : "root"));
        if (!partition)
                return err_new(-ENOMEM);
        return value_add_rule(value,
                              (Rule){ .source = STEAL(partition), .options = STEAL(options) });
}

static int parse_image_options(const KindContext *context, Str text, Value *value) {
        static const KindWords words = {
                .flags = WORD_UNQUOTE | WORD_PLAIN_BACKSLASH,
                .add = read_image_option,
                .broken = "Failed to parse",
                .broken_key = true,
        };

        return kind_words(context, &words, text, value);
}

static void print_image_options(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                const Rule *rule = &value->rules->rules[i];

                strbuf_addf(out, "%s%s:", i > 0 ? " " : "", rule->source);
                kind_print_part(rule->options, out);
        }
        strbuf_add_char(out, '\n');
}

const Kind kind_image_options = {
        .name = "mount options of partitions",
        .shape = SHAPE_RULES,
        .bus_type = "a(ss)",
        .parse = parse_image_options,
        .print = print_image_options,
};

/* --- hashes: a path, or the bytes themselves --- */

static void print_hash(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        kind_print_path(value->text, out);
        strbuf_add_char(out, '\n');
}

static int parse_hash_path(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL, *path = NULL;
        int r = kind_expand(context, text, EXPAND_QUOTED | EXPAND_REFUSE, &expanded);

        if (r != KIND_OK)
                return r;
        r = kind_path(context, expanded, PATH_ANY | PATH_KEEP_PARENTS, &path);
        if (r != KIND_OK)
                return r;
        kind_set_text(value, STEAL(path));
        return KIND_OK;
}

static int hex_value(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
                return c - 'A' + 10;
        return -1;
}

/* Digits without the blanks between them; -EINVAL when they are no whole bytes. */
static int read_hex(Str text, StrBuf *out) {
        for (size_t i = 0; i < text.length; i++) {
                int digit;

                if (strchr(" \t\n\r", text.data[i]) && text.data[i])
                        continue;
                digit = hex_value(text.data[i]);
                if (digit < 0)
                        return err_new(-EINVAL);
                strbuf_add_char(out, "0123456789abcdef"[digit]);
        }
        return out->length % 2 != 0 ? err_new(-EINVAL) : strbuf_result(out);
}

static int parse_root_hash(const KindContext *context, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf hex = STRBUF_INIT;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        if (text.data[0] == '/')
                return parse_hash_path(context, text, value);
        r = read_hex(text, &hex);
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0)
                return kind_ignore(context,
                                   "Failed to decode %.*s=, ignoring: %.*s",
                                   STR_ARG(context->key_written),
                                   STR_ARG(text));
        if (hex.length < ROOT_HASH_MIN * 2)
                return kind_ignore(context,
                                   "%.*s= is too short, ignoring: %.*s",
                                   STR_ARG(context->key_written),
                                   STR_ARG(text));
        kind_set_text(value, strbuf_steal(&hex));
        return value->text ? KIND_OK : err_new(-ENOMEM);
}

const Kind kind_root_hash = {
        .name = "hexadecimal hash or path",
        .shape = SHAPE_TEXT,
        .bus_type = "ay",
        .parse = parse_root_hash,
        .print = print_hash,
};

static int parse_root_hash_signature(const KindContext *context, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf bytes = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf encoded = STRBUF_INIT;
        Str rest = text;

        if (text.length == 0)
                return KIND_RESET;
        if (text.data[0] == '/')
                return parse_hash_path(context, text, value);
        if (!str_skip_prefix(&rest, "base64:"))
                return kind_ignore(context,
                                   "Failed to decode %.*s=, not a path but doesn't start with "
                                   "'base64:', ignoring: %.*s",
                                   STR_ARG(context->key_written),
                                   STR_ARG(text));
        if (base64_decode(rest, &bytes) < 0)
                return kind_ignore(context,
                                   "Failed to decode %.*s=, ignoring: %.*s",
                                   STR_ARG(context->key_written),
                                   STR_ARG(text));
        strbuf_add(&encoded, "base64:");
        base64_encode((Str){ strbuf_text(&bytes), bytes.length }, &encoded);
        if (strbuf_result(&bytes) < 0)
                return err_new(-ENOMEM);
        kind_set_text(value, strbuf_steal(&encoded));
        return value->text ? KIND_OK : err_new(-ENOMEM);
}

const Kind kind_root_hash_signature = {
        .name = "base64 signature or path",
        .shape = SHAPE_TEXT,
        .bus_type = "ay",
        .parse = parse_root_hash_signature,
        .print = print_hash,
};
