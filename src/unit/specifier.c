/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/specifier.h"

#include <errno.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "unit/unit_name.h"

typedef int SpecifierFunction(const SpecifierContext *context, StrBuf *out);

/* A letter stands for a text of the machine (at `offset`) or for what a function adds. */
typedef struct SpecifierRow {
        char letter;
        size_t offset;
        SpecifierFunction *add;
} SpecifierRow;

static int add_name(const SpecifierContext *context, StrBuf *out) {
        strbuf_add(out, context->unit_name);
        return 0;
}

static int add_name_without_type(const SpecifierContext *context, StrBuf *out) {
        strbuf_add_str(out, unit_name_prefix_and_instance(context->unit_name));
        return 0;
}

static int add_prefix(const SpecifierContext *context, StrBuf *out) {
        strbuf_add_str(out, unit_name_prefix(context->unit_name));
        return 0;
}

static int add_instance(const SpecifierContext *context, StrBuf *out) {
        strbuf_add_str(out, unit_name_instance(context->unit_name));
        return 0;
}

static int add_unescaped(Str escaped, StrBuf *out) {
        AUTO_FREE char *plain = NULL;
        int r = unit_name_unescape(escaped, &plain);

        if (r < 0)
                return err_pass(r);
        strbuf_add(out, plain);
        return 0;
}

static int add_prefix_unescaped(const SpecifierContext *context, StrBuf *out) {
        return add_unescaped(unit_name_prefix(context->unit_name), out);
}

static int add_instance_unescaped(const SpecifierContext *context, StrBuf *out) {
        Str instance = unit_name_instance(context->unit_name);

        return instance.data ? add_unescaped(instance, out) : 0;
}

/* The part of the prefix after its last dash. */
static Str last_component(const char *unit_name) {
        Str prefix = unit_name_prefix(unit_name);

        for (size_t i = prefix.length; i > 0; i--)
                if (prefix.data[i - 1] == '-')
                        return (Str){ prefix.data + i, prefix.length - i };
        return prefix;
}

static int add_last_component(const SpecifierContext *context, StrBuf *out) {
        strbuf_add_str(out, last_component(context->unit_name));
        return 0;
}

static int add_last_component_unescaped(const SpecifierContext *context, StrBuf *out) {
        return add_unescaped(last_component(context->unit_name), out);
}

static int add_file_name(const SpecifierContext *context, StrBuf *out) {
        Str instance = unit_name_instance(context->unit_name);
        AUTO_FREE char *path = NULL;
        int r = unit_name_path_unescape(
                instance.data ? instance : unit_name_prefix(context->unit_name), &path);

        if (r < 0)
                return err_pass(r);
        strbuf_add(out, path);
        return 0;
}

static int add_fragment_path(const SpecifierContext *context, StrBuf *out) {
        if (context->fragment_path)
                strbuf_add(out, context->fragment_path);
        return 0;
}

static int add_fragment_directory(const SpecifierContext *context, StrBuf *out) {
        AUTO_FREE char *directory = NULL;

        if (!context->fragment_path)
                return 0;
        directory = path_dir_name(context->fragment_path);
        if (!directory)
                return err_new(-ENOMEM);
        strbuf_add(out, directory);
        return 0;
}

static int add_slice(const SpecifierContext *context, StrBuf *out) {
        if (!context->slice)
                return err_new(-EBADSLT);
        strbuf_add(out, context->slice);
        return 0;
}

static int add_control_group(const SpecifierContext *context, StrBuf *out) {
        int r = add_slice(context, out);

        if (r < 0)
                return err_pass(r);
        strbuf_add_char(out, '/');
        return add_name(context, out);
}

static int add_short_host_name(const SpecifierContext *context, StrBuf *out) {
        Str rest, part;

        if (!context->machine || !context->machine->host_name)
                return err_new(-EBADSLT);
        rest = str_of(context->machine->host_name);
        if (str_next_part(&rest, '.', &part))
                strbuf_add_str(out, part);
        return 0;
}

static int add_pretty_host_name(const SpecifierContext *context, StrBuf *out) {
        const SpecifierMachine *machine = context->machine;

        if (!machine)
                return err_new(-EBADSLT);
        if (machine->pretty_host_name && *machine->pretty_host_name) {
                strbuf_add(out, machine->pretty_host_name);
                return 0;
        }
        return add_short_host_name(context, out);
}

