/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_name.h"

#include <assert.h>
#include <errno.h>

#include "base/auto.h"
#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strbuf.h"

static const char *const unit_type_names[] = {
        [UNIT_SERVICE] = "service", [UNIT_SOCKET] = "socket", [UNIT_TARGET] = "target",
        [UNIT_DEVICE] = "device",   [UNIT_MOUNT] = "mount",   [UNIT_AUTOMOUNT] = "automount",
        [UNIT_SWAP] = "swap",       [UNIT_TIMER] = "timer",   [UNIT_PATH] = "path",
        [UNIT_SLICE] = "slice",     [UNIT_SCOPE] = "scope",
};
static_assert(ARRAY_LENGTH(unit_type_names) == UNIT_TYPE_COUNT, "every type has a name");

const char *unit_type_name(UnitType type) {
        return enum_print(unit_type_names, UNIT_TYPE_COUNT, (int)type);
}

int unit_type_parse(Str text, UnitType *ret) {
        int type = enum_parse(unit_type_names, UNIT_TYPE_COUNT, text);

        if (type < 0)
                return err_pass(type);
        *ret = (UnitType)type;
        return 0;
}

static bool is_alphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Characters of a unit name other than "@". */
static bool is_name_char(char c) {
        return is_alphanumeric(c) || (c != '\0' && strchr(":-_.\\", c));
}

/* The dot before the type, NULL when there is no known type. */
static const char *find_type_dot(const char *name) {
        const char *dot = name ? strrchr(name, '.') : NULL;
        UnitType type;

        if (!dot || unit_type_parse(str_of(dot + 1), &type) < 0)
                return NULL;
        return dot;
}

UnitNameKind unit_name_kind(const char *name) {
        const char *dot = find_type_dot(name), *at = NULL;

        if (!dot || dot == name || strlen(name) > UNIT_NAME_MAX)
                return 0;
        for (const char *p = name; p < dot; p++) {
                if (*p == '@')
                        at = at ? at : p;
                else if (!is_name_char(*p))
                        return 0;
        }
        if (!at)
                return UNIT_NAME_PLAIN;
        if (at == name)
                return 0;
        return at + 1 == dot ? UNIT_NAME_TEMPLATE : UNIT_NAME_INSTANCE;
}

bool unit_name_is_valid(const char *name, unsigned kinds) {
        return (unit_name_kind(name) & kinds) != 0;
}

int unit_name_type(const char *name, UnitType *ret) {
        if (unit_name_kind(name) == 0)
                return err_new(-EINVAL);
        return unit_type_parse(str_of(strrchr(name, '.') + 1), ret);
}

Str unit_name_prefix_and_instance(const char *name) {
        const char *dot = find_type_dot(name);

        return dot ? (Str){ name, (size_t)(dot - name) } : str_of(name);
}

Str unit_name_prefix(const char *name) {
        Str both = unit_name_prefix_and_instance(name);
        ssize_t at = str_find_char(both, '@');

        return at < 0 ? both : (Str){ both.data, (size_t)at };
}

Str unit_name_instance(const char *name) {
        Str both = unit_name_prefix_and_instance(name);
        ssize_t at = str_find_char(both, '@');

        if (at < 0 || (size_t)at + 1 == both.length)
                return (Str){ NULL, 0 };
        return (Str){ both.data + at + 1, both.length - (size_t)at - 1 };
}

int unit_name_template(const char *name, char **ret_template) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        char *result;

        if (unit_name_kind(name) != UNIT_NAME_INSTANCE)
                return err_new(-EINVAL);
        strbuf_add_str(&text, unit_name_prefix(name));
        strbuf_add_char(&text, '@');
        strbuf_add(&text, strrchr(name, '.'));
        result = strbuf_steal(&text);
        if (!result)
                return err_new(-ENOMEM);
        *ret_template = result;
        return 0;
}

