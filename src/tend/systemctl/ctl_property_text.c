/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/systemctl/ctl_property_text.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>

#include "base/duration.h"
#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "tend/property_text.h"
#include "tend/word_quote.h"
#include "unit/capability_name.h"

#define UNPRINTABLE "[unprintable]"

/* Whether also what says nothing gets its line. */
static bool shows_empty(const Systemctl *ctl) {
        return ctl->properties || (ctl->flags & SYSTEMCTL_ALL);
}

static void print_line(const Systemctl *ctl, const char *name, const char *text, StrBuf *out) {
        if (text[0] == '\0' && !shows_empty(ctl))
                return;
        if (!(ctl->flags & SYSTEMCTL_VALUE)) {
                strbuf_add(out, name);
                strbuf_add_char(out, '=');
        }
        strbuf_add(out, text);
        strbuf_add_char(out, '\n');
}

/* --- numbers with words of their own
 * ------------------------------------------------------------------------ */

static void print_capabilities(const Systemctl *ctl UNUSED, uint64_t number, StrBuf *out) {
        for (int i = 0; i <= CAP_LAST_CAP; i++)
                if (number & UINT64_C(1) << i) {
                        strbuf_add(out, out->length > 0 ? " " : "");
                        capability_print(i, out);
                }
}

static void print_hex(const Systemctl *ctl UNUSED, uint64_t number, StrBuf *out) {
        strbuf_addf(out, "0x%llx", (unsigned long long)number);
}

static void print_plain(const Systemctl *ctl UNUSED, uint64_t number, StrBuf *out) {
        strbuf_addf(out, "%llu", (unsigned long long)number);
}

static void print_moment(const Systemctl *ctl, uint64_t number, StrBuf *out) {
        systemctl_print_timestamp(ctl, number, out);
}

static void print_propagation(const Systemctl *ctl UNUSED, uint64_t number, StrBuf *out) {
        strbuf_add(out,
                   number & MS_SHARED    ? "shared"
                   : number & MS_SLAVE   ? "slave"
                   : number & MS_PRIVATE ? "private"
                                         : "");
}

static void print_namespaces(const Systemctl *ctl UNUSED, uint64_t number, StrBuf *out) {
        static const struct {
                const char *name;
                uint64_t flag;
        } rows[] = {
                { "cgroup", CLONE_NEWCGROUP }, { "ipc", CLONE_NEWIPC }, { "net", CLONE_NEWNET },
                { "mnt", CLONE_NEWNS },        { "pid", CLONE_NEWPID }, { "user", CLONE_NEWUSER },
                { "uts", CLONE_NEWUTS },
        };
        unsigned n = 0;

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
                n += (number & rows[i].flag) != 0;
        if (n == 0 || n == ARRAY_LENGTH(rows)) {
                strbuf_add(out, n == 0 ? "yes" : "no");
                return;
        }
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
                if (number & rows[i].flag)
                        strbuf_addf(out, "%s%s", out->length > 0 ? " " : "", rows[i].name);
}

static void print_policy(const Systemctl *ctl UNUSED, uint64_t number, StrBuf *out) {
        static const char *const names[] = {
                "default", "preferred", "bind", "interleave", "local"
        };
        const char *name = enum_print(names, ARRAY_LENGTH(names), (int)(int64_t)number);
        strbuf_add(out, name ? name : "n/a");
}

static void print_exit_status(const Systemctl *ctl, uint64_t number, StrBuf *out) {
        if (number <= 255)
                print_plain(ctl, number, out);
        else if (shows_empty(ctl))
                strbuf_add(out, "[not set]");
}

/* clang-format off */
static const struct {
        const char *begin, *end; /* of the name */
        char type;
        void (*print)(const Systemctl *ctl, uint64_t number, StrBuf *out);
} numbers[] = {
        { "AmbientCapabilities", "", 't', print_capabilities },
        { "CapabilityBoundingSet", "", 't', print_capabilities },
        { "CoredumpFilter", "", 't', print_hex },
        { "IO", "Bytes", 't', print_plain },
        { "IO", "Operations", 't', print_plain },
        { "LastTriggerUSec", "TriggerUSec", 't', print_moment },
        { "MountFlags", "", 't', print_propagation },
        { "NUMAPolicy", "", 'i', print_policy },
        { "NextElapseUSecRealtime", "", 't', print_moment },
        { "RestrictNamespaces", "", 't', print_namespaces },
        { "WatchdogLastPingTimestampMonotonic", "", 't', print_plain },
        { "", "ActionExitStatus", 'i', print_exit_status },
        { "", "Timestamp", 't', print_moment },
};
/* clang-format on */

