/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <net/if.h>

#include "base/error.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/utf8.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"
#include "unit/unit_name.h"

/* Kinds whose value is one text. */

static void print_expanded(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_text(row, value->text, out);
}

static void print_as_is(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_raw(row, value->text, out);
}

static void print_path_line(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        kind_print_path(value->text, out);
        strbuf_add_char(out, '\n');
}

/* --- any text, with and without percent expansion --- */

static int parse_text(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        if (*expanded == '\0')
                return KIND_RESET;
        kind_set_text(value, STEAL(expanded));
        return KIND_OK;
}

const Kind kind_text = {
        .name = "text",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_text,
        .print = print_expanded,
};

static int parse_plain_text(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *copy = NULL;
        int r;

        (void)context; /* anything goes */
        if (text.length == 0)
                return KIND_RESET;
        r = kind_copy(text, &copy);
        if (r < 0)
                return err_pass(r);
        kind_set_text(value, STEAL(copy));
        return KIND_OK;
}

const Kind kind_plain_text = {
        .name = "text without specifiers",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_plain_text,
        .print = print_as_is,
};

static bool is_ascii(const char *text) {
        for (const char *p = text; *p; p++)
                if ((unsigned char)*p >= 0x80)
                        return false;
        return true;
}

static int parse_reboot_argument(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        if (!is_ascii(expanded) || strlen(expanded) > NAME_MAX)
                return kind_ignore(context, "Invalid reboot parameter '%s', ignoring.", expanded);
        kind_set_text(value, STEAL(expanded));
        return KIND_OK;
}

const Kind kind_reboot_argument = {
        .name = "argument of the reboot system call",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_reboot_argument,
        .print = print_expanded,
};

/* --- names with rules --- */

/* Whether "well.known.names" of the bus: two or more elements of letters, digits, "_" and "-" that
 * do not begin with a digit; unique names begin with ":" and may. */
static bool bus_name_is_valid(const char *name) {
        bool unique = *name == ':', dotted = false;
        const char *p = unique ? name + 1 : name;

        if (strlen(name) > 255 || *p == '\0')
                return false;
        for (bool first = true; *p; p++) {
                bool digit = *p >= '0' && *p <= '9';

                if (*p == '.') {
                        if (first)
                                return false;
                        dotted = first = true;
                        continue;
                }
                if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_' ||
                      *p == '-' || (digit && (!first || unique))))
                        return false;
                first = false;
        }
        return dotted && p[-1] != '.';
}

static int parse_bus_name(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL;
        int r = kind_expand(context, text, EXPAND_BARE, &expanded);

        if (r != KIND_OK)
                return r;
        if (!bus_name_is_valid(expanded))
                return kind_ignore(context, "Invalid bus name, ignoring: %s", expanded);
        kind_set_text(value, STEAL(expanded));
        return KIND_OK;
}

const Kind kind_bus_name = {
        .name = "bus name",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_bus_name,
        .print = print_expanded,
};

static bool all_digits(const char *text) {
        return *text && strspn(text, "0123456789") == strlen(text);
}

bool kind_user_name_is_valid(const char *name) {
        uid_t uid;

        if (*name == '\0' || !utf8_is_valid(str_of(name)))
                return false;
        if (parse_uid(str_of(name), &uid) == 0)
                return name[0] != '0' || name[1] == '\0';
        if (all_digits(name) ||
            (name[0] == '-' && strspn(name + 1, "0123456789") == strlen(name + 1)))
                return false;
        if (name[0] == ' ' || name[strlen(name) - 1] == ' ' || streq(name, ".") ||
            streq(name, ".."))
                return false;
        for (const char *p = name; *p; p++)
                if ((unsigned char)*p < ' ' || *p == 0x7f || *p == ':' || *p == '/')
                        return false;
        return true;
}

static int parse_user(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_BARE | EXPAND_REFUSE, &expanded);
        if (r != KIND_OK)
                return r;
        if (!kind_user_name_is_valid(expanded))
                return kind_refuse(context, "Invalid user/group name or numeric ID: %s", expanded);
        if ((kind_parameter(context)->flags & USER_WARN_NOBODY) && streq(expanded, "nobody"))
                (void)kind_ignore(context,
                                  "Special user %s configured, this is not safe!",
                                  expanded); /* said only, the value counts */
        kind_set_text(value, STEAL(expanded));
        return KIND_OK;
}

const Kind kind_user = {
        .name = "user or group",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_user,
        .print = print_expanded,
};

/* Names of network interfaces; numbers are none. */
bool kind_interface_is_valid(const char *name) {
        static const char *const reserved[] = { "all", "default", ".", "..", NULL };
        int64_t number;

        if (*name == '\0' || strlen(name) >= IFNAMSIZ || all_digits(name) ||
            (*name != '-' && parse_i64(str_of(name), &number) == 0))
                return false;
        for (const char *const *p = reserved; *p; p++)
                if (streq(name, *p))
                        return false;
        for (const char *p = name; *p; p++)
                if (*p <= ' ' || *p >= 0x7f || strchr(":/%", *p))
                        return false;
        return true;
}