int unit_name_instantiate(const char *template_name, const char *instance, char **ret_name) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        AUTO_FREE char *result = NULL;

        if (!unit_name_is_valid(template_name, UNIT_NAME_TEMPLATE | UNIT_NAME_INSTANCE))
                return err_new(-EINVAL);
        strbuf_add_str(&text, unit_name_prefix(template_name));
        strbuf_add_char(&text, '@');
        strbuf_add(&text, instance);
        strbuf_add(&text, strrchr(template_name, '.'));
        result = strbuf_steal(&text);
        if (!result)
                return err_new(-ENOMEM);
        if (!unit_name_is_valid(result, UNIT_NAME_INSTANCE))
                return err_new(-EINVAL);
        *ret_name = STEAL(result);
        return 0;
}

static void add_hex_escape(StrBuf *out, char c) {
        strbuf_addf(out, "\\x%02x", (unsigned)(unsigned char)c);
}

static void escape_into(const char *text, StrBuf *out) {
        for (const char *p = text; *p; p++) {
                if (*p == '/')
                        strbuf_add_char(out, '-');
                else if ((p == text && *p == '.') || *p == '-' || *p == '\\' || !is_name_char(*p))
                        add_hex_escape(out, *p);
                else
                        strbuf_add_char(out, *p);
        }
}

/* Gives the buffer's text away. */
static int steal_text(StrBuf *buffer, char **ret) {
        char *text = strbuf_steal(buffer);

        if (!text)
                return err_new(-ENOMEM);
        *ret = text;
        return 0;
}

int unit_name_escape(const char *text, char **ret) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        escape_into(text, &out);
        return steal_text(&out, ret);
}

static int hex_digit(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
                return c - 'A' + 10;
        return -1;
}

int unit_name_unescape(Str text, char **ret) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        for (size_t i = 0; i < text.length; i++) {
                int high, low;

                if (text.data[i] != '\\') {
                        strbuf_add_char(&out, text.data[i] == '-' ? '/' : text.data[i]);
                        continue;
                }
                if (i + 3 >= text.length || text.data[i + 1] != 'x')
                        return err_new(-EINVAL);
                high = hex_digit(text.data[i + 2]);
                low = hex_digit(text.data[i + 3]);
                if (high < 0 || low < 0 || (high == 0 && low == 0))
                        return err_new(-EINVAL);
                strbuf_add_char(&out, (char)(high * 16 + low));
                i += 3;
        }
        return steal_text(&out, ret);
}

/* Whether a component of a simplified path is "..". */
static bool has_parent_component(const char *path) {
        Str rest = str_of(path), part;

        while (str_next_part(&rest, '/', &part))
                if (str_equal_c(part, ".."))
                        return true;
        return false;
}

int unit_name_path_escape(const char *path, char **ret) {
        AUTO_FREE char *simple = path_simplify(str_of(path));
        const char *inner;

        if (!simple)
                return err_new(-ENOMEM);
        inner = simple + (simple[0] == '/');
        if (*inner == '\0') {
                char *dash = str_dup(STR_LITERAL("-"));

                if (!dash)
                        return err_new(-ENOMEM);
                *ret = dash;
                return 0;
        }
        if (has_parent_component(simple) || streq(inner, "."))
                return err_new(-EINVAL);
        return unit_name_escape(inner, ret);
}

int unit_name_path_unescape(Str text, char **ret_path) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_FREE char *inner = NULL;
        int r;

        if (text.length == 0)
                return err_new(-EINVAL);
        strbuf_add_char(&out, '/');
        if (str_equal_c(text, "-"))
                return steal_text(&out, ret_path);
        r = unit_name_unescape(text, &inner);
        if (r < 0)
                return err_pass(r);
        strbuf_add(&out, inner);
        if (strbuf_result(&out) < 0)
                return err_new(-ENOMEM);
        if (!path_is_normalized(strbuf_text(&out)))
                return err_new(-EINVAL);
        return steal_text(&out, ret_path);
}

int unit_name_from_path(const char *path, const char *suffix, char **ret_name) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_FREE char *escaped = NULL, *name = NULL;
        int r = unit_name_path_escape(path, &escaped);

        if (r < 0)
                return err_pass(r);
        strbuf_add(&out, escaped);
        strbuf_add(&out, suffix);
        r = steal_text(&out, &name);
        if (r < 0)
                return err_pass(r);
        if (strlen(name) > UNIT_NAME_MAX)
                return err_new(-ENAMETOOLONG);
        if (!unit_name_is_valid(name, UNIT_NAME_PLAIN))
                return err_new(-EINVAL);
        *ret_name = STEAL(name);
        return 0;
}

