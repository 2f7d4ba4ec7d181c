/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/property_text.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "tend/time_text.h"

#define COMMANDS "a(sasbttttuii)"
#define COMMANDS_EXTENDED "a(sasasttttuii)"

static bool ends_with(const char *name, const char *suffix) {
        return str_has_suffix(str_of(name), suffix);
}

static bool begins_with(const char *name, const char *prefix) {
        return str_has_prefix(str_of(name), prefix);
}

/* What the largest number means. */
static const char *words_for_max(const char *name) {
        static const char *const limits[] = { "MemoryLow", "MemoryMin",      "MemoryHigh",
                                              "MemoryMax", "SwapMax",        "MemoryLimit",
                                              "TasksMax",  "MemoryAvailable" };
        if (begins_with(name, "IP"))
                return "[no data]";
        if (begins_with(name, "Limit") || begins_with(name, "DefaultLimit"))
                return "infinity";
        for (size_t i = 0; i < ARRAY_LENGTH(limits); i++)
                if (ends_with(name, limits[i]))
                        return "infinity";
        return "[not set]";
}

void property_print_number(const char *name, uint64_t number, StrBuf *out) {
        if (ends_with(name, "Timestamp")) {
                if (number > 0)
                        time_print(number, out);
        } else if (strstr(name, "USec")) {
                duration_print(out, number, 1);
        } else if (number == UINT64_MAX) {
                strbuf_add(out, words_for_max(name));
        } else {
                strbuf_addf(out, "%llu", (unsigned long long)number);
        }
}

static void print_u32(const char *name, uint32_t number, StrBuf *out) {
        if (streq(name, "UMask") || ends_with(name, "Mode"))
                strbuf_addf(out, "%04o", number);
        else if ((streq(name, "UID") || streq(name, "GID")) && number == UINT32_MAX)
                strbuf_add(out, "[not set]");
        else
                strbuf_addf(out, "%u", number);
}

/* A value of any basic type. */
typedef union BasicValue {
        uint8_t y;
        int b;
        int16_t n;
        uint16_t q;
        int32_t i;
        uint32_t u;
        int64_t x;
        uint64_t t;
        double d;
        const char *s;
} BasicValue;

static int print_basic(sd_bus_message *message, const char *name, char type, StrBuf *out) {
        BasicValue value = { 0 };

        int r = sd_bus_message_read_basic(message, type, &value);
        if (r <= 0)
                return err_pass(r);
        switch (type) {
        case 's':
        case 'o':
        case 'g':
                strbuf_add(out, value.s);
                break;
        case 'b':
                strbuf_add(out, value.b ? "yes" : "no");
                break;
        case 't':
                property_print_number(name, value.t, out);
                break;
        case 'u':
                print_u32(name, value.u, out);
                break;
        case 'y':
                strbuf_addf(out, "%02x", value.y);
                break;
        case 'i':
                strbuf_addf(out, "%d", value.i);
                break;
        case 'x':
                strbuf_addf(out, "%lld", (long long)value.x);
                break;
        case 'n':
        case 'q':
                strbuf_addf(out, "%d", type == 'n' ? value.n : value.q);
                break;
        case 'd':
                strbuf_addf(out, "%g", value.d);
                break;
        default:
                return err_new(-EBADMSG); /* descriptors are no property */
        }
        return 0;
}

/* --- commands
 * --------------------------------------------------------------------------------------- */

#define COMMAND_TAIL "ttttuii"

static void add_stamp(StrBuf *out, uint64_t realtime_usec) {
        strbuf_add_char(out, '[');
        if (realtime_usec > 0)
                time_print(realtime_usec, out);
        else
                strbuf_add(out, "n/a");
        strbuf_add_char(out, ']');
}

/* Appends the strings of an array, with spaces between. */
static int print_strings(sd_bus_message *message, StrBuf *out) {
        const char *text;

        int r = sd_bus_message_enter_container(message, 'a', "s");
        for (unsigned i = 0; r >= 0 && (r = sd_bus_message_read(message, "s", &text)) > 0; i++)
                strbuf_addf(out, "%s%s", i > 0 ? " " : "", text);
        return r < 0 ? err_pass(r) : sd_bus_message_exit_container(message);
}

/* "ignore_errors=no", or the flags where there are more. */
static int print_command_flags(sd_bus_message *message, bool extended, StrBuf *out) {
        int ignore;

        if (extended) {
                strbuf_add(out, " ; flags=");
                return err_pass(print_strings(message, out));
        }
        int r = sd_bus_message_read(message, "b", &ignore);
        if (r >= 0)
                strbuf_addf(out, " ; ignore_errors=%s", ignore ? "yes" : "no");
        return err_pass(r);
}