static int parse_interface(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *name = NULL;
        int r;

        if (text.length == 0 || str_equal_c(text, "*"))
                return KIND_RESET;
        r = kind_copy(text, &name);
        if (r < 0)
                return err_pass(r);
        if (!kind_interface_is_valid(name))
                return kind_ignore(context, "Invalid interface name, ignoring: %s", name);
        kind_set_text(value, STEAL(name));
        return KIND_OK;
}

const Kind kind_interface = {
        .name = "network interface",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_interface,
        .print = print_as_is,
};

/* Printable ASCII without ":", at most 255 bytes. */
bool kind_fd_name_is_valid(const char *name) {
        if (strlen(name) > 255)
                return false;
        for (const char *p = name; *p; p++)
                if (*p < ' ' || *p >= 0x7f || *p == ':')
                        return false;
        return true;
}

static int parse_fd_name(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        if (!kind_fd_name_is_valid(expanded))
                return kind_ignore(context, "Invalid file descriptor name, ignoring: %s", expanded);
        kind_set_text(value, STEAL(expanded));
        return KIND_OK;
}

const Kind kind_fd_name = {
        .name = "name of a descriptor",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_fd_name,
        .print = print_expanded,
};

/* What may follow "systemd-journald@" in a unit name and in a path. */
static bool log_namespace_is_valid(const char *name) {
        if (*name == '\0' || strlen(name) > NAME_MAX || !file_name_is_valid(name))
                return false;
        for (const char *p = name; *p; p++)
                if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.@",
                            *p))
                        return false;
        return true;
}

static int parse_log_namespace(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_BARE, &expanded);
        if (r != KIND_OK)
                return r;
        if (!log_namespace_is_valid(expanded))
                return kind_ignore(context,
                                   "Specified log namespace name is not valid, ignoring: %s",
                                   expanded);
        kind_set_text(value, STEAL(expanded));
        return KIND_OK;
}

const Kind kind_log_namespace = {
        .name = "journal name space",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_log_namespace,
        .print = print_expanded,
};

/* A label of a security module; "-" in front: failing to set it is no error. */
static int parse_label(const KindContext *context, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf label = STRBUF_INIT;
        AUTO_FREE char *expanded = NULL;
        bool optional;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        optional = str_skip_prefix(&text, "-");
        r = kind_expand(context, text, optional ? EXPAND_QUOTED : EXPAND_REFUSE, &expanded);
        if (r != KIND_OK)
                return r;
        strbuf_addf(&label, "%s%s", optional ? "-" : "", expanded);
        free(expanded);
        expanded = strbuf_steal(&label);
        if (!expanded)
                return err_new(-ENOMEM);
        kind_set_text(value, STEAL(expanded));
        return KIND_OK;
}

const Kind kind_label = {
        .name = "security label",
        .shape = SHAPE_TEXT,
        .bus_type = "(bs)",
        .parse = parse_label,
        .print = print_expanded,
};

/* --- paths --- */

static int parse_path(const KindContext *context, Str text, Value *value) {
        bool refuse = kind_parameter(context)->flags & PATH_KIND_REFUSE;
        AUTO_FREE char *expanded = NULL, *path = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, refuse ? EXPAND_REFUSE : EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        r = kind_path(context, expanded, refuse ? PATH_REFUSE : 0, &path);
        if (r != KIND_OK)
                return r;
        kind_set_text(value, STEAL(path));
        return KIND_OK;
}

const Kind kind_path_name = {
        .name = "absolute path",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_path,
        .print = print_path_line,
};

static int parse_pid_file(const KindContext *context, Str text, Value *value) {
        const char *root = "/run";
        AUTO_FREE char *expanded = NULL, *path = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        r = kind_path(context, expanded, PATH_ANY, &path);
        if (r < 0 || r == KIND_IGNORED)
                return r < 0 ? err_pass(r) : KIND_REFUSED;
        if (context->specifiers && context->specifiers->machine &&
            context->specifiers->machine->runtime_root)
                root = context->specifiers->machine->runtime_root;
        if (*path != '/') {
                char *joined = path_join(root, path);

                if (!joined)
                        return err_new(-ENOMEM);
                free(path);
                path = joined;
        }
        kind_set_text(value, STEAL(path));
        return KIND_OK;
}

const Kind kind_pid_file = {
        .name = "path, below the runtime directory when relative",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_pid_file,
        .print = print_path_line,
};