static int add_credentials_directory(const SpecifierContext *context, StrBuf *out) {
        if (!context->machine || !context->machine->credentials_root)
                return err_new(-EBADSLT);
        strbuf_add(out, context->machine->credentials_root);
        strbuf_add_char(out, '/');
        return add_name(context, out);
}

/* Facts of /etc/os-release may be missing: they expand to nothing. Missing facts of the machine are
 * an error. */
#define FACT(c, member)                                                                            \
        { .letter = (c), .offset = offsetof(SpecifierMachine, member) }
#define CALL(c, function)                                                                          \
        { .letter = (c), .add = (function) }

/* clang-format off */
static const SpecifierRow specifier_rows[] = {
        FACT('A', os_image_version),
        FACT('B', os_build_id),
        FACT('C', cache_root),
        FACT('E', configuration_root),
        FACT('G', group_id),
        FACT('H', host_name),
        CALL('I', add_instance_unescaped),
        CALL('J', add_last_component_unescaped),
        FACT('L', logs_root),
        FACT('M', os_image_id),
        CALL('N', add_name_without_type),
        CALL('P', add_prefix_unescaped),
        CALL('R', add_slice),
        FACT('S', state_root),
        FACT('T', tmp_dir),
        FACT('U', user_id),
        FACT('V', var_tmp_dir),
        FACT('W', os_variant_id),
        CALL('Y', add_fragment_directory),
        FACT('a', architecture),
        FACT('b', boot_id),
        CALL('c', add_control_group),
        CALL('d', add_credentials_directory),
        CALL('f', add_file_name),
        FACT('g', group_name),
        FACT('h', home),
        CALL('i', add_instance),
        CALL('j', add_last_component),
        CALL('l', add_short_host_name),
        FACT('m', machine_id),
        CALL('n', add_name),
        FACT('o', os_id),
        CALL('p', add_prefix),
        CALL('q', add_pretty_host_name),
        CALL('r', add_slice),
        FACT('s', shell),
        FACT('t', runtime_root),
        FACT('u', user_name),
        FACT('v', kernel_release),
        FACT('w', os_version_id),
        CALL('y', add_fragment_path),
};
/* clang-format on */

static const SpecifierRow *find_row(char letter) {
        for (size_t i = 0; i < ARRAY_LENGTH(specifier_rows); i++)
                if (specifier_rows[i].letter == letter)
                        return &specifier_rows[i];
        return NULL;
}

static bool is_alphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* os-release fields that a distribution may leave out. */
static bool may_be_missing(char letter) {
        return strchr("ABMWow", letter) != NULL;
}

static int expand_one(const SpecifierContext *context, const SpecifierRow *row, StrBuf *out) {
        const char *fact;

        if (row->add)
                return row->add(context, out);
        if (!context->machine)
                return err_new(-EBADSLT);
        fact = *(char *const *)((const char *)context->machine + row->offset);
        if (fact)
                strbuf_add(out, fact);
        else if (!may_be_missing(row->letter))
                return err_new(-EBADSLT);
        return 0;
}

/* What may stand in names of units: no paths and nothing unescaped. */
static bool is_for_names(char letter) {
        return strchr("ABGHMNUWabgijlmnopquvw", letter) != NULL;
}

static int expand(const SpecifierContext *context, Str text, bool names_only, StrBuf *out) {
        for (size_t i = 0; i < text.length; i++) {
                const SpecifierRow *row;
                char next = i + 1 < text.length ? text.data[i + 1] : '\0';
                int r;

                if (text.data[i] != '%') {
                        size_t start = i;

                        while (i + 1 < text.length && text.data[i + 1] != '%')
                                i++;
                        strbuf_add_str(out, (Str){ text.data + start, i + 1 - start });
                        continue;
                }
                if (next == '%')
                        i++;
                if (!is_alphanumeric(next)) {
                        strbuf_add_char(out, '%');
                        continue;
                }
                row = find_row(next);
                if (!row || (names_only && !is_for_names(next)))
                        return err_new(-EBADSLT);
                r = expand_one(context, row, out);
                if (r < 0)
                        return err_pass(r);
                i++;
        }
        return strbuf_result(out);
}

int specifier_expand(const SpecifierContext *context, Str text, StrBuf *out) {
        return expand(context, text, false, out);
}

int specifier_expand_name(const SpecifierContext *context, Str text, StrBuf *out) {
        return expand(context, text, true, out);
}

void specifier_escape(Str text, StrBuf *out) {
        for (size_t i = 0; i < text.length; i++) {
                if (text.data[i] == '%')
                        strbuf_add_char(out, '%');
                strbuf_add_char(out, text.data[i]);
        }
}