static const char *exit_code_word(int code) {
        return code == CLD_EXITED   ? "exited"
               : code == CLD_KILLED ? "killed"
               : code == CLD_DUMPED ? "dumped"
                                    : "(null)";
}

/* "{ path=/bin/x ; argv[]=/bin/x y ; ignore_errors=no ; ... }" */
static int print_command(sd_bus_message *message, bool extended, StrBuf *out) {
        const char *path;
        uint64_t start_usec, start_monotonic_usec, exit_usec, exit_monotonic_usec;
        uint32_t pid;
        int code, status;

        int r = sd_bus_message_read(message, "s", &path);
        if (r < 0)
                return err_pass(r);
        strbuf_addf(out, "{ path=%s ; argv[]=", path);
        r = print_strings(message, out);
        if (r >= 0)
                r = print_command_flags(message, extended, out);
        if (r >= 0)
                r = sd_bus_message_read(message,
                                        COMMAND_TAIL,
                                        &start_usec,
                                        &start_monotonic_usec,
                                        &exit_usec,
                                        &exit_monotonic_usec,
                                        &pid,
                                        &code,
                                        &status);
        if (r < 0)
                return err_pass(r);
        strbuf_add(out, " ; start_time=");
        add_stamp(out, start_usec);
        strbuf_add(out, " ; stop_time=");
        add_stamp(out, exit_usec);
        const char *signal_name =
                code == CLD_KILLED || code == CLD_DUMPED ? sigabbrev_np(status) : NULL;
        strbuf_addf(out, " ; pid=%u ; code=%s ; status=%d", pid, exit_code_word(code), status);
        if (code != CLD_EXITED) /* exits have no name here */
                strbuf_addf(out, "/%s", signal_name ? signal_name : "0");
        strbuf_add(out, " }");
        return 0;
}

static int print_one_command(sd_bus_message *message, bool extended, StrBuf *out) {
        const char *contents = extended ? "sasas" COMMAND_TAIL : "sasb" COMMAND_TAIL;

        int r = sd_bus_message_enter_container(message, 'r', contents);
        if (r >= 0)
                r = print_command(message, extended, out);
        return r < 0 ? err_pass(r) : sd_bus_message_exit_container(message);
}

static int print_commands(sd_bus_message *message, bool extended, StrBuf *out) {
        const char *contents = extended ? "sasas" COMMAND_TAIL : "sasb" COMMAND_TAIL;
        const char *separator = "";

        int r = sd_bus_message_enter_container(
                message, 'a', extended ? "(sasas" COMMAND_TAIL ")" : "(sasb" COMMAND_TAIL ")");
        while (r >= 0 && (r = sd_bus_message_enter_container(message, 'r', contents)) > 0) {
                strbuf_add(out, separator);
                separator = " ";
                r = print_command(message, extended, out);
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
        }
        return r < 0 ? err_pass(r) : sd_bus_message_exit_container(message);
}

/* --- containers
 * ------------------------------------------------------------------------------------- */

static int print_items(sd_bus_message *message, const char *name, StrBuf *out);

static int print_container(
        sd_bus_message *message, const char *name, char type, const char *contents, StrBuf *out) {
        bool is_structure = type == 'r' || type == 'e';

        int r = sd_bus_message_enter_container(message, type, contents);
        if (r < 0)
                return err_pass(r);
        size_t begin = out->length;
        if (is_structure)
                strbuf_add(out, "{ ");
        r = print_items(message, name, out);
        if (is_structure && str_trim(str_of(strbuf_text(out) + begin + 1)).length == 0)
                strbuf_truncate(out, begin); /* a structure of nothing but empty lists */
        else if (is_structure)
                strbuf_add(out, " }");
        return r < 0 ? err_pass(r) : sd_bus_message_exit_container(message);
}

/* All values to the end of the container, with spaces between; bytes without. */
static int print_items(sd_bus_message *message, const char *name, StrBuf *out) {
        const char *contents;
        char type, before = '\0';
        int r;

        while ((r = sd_bus_message_peek_type(message, &type, &contents)) > 0) {
                if (before != '\0' && type != 'y')
                        strbuf_add_char(out, ' ');
                before = type;
                if (contents)
                        r = print_container(message, name, type, contents, out);
                else
                        r = print_basic(message, name, type, out);
                if (r < 0)
                        return err_pass(r);
        }
        return err_pass(r);
}

