/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/property_text.h"

#include <errno.h>
#include <string.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "tend/time_text.h"

#define COMMANDS "a(sasbttttuii)"

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
        if (r < 0)
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

static void add_stamp(StrBuf *out, uint64_t realtime_usec) {
        strbuf_add_char(out, '[');
        if (realtime_usec > 0)
                time_print(realtime_usec, out);
        else
                strbuf_add(out, "n/a");
        strbuf_add_char(out, ']');
}

/* "{ path=/bin/x ; argv[]=/bin/x y ; ignore_errors=no ; ... }" */
static int print_command(sd_bus_message *message, StrBuf *out) {
        const char *path, *argument;
        uint64_t start_usec, start_monotonic_usec, exit_usec, exit_monotonic_usec;
        uint32_t pid;
        int ignore, code, status;

        int r = sd_bus_message_read(message, "s", &path);
        if (r < 0)
                return err_pass(r);
        strbuf_addf(out, "{ path=%s ; argv[]=", path);
        r = sd_bus_message_enter_container(message, 'a', "s");
        for (unsigned i = 0; r >= 0 && (r = sd_bus_message_read(message, "s", &argument)) > 0; i++)
                strbuf_addf(out, "%s%s", i > 0 ? " " : "", argument);
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        if (r >= 0)
                r = sd_bus_message_read(message,
                                        "bttttuii",
                                        &ignore,
                                        &start_usec,
                                        &start_monotonic_usec,
                                        &exit_usec,
                                        &exit_monotonic_usec,
                                        &pid,
                                        &code,
                                        &status);
        if (r < 0)
                return err_pass(r);
        strbuf_addf(out, " ; ignore_errors=%s ; start_time=", ignore ? "yes" : "no");
        add_stamp(out, start_usec);
        strbuf_add(out, " ; stop_time=");
        add_stamp(out, exit_usec);
        strbuf_addf(out, " ; pid=%u ; code=%d ; status=%d }", pid, code, status);
        return 0;
}

static int print_commands(sd_bus_message *message, StrBuf *out) {
        const char *separator = "";

        int r = sd_bus_message_enter_container(message, 'a', "(sasbttttuii)");
        while (r >= 0 && (r = sd_bus_message_enter_container(message, 'r', "sasbttttuii")) > 0) {
                strbuf_add(out, separator);
                separator = " ";
                r = print_command(message, out);
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
        if (is_structure)
                strbuf_add(out, "{ ");
        r = print_items(message, name, out);
        if (is_structure)
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

int property_print(sd_bus_message *message, const char *name, const char *contents, StrBuf *out) {
        const char *inner;
        char type;

        if (streq(contents, COMMANDS))
                return err_pass(print_commands(message, out));
        int r = sd_bus_message_peek_type(message, &type, &inner);
        if (r <= 0)
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