/* 1 when the number has words of its own, which are in `out` then. */
static int print_number(
        const Systemctl *ctl, sd_bus_message *reply, const char *name, char type, StrBuf *out) {
        Str whole = str_of(name);

        for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
                uint64_t number = 0;
                int32_t small = 0;
                if (numbers[i].type != type || !str_has_prefix(whole, numbers[i].begin) ||
                    !str_has_suffix(whole, numbers[i].end))
                        continue;
                int r = sd_bus_message_read_basic(
                        reply, type, type == 'i' ? (void *)&small : (void *)&number);
                if (r < 0)
                        return err_pass(r);
                numbers[i].print(ctl, type == 'i' ? (uint64_t)(int64_t)small : number, out);
                return 1;
        }
        return 0;
}

/* --- lists of strings
 * --------------------------------------------------------------------------------------- */

static int print_strings(sd_bus_message *reply, StrBuf *out) {
        const char *text;

        int r = sd_bus_message_enter_container(reply, 'a', "s");
        while (r >= 0 && (r = sd_bus_message_read_basic(reply, 's', &text)) > 0) {
                strbuf_add(out, out->length > 0 ? " " : "");
                word_quote(text, out);
        }
        return r < 0 ? err_pass(r) : sd_bus_message_exit_container(reply);
}

/* The name of an error and its message. */
static int print_error(sd_bus_message *reply, StrBuf *out) {
        const char *error, *message;

        int r = sd_bus_message_read(reply, "(ss)", &error, &message);
        if (r >= 0 && error[0])
                strbuf_addf(out, "%s \"%s\"", error, message);
        return err_pass(r);
}

/* --- lists with a line for each item
 * ------------------------------------------------------------------------ */

typedef struct ItemRow {
        const char *contents; /* type of the list */
        const char *begin, *end;
        const char *format; /* how an item stands: @1 first value, @2 second; NULL = as it is */
} ItemRow;

/* clang-format off */
static const ItemRow items[] = {
        { "a(iiqq)", "SocketBind", "", NULL },
        { "a(sasasttttuii)", "", "", NULL },
        { "a(sasbttttuii)", "", "", NULL },
        { "a(sb)", "EnvironmentFiles", "", "@1 (ignore_errors=@2)" },
        { "a(ss)", "BPFProgram", "", "@1:@2" },
        { "a(ss)", "DeviceAllow", "", "@1 @2" },
        { "a(ss)", "Listen", "", "@2 (@1)" },
        { "a(ss)", "Paths", "", "@2 (@1)" },
        { "a(ss)", "RootImageOptions", "", "@1:@2" },
        { "a(sst)", "", "Symlink", NULL },
        { "a(sst)", "TimersCalendar", "", NULL },
        { "a(st)", "BlockIO", "", "@1 @2" },
        { "a(st)", "IO", "", "@1 @2" },
        { "a(stt)", "TimersMonotonic", "", NULL },
};
/* clang-format on */

static const ItemRow *find_items(const char *name, const char *contents) {
        if (contents[0] != 'a' || contents[1] != '(') /* most are not lists of structs */
                return NULL;
        for (size_t i = 0; i < ARRAY_LENGTH(items); i++)
                if (streq(items[i].contents, contents) &&
                    str_has_prefix(str_of(name), items[i].begin) &&
                    str_has_suffix(str_of(name), items[i].end))
                        return &items[i];
        return NULL;
}

/* A pair in the words of its row. */
static int print_pair(sd_bus_message *reply, const char *name, const ItemRow *row, StrBuf *out) {
        AUTO(strbuf_done) StrBuf first = STRBUF_INIT, second = STRBUF_INIT;
        StrBuf *const parts[] = { &first, &second };

        int r = sd_bus_message_enter_container(
                reply, 'r', (char[]){ row->contents[2], row->contents[3], '\0' });
        for (unsigned i = 0; r >= 0 && i < 2; i++)
                r = property_print_item(
                        reply, name, (char[]){ row->contents[2 + i], '\0' }, parts[i]);
        for (const char *p = row->format; r >= 0 && *p; p++) {
                if (*p == '@')
                        strbuf_add(out, strbuf_text(parts[*++p - '1']));
                else
                        strbuf_add_char(out, *p);
        }
        return r < 0 ? err_pass(r) : sd_bus_message_exit_container(reply);
}