/* The number of a job, nothing when there is none. */
static int print_job(sd_bus_message *message, StrBuf *out) {
        const char *path;
        uint32_t id;

        int r = sd_bus_message_read(message, "(uo)", &id, &path);
        if (r >= 0 && id > 0)
                strbuf_addf(out, "%u", id);
        return err_pass(r);
}

/* Text or a list with a flag before it: "-" ignores what is missing, "~" turns a list around. */
static int
print_flagged(sd_bus_message *message, const char *name, const char *contents, StrBuf *out) {
        bool is_list = contents[2] == 'a';
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int flag;

        int r = sd_bus_message_enter_container(message, 'r', is_list ? "bas" : "bs");
        if (r >= 0)
                r = sd_bus_message_read(message, "b", &flag);
        if (r >= 0)
                r = print_items(message, name, &text);
        if (r < 0)
                return err_pass(r);
        if (text.length > 0 && (is_list ? !flag : flag))
                strbuf_add_char(out, is_list ? '~' : '-');
        strbuf_add(out, strbuf_text(&text));
        return sd_bus_message_exit_container(message);
}

int property_print(sd_bus_message *message, const char *name, const char *contents, StrBuf *out) {
        const char *inner;
        char type;

        if (contents[0] != 'v' && contents[1] == '\0') /* as most are */
                return err_pass(print_basic(message, name, contents[0], out));
        if (streq(contents, COMMANDS) || streq(contents, COMMANDS_EXTENDED))
                return err_pass(print_commands(message, streq(contents, COMMANDS_EXTENDED), out));
        if (streq(contents, "(uo)"))
                return err_pass(print_job(message, out));
        if (streq(contents, "(bs)") || streq(contents, "(bas)"))
                return err_pass(print_flagged(message, name, contents, out));
        int r = sd_bus_message_peek_type(message, &type, &inner);
        if (r <= 0)
                return err_pass(r);
        return err_pass(inner ? print_container(message, name, type, inner, out)
                              : print_basic(message, name, type, out));
}

int property_print_item(sd_bus_message *message,
                        const char *name,
                        const char *contents,
                        StrBuf *out) {
        const char *inner;
        char type;

        if (streq(contents, "(sasbttttuii)") || streq(contents, "(sasasttttuii)"))
                return err_pass(print_one_command(message, contents[4] == 'a', out));
        int r = sd_bus_message_peek_type(message, &type, &inner);
        if (r < 0)
                return err_pass(r);
        return err_pass(inner ? print_container(message, name, type, inner, out)
                              : print_basic(message, name, type, out));
}

/* --- JSON
 * ------------------------------------------------------------------------------------------- */

static int json_basic(sd_bus_message *message, const char *key, char type, JsonWriter *writer) {
        BasicValue value = { 0 };

        int r = sd_bus_message_read_basic(message, type, &value);
        if (r < 0)
                return err_pass(r);
        if (strchr("sog", type))
                json_string(writer, key, value.s);
        else if (type == 'b')
                json_boolean(writer, key, value.b != 0);
        else if (type == 't' || type == 'u' || type == 'q' || type == 'y')
                json_unsigned(writer,
                              key,
                              type == 't'   ? value.t
                              : type == 'u' ? value.u
                              : type == 'q' ? value.q
                                            : value.y);
        else if (type == 'i' || type == 'x' || type == 'n')
                json_number(writer, key, type == 'i' ? value.i : type == 'x' ? value.x : value.n);
        else
                json_null(writer, key);
        return 0;
}

static int json_value(sd_bus_message *message, const char *key, JsonWriter *writer) {
        const char *contents;
        char type;

        int r = sd_bus_message_peek_type(message, &type, &contents);
        if (r <= 0)
                return err_pass(r);
        if (!contents)
                return json_basic(message, key, type, writer) < 0 ? -EBADMSG : 1;
        r = sd_bus_message_enter_container(message, type, contents);
        if (r < 0)
                return err_pass(r);
        json_begin_array(writer, key);
        while ((r = json_value(message, NULL, writer)) > 0)
                ;
        json_end_array(writer);
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        return r < 0 ? err_pass(r) : 1;
}

int property_print_json(sd_bus_message *message, const char *key, JsonWriter *writer) {
        int r = json_value(message, key, writer);
        return r < 0 ? err_pass(r) : 0;
}