static int parse_working_directory(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL, *path = NULL;
        bool optional;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        optional = str_skip_prefix(&text, "-");
        if (context->specifiers && memchr(text.data, '%', text.length)) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

                r = specifier_expand(context->specifiers, text, &out);
                if (r < 0 && r != -ENOMEM) {
                        const char *format =
                                "Failed to resolve unit specifiers in working directory path";

                        if (optional)
                                return kind_ignore(context,
                                                   "%s '%.*s', ignoring: %s",
                                                   format,
                                                   STR_ARG(text),
                                                   kind_error_text(r));
                        return kind_refuse(context,
                                           "%s '%.*s': %s",
                                           format,
                                           STR_ARG(text),
                                           kind_error_text(r));
                }
                expanded = strbuf_steal(&out);
        } else {
                expanded = str_dup(text);
        }
        if (!expanded)
                return err_new(-ENOMEM);
        if (streq(expanded, "~")) {
                kind_set_text(value, STEAL(expanded));
        } else {
                r = kind_path(context, expanded, optional ? 0 : PATH_REFUSE, &path);
                if (r != KIND_OK)
                        return r;
                kind_set_text(value, STEAL(path));
        }
        value->flags = optional ? VALUE_ALLOW_MISSING : 0;
        return KIND_OK;
}

static void print_working_directory(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        if (value->flags & VALUE_ALLOW_MISSING)
                strbuf_add_char(out, '-');
        kind_print_path(value->text, out);
        strbuf_add_char(out, '\n');
}

const Kind kind_working_directory = {
        .name = "absolute path or ~",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_working_directory,
        .print = print_working_directory,
};

/* --- names of units --- */

static int parse_slice(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL;
        UnitType type;
        int r = kind_expand(context, text, EXPAND_BARE | EXPAND_NAME, &expanded);

        if (r != KIND_OK)
                return r;
        if (!unit_name_is_valid(expanded, UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE)) {
                const char *problem = unit_name_is_valid(expanded, UNIT_NAME_TEMPLATE)
                                              ? "is missing the instance name"
                                              : "is not valid";

                return kind_ignore(context,
                                   "Failed to load slice unit %s, ignoring: Unit name %s %s.",
                                   expanded,
                                   expanded,
                                   problem);
        }
        if (unit_name_type(expanded, &type) < 0 || type != UNIT_SLICE ||
            context->unit_type == UNIT_SLICE)
                return kind_ignore(context,
                                   "Failed to assign slice %s to unit %s, ignoring: %s",
                                   expanded,
                                   context->unit_name,
                                   kind_error_text(EINVAL));
        kind_set_text(value, STEAL(expanded));
        return KIND_OK;
}

const Kind kind_slice = {
        .name = "slice",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_slice,
        .print = print_expanded,
};

/* Service= of sockets. */
static int parse_service_name(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL;
        int r = kind_expand(context, text, EXPAND_BARE | EXPAND_NAME, &expanded);

        if (r != KIND_OK)
                return r;
        if (!str_has_suffix(str_of(expanded), ".service"))
                return kind_ignore(
                        context, "Unit must be of type service, ignoring: %.*s", STR_ARG(text));
        if (!unit_name_is_valid(expanded, UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE)) {
                const char *problem = unit_name_is_valid(expanded, UNIT_NAME_TEMPLATE)
                                              ? "is missing the instance name"
                                              : "is not valid";

                return kind_ignore(context,
                                   "Failed to load unit %s, ignoring: Unit name %s %s.",
                                   expanded,
                                   expanded,
                                   problem);
        }
        kind_set_text(value, STEAL(expanded));
        return KIND_OK;
}

const Kind kind_service_name = {
        .name = "service",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_service_name,
        .print = print_expanded,
};

/* Unit= of timers and paths: once, of another kind than a timer or path triggering itself. */
static int parse_triggered_unit(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL;
        UnitType type;
        int r;

        if (value->text)
                return kind_ignore(context,
                                   "Multiple units to trigger specified, ignoring: %.*s",
                                   STR_ARG(text));
        r = kind_expand(context, text, EXPAND_BARE | EXPAND_NAME, &expanded);
        if (r != KIND_OK)
                return r;
        if (unit_name_type(expanded, &type) < 0)
                return kind_ignore(context, "Unit type not valid, ignoring: %.*s", STR_ARG(text));
        if (streq_null(expanded, context->unit_name))
                return kind_ignore(
                        context, "Units cannot trigger themselves, ignoring: %.*s", STR_ARG(text));
        if (unit_name_is_valid(expanded, UNIT_NAME_TEMPLATE))
                return kind_ignore(context,
                                   "Failed to load unit %s, ignoring: Unit name %s is missing "
                                   "the instance name.",
                                   expanded,
                                   expanded);
        kind_set_text(value, STEAL(expanded));
        return KIND_OK;
}

const Kind kind_triggered_unit = {
        .name = "unit",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_triggered_unit,
        .print = print_expanded,
};