/* "{ OnBootUSec=5min ; next_elapse=5min }". */
static int print_timer(const Systemctl *ctl, sd_bus_message *reply, bool calendar, StrBuf *out) {
        const char *base, *text;
        uint64_t span_usec, next_usec;

        int r = calendar ? sd_bus_message_read(reply, "(sst)", &base, &text, &next_usec)
                         : sd_bus_message_read(reply, "(stt)", &base, &span_usec, &next_usec);
        if (r < 0)
                return err_pass(r);
        strbuf_addf(out, "{ %s=", base);
        if (calendar)
                strbuf_add(out, text);
        else
                duration_print(out, span_usec, 0);
        strbuf_add(out, " ; next_elapse=");
        size_t length = out->length;
        if (calendar)
                systemctl_print_timestamp(ctl, next_usec, out);
        else
                duration_print(out, next_usec, 0);
        strbuf_add(out, out->length == length ? "(null) }" : " }");
        return 0;
}

static int print_items(const Systemctl *ctl,
                       sd_bus_message *reply,
                       const char *name,
                       const ItemRow *row,
                       StrBuf *out) {
        const char *contents = row->contents + 1;

        int r = sd_bus_message_enter_container(reply, 'a', contents);
        while (r >= 0 && (r = sd_bus_message_at_end(reply, false)) == 0) {
                AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
                if (row->format)
                        r = print_pair(reply, name, row, &text);
                else if (str_has_prefix(str_of(name), "Timers"))
                        r = print_timer(ctl, reply, streq(contents, "(sst)"), &text);
                else
                        r = property_print_item(reply, name, contents, &text);
                if (r >= 0)
                        print_line(ctl, name, strbuf_text(&text), out);
        }
        return r < 0 ? err_pass(r) : sd_bus_message_exit_container(reply);
}

/* --- the rest
 * -----------------------------------------------------------------------------------------------
 */

/* What systemctl has no words for. */
static bool is_unprintable(const char *name, const char *contents) {
        static const char *const types[] = { "q", "y", "a(say)", "a(sbbsi)" };
        static const char *const names[] = { "LoadCredential",
                                             "LoadCredentialEncrypted",
                                             "ActivationDetails" };

        for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
                if (streq(types[i], contents))
                        return true;
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                if (streq(names[i], name))
                        return true;
        return false;
}

static int print_value(const Systemctl *ctl,
                       sd_bus_message *reply,
                       const char *name,
                       const char *contents,
                       StrBuf *out) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        const ItemRow *row = find_items(name, contents);
        int r = 0;

        if (row)
                return err_pass(print_items(ctl, reply, name, row, out));
        if (is_unprintable(name, contents)) {
                if (shows_empty(ctl))
                        print_line(ctl, name, UNPRINTABLE, out);
                return err_pass(sd_bus_message_skip(reply, contents));
        }
        if (streq(contents, "as"))
                r = print_strings(reply, &text);
        else if (streq(name, "LoadError") && streq(contents, "(ss)"))
                r = print_error(reply, &text);
        else if (contents[1] != '\0' ||
                 (r = print_number(ctl, reply, name, contents[0], &text)) == 0)
                r = property_print(reply, name, contents, &text);
        if (r < 0)
                return err_pass(r);
        if (text.length == 0 && streq(contents, "(bas)") && shows_empty(ctl))
                strbuf_add_char(&text, '~'); /* a list of exceptions without any */
        print_line(ctl, name, strbuf_text(&text), out);
        return 0;
}

int ctl_property_print(const Systemctl *ctl, sd_bus_message *reply, StrBuf *out) {
        const char *name, *contents;
        char type;

        int r = sd_bus_message_read_basic(reply, 's', &name);
        if (r < 0)
                return err_pass(r);
        if (ctl->properties && !strv_contains(ctl->properties, name))
                return err_pass(sd_bus_message_skip(reply, "v"));
        r = sd_bus_message_peek_type(reply, &type, &contents);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'v', contents);
        if (r >= 0)
                r = print_value(ctl, reply, name, contents, out);
        return r < 0 ? err_pass(r) : sd_bus_message_exit_container(reply);
}