static bool is_glob(const char *text) {
        return strpbrk(text, "*?[") != NULL;
}

static bool is_glob_char(char c) {
        return is_name_char(c) || (c != '\0' && strchr("@[]!-*?", c));
}

static bool is_valid_glob(const char *text) {
        for (const char *p = text; *p; p++)
                if (!is_glob_char(*p))
                        return false;
        return is_glob(text);
}

static void mangle_into(const char *typed, bool allow_globs, StrBuf *out) {
        for (const char *p = typed; *p; p++) {
                if (*p == '/')
                        strbuf_add_char(out, '-');
                else if (is_name_char(*p) || *p == '@' || (allow_globs && is_glob_char(*p)))
                        strbuf_add_char(out, *p);
                else
                        add_hex_escape(out, *p);
        }
}

static bool is_device_path(const char *path) {
        return str_has_prefix(str_of(path), "/dev/") || str_has_prefix(str_of(path), "/sys/");
}

/* A name that is not a path and neither a valid name nor a valid glob. */
static int
mangle_text(const char *typed, const char *default_suffix, bool allow_globs, char **ret_name) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        bool glob;

        mangle_into(typed, allow_globs, &out);
        if (strbuf_result(&out) < 0)
                return err_new(-ENOMEM);
        glob = allow_globs && is_glob(strbuf_text(&out));
        if (!glob && !unit_name_is_valid(strbuf_text(&out), UNIT_NAME_ANY))
                strbuf_add(&out, default_suffix);
        if (strbuf_result(&out) < 0)
                return err_new(-ENOMEM);
        if (!glob && !unit_name_is_valid(strbuf_text(&out), UNIT_NAME_ANY))
                return err_new(-EINVAL);
        return steal_text(&out, ret_name);
}

int unit_name_mangle(const char *typed,
                     const char *default_suffix,
                     bool allow_globs,
                     char **ret_name) {
        if (!typed || *typed == '\0' || !find_type_dot(default_suffix))
                return err_new(-EINVAL);
        if (unit_name_is_valid(typed, UNIT_NAME_ANY) || (allow_globs && is_valid_glob(typed))) {
                char *copy = str_dup(str_of(typed));

                if (!copy)
                        return err_new(-ENOMEM);
                *ret_name = copy;
                return 0;
        }
        if (*typed == '/' && !(allow_globs && is_glob(typed))) {
                int r = unit_name_from_path(
                        typed, is_device_path(typed) ? ".device" : ".mount", ret_name);
                if (r != -EINVAL) /* a path that is none is text like any other */
                        return err_pass(r);
        }
        return mangle_text(typed, default_suffix, allow_globs, ret_name);
}

/* Valid slice names: "-.slice", else parts between single dashes, none of them empty. */
static bool slice_is_valid(const char *slice) {
        Str prefix = unit_name_prefix_and_instance(slice);
        Str rest = prefix, part;

        if (unit_name_kind(slice) != UNIT_NAME_PLAIN || !str_has_suffix(str_of(slice), ".slice"))
                return false;
        if (str_equal_c(prefix, "-"))
                return true;
        while (str_next_part(&rest, '-', &part))
                if (part.length == 0)
                        return false;
        return true;
}

int unit_name_slice_parent(const char *slice, char **ret_parent) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        Str prefix;
        const char *dash = NULL;

        if (!slice_is_valid(slice))
                return err_new(-EINVAL);
        prefix = unit_name_prefix_and_instance(slice);
        if (str_equal_c(prefix, "-")) {
                *ret_parent = NULL;
                return 0;
        }
        for (size_t i = 0; i < prefix.length; i++)
                if (prefix.data[i] == '-')
                        dash = prefix.data + i;
        if (dash)
                strbuf_add_str(&out, (Str){ prefix.data, (size_t)(dash - prefix.data) });
        else
                strbuf_add_char(&out, '-');
        strbuf_add(&out, ".slice");
        return steal_text(&out, ret_parent);
}
