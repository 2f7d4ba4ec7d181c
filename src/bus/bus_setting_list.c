/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_setting_list.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "unit/base64.h"
#include "unit/kinds.h"

/* --- words ------------------------------------------------------------------------------------ */

/* One word as unit files quote it. */
static void add_quoted(StrBuf *out, const char *text) {
        strbuf_add_char(out, '"');
        for (const char *p = text; *p; p++) {
                unsigned char c = (unsigned char)*p;
                if (c == '"' || c == '\\')
                        strbuf_addf(out, "\\%c", c);
                else if (c < ' ' || c == 127)
                        strbuf_addf(out, "\\x%02x", c);
                else
                        strbuf_add_char(out, *p);
        }
        strbuf_add_char(out, '"');
}

static bool is_plain(const char *text) {
        for (const char *p = text; *p; p++)
                if (!(*p >= 'a' && *p <= 'z') && !(*p >= 'A' && *p <= 'Z') &&
                    !(*p >= '0' && *p <= '9') && !strchr("-_./@:+,~%", *p))
                        return false;
        return *text != '\0';
}

static void add_word(StrBuf *out, const char *text) {
        if (is_plain(text))
                strbuf_add(out, text);
        else
                add_quoted(out, text);
}

static int take_line(SettingForm *form, StrBuf *text) {
        return strv_take(&form->lines, strbuf_steal(text));
}

/* --- lists ------------------------------------------------------------------------------------ */

/* Calls `read` for each member, which opens and closes its own containers. */
static int
read_each(SettingForm *form, const char *contents, int (*read)(SettingForm *form, StrBuf *text)) {
        bool is_struct = contents[0] == '(';
        AUTO_FREE char *inner =
                str_dup((Str){ contents + is_struct, strlen(contents) - (is_struct ? 2 : 0) });
        unsigned n = 0;
        int r = inner ? sd_bus_message_enter_container(form->message, 'a', contents) : -ENOMEM;

        while (r >= 0) {
                AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
                r = sd_bus_message_at_end(form->message, false);
                if (r != 0)
                        break;
                if (is_struct)
                        r = sd_bus_message_enter_container(form->message, 'r', inner);
                if (r >= 0)
                        r = read(form, &text);
                if (r >= 0 && is_struct)
                        r = sd_bus_message_exit_container(form->message);
                if (r >= 0)
                        r = take_line(form, &text);
                n++;
        }
        if (r < 0)
                return r;
        r = n == 0 ? strv_add(&form->lines, "") : 0;
        return r < 0 ? r : sd_bus_message_exit_container(form->message);
}

static int add_string(SettingForm *form, StrBuf *text) {
        const char *word;
        int r = sd_bus_message_read_basic(form->message, 's', &word);

        if (r >= 0)
                add_word(text, word);
        return r;
}

int setting_read_words(SettingForm *form) {
        return read_each(form, "s", add_string);
}

/* Lists of which each line is the whole list: all on one line. */
int setting_read_words_together(SettingForm *form) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int r = setting_read_words(form);

        if (r < 0)
                return r;
        STRV_FOREACH(word, form->lines)
        strbuf_addf(&text, "%s%s", text.length > 0 ? " " : "", *word);
        form->lines = strv_free(form->lines);
        return take_line(form, &text);
}

/* Allowed or, with "~", forbidden. */
int setting_read_signed_words(SettingForm *form) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        AUTO_STRV char **words = NULL;
        int allow, r = sd_bus_message_enter_container(form->message, 'r', "bas");

        if (r >= 0)
                r = sd_bus_message_read_basic(form->message, 'b', &allow);
        if (r >= 0)
                r = sd_bus_message_read_strv(form->message, &words);
        if (r >= 0)
                r = sd_bus_message_exit_container(form->message);
        if (r < 0)
                return r;
        if (strv_length(words) == 0 && allow)
                return strv_add(&form->lines, "");
        strbuf_add(&text, allow ? "" : "~");
        STRV_FOREACH(word, words) {
                strbuf_add(&text, *word);
                strbuf_add_char(&text, ' ');
        }
        return take_line(form, &text);
}

static int add_optional_path(SettingForm *form, StrBuf *text) {
        const char *path;
        int optional, r = sd_bus_message_read(form->message, "sb", &path, &optional);

        if (r >= 0)
                strbuf_addf(text, "%s%s", optional ? "-" : "", path);
        return r;
}

int setting_read_optional_paths(SettingForm *form) {
        return read_each(form, "(sb)", add_optional_path);
}

static int add_pair(SettingForm *form, StrBuf *text) {
        const char *first, *second;
        int r = sd_bus_message_read(form->message, "ss", &first, &second);

        if (r < 0)
                return r;
        strbuf_add(text, first);
        if (*second || form->names_keys)
                strbuf_addf(text, "%s%s", form->separator, second);
        return 0;
}

int setting_read_pairs(SettingForm *form) {
        return read_each(form, "(ss)", add_pair);
}

/* The first says which setting it is: ListenStream, OnCalendar, PathExists. */
int setting_read_keyed_pairs(SettingForm *form) {
        form->names_keys = true;
        return read_each(form, "(ss)", add_pair);
}

/* Sockets, whose settings stand there without the word that all begin with. */
static int add_listener(SettingForm *form, StrBuf *text) {
        strbuf_add(text, "Listen");
        return add_pair(form, text);
}

int setting_read_listeners(SettingForm *form) {
        form->names_keys = true;
        return read_each(form, "(ss)", add_listener);
}

static int add_keyed_time(SettingForm *form, StrBuf *text) {
        const char *key;
        uint64_t usec;
        int r = sd_bus_message_read(form->message, "st", &key, &usec);

        if (r >= 0)
                strbuf_addf(text, "%s=%" PRIu64 "us", key, usec);
        return r;
}

int setting_read_keyed_times(SettingForm *form) {
        form->names_keys = true;
        return read_each(form, "(st)", add_keyed_time);
}

static int add_device_limit(SettingForm *form, StrBuf *text) {
        const char *path;
        uint64_t number;
        int r = sd_bus_message_read(form->message, "st", &path, &number);

        if (r < 0)
                return r;
        add_word(text, path);
        if (number == UINT64_MAX)
                strbuf_add(text, " infinity");
        else
                strbuf_addf(text,
                            " %" PRIu64 "%s",
                            number,
                            form->directive->variant == DEVICE_LATENCY ? "us" : "");
        return 0;
}

int setting_read_device_limits(SettingForm *form) {
        return read_each(form, "(st)", add_device_limit);
}

/* --- tuples ----------------------------------------------------------------------------------- */

int setting_read_label(SettingForm *form) {
        const char *label;
        int optional, r = sd_bus_message_read(form->message, "(bs)", &optional, &label);

        return r < 0 ? r : strv_addf(&form->lines, "%s%s", optional ? "-" : "", label);
}

static int add_bind(SettingForm *form, StrBuf *text) {
        const char *source, *target;
        int optional, r;
        uint64_t flags;

        r = sd_bus_message_read(form->message, "ssbt", &source, &target, &optional, &flags);
        if (r >= 0)
                strbuf_addf(text,
                            "%s%s:%s:%s",
                            optional ? "-" : "",
                            source,
                            target,
                            flags & 16384 ? "rbind" : "norbind"); /* MS_REC */
        return r;
}

int setting_read_binds(SettingForm *form) {
        return read_each(form, "(ssbt)", add_bind);
}

static int add_link(SettingForm *form, StrBuf *text) {
        const char *source, *target;
        uint64_t flags;
        int r = sd_bus_message_read(form->message, "sst", &source, &target, &flags);

        if (r >= 0)
                strbuf_addf(text, "%s:%s", source, target);
        return r;
}

int setting_read_links(SettingForm *form) {
        return read_each(form, "(sst)", add_link);
}

static int add_address(SettingForm *form, StrBuf *text) {
        const uint8_t *bytes;
        size_t size;
        int32_t family;
        uint32_t length;
        int r = sd_bus_message_read_basic(form->message, 'i', &family);

        if (r >= 0)
                r = sd_bus_message_read_array(form->message, 'y', (const void **)&bytes, &size);
        if (r >= 0)
                r = sd_bus_message_read_basic(form->message, 'u', &length);
        if (r < 0)
                return r;
        if (size != 4 && size != 16)
                return -EINVAL;
        if (size == 4)
                strbuf_addf(text, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
        for (size_t i = 0; size == 16 && i < size; i += 2)
                strbuf_addf(text, "%s%02x%02x", i > 0 ? ":" : "", bytes[i], bytes[i + 1]);
        strbuf_addf(text, "/%" PRIu32, length);
        return 0;
}

int setting_read_addresses(SettingForm *form) {
        return read_each(form, "(iayu)", add_address);
}

static int add_port_rule(SettingForm *form, StrBuf *text) {
        int32_t family, protocol;
        uint16_t n_ports, first;
        int r = sd_bus_message_read(form->message, "iiqq", &family, &protocol, &n_ports, &first);

        if (r < 0)
                return r;
        if (family == 2 || family == 10) /* AF_INET, AF_INET6 */
                strbuf_add(text, family == 2 ? "ipv4:" : "ipv6:");
        if (protocol == 6 || protocol == 17) /* IPPROTO_TCP, IPPROTO_UDP */
                strbuf_add(text, protocol == 6 ? "tcp:" : "udp:");
        if (n_ports == 0)
                strbuf_add(text, "any");
        else
                strbuf_addf(text, "%u", first);
        if (n_ports > 1)
                strbuf_addf(text, "-%u", first + n_ports - 1u);
        return 0;
}

int setting_read_port_rules(SettingForm *form) {
        return read_each(form, "(iiqq)", add_port_rule);
}

static int add_condition(SettingForm *form, StrBuf *text) {
        const char *key, *parameter;
        int trigger, negate;
        int r = sd_bus_message_read(form->message, "sbbs", &key, &trigger, &negate, &parameter);

        if (r >= 0)
                strbuf_addf(
                        text, "%s=%s%s%s", key, trigger ? "|" : "", negate ? "!" : "", parameter);
        return r;
}

int setting_read_conditions(SettingForm *form) {
        form->names_keys = true;
        return read_each(form, "(sbbs)", add_condition);
}

static int read_numbers_of(SettingForm *form, StrBuf *text, const char *format) {
        const int32_t *numbers;
        size_t size;
        int r = sd_bus_message_read_array(form->message, 'i', (const void **)&numbers, &size);

        for (size_t i = 0; r >= 0 && i < size / sizeof(*numbers); i++) {
                const char *name = *format == 's' ? sigabbrev_np(numbers[i]) : NULL;
                if (name)
                        strbuf_addf(text, "SIG%s ", name);
                else
                        strbuf_addf(text, "%" PRIi32 " ", numbers[i]);
        }
        return r;
}

int setting_read_exit_set(SettingForm *form) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int r = sd_bus_message_enter_container(form->message, 'r', "aiai");

        if (r >= 0)
                r = read_numbers_of(form, &text, "codes");
        if (r >= 0)
                r = read_numbers_of(form, &text, "signals");
        if (r >= 0)
                r = sd_bus_message_exit_container(form->message);
        return r < 0 ? r : take_line(form, &text);
}

static void add_data(StrBuf *text, const uint8_t *bytes, size_t size) {
        for (size_t i = 0; i < size; i++) {
                bool plain = bytes[i] > ' ' && bytes[i] < 127 && bytes[i] != '\\' &&
                             bytes[i] != '"' && bytes[i] != '\'';
                if (plain)
                        strbuf_add_char(text, (char)bytes[i]);
                else
                        strbuf_addf(text, "\\x%02x", bytes[i]);
        }
}

static int add_credential(SettingForm *form, StrBuf *text) {
        const char *id;
        const void *bytes;
        size_t size;
        int r = sd_bus_message_read_basic(form->message, 's', &id);

        if (r >= 0)
                r = sd_bus_message_read_array(form->message, 'y', &bytes, &size);
        if (r < 0)
                return r;
        strbuf_addf(text, "%s:", id);
        if (form->directive->variant)
                base64_encode((Str){ bytes, size }, text);
        else
                add_data(text, bytes, size);
        return 0;
}

int setting_read_credentials(SettingForm *form) {
        return read_each(form, "(say)", add_credential);
}

static int add_field(SettingForm *form, StrBuf *text) {
        const char *bytes;
        size_t size;
        int r = sd_bus_message_read_array(form->message, 'y', (const void **)&bytes, &size);
        AUTO_FREE char *field = r >= 0 ? str_dup((Str){ bytes, size }) : NULL;

        if (r >= 0 && !field)
                return err_new(-ENOMEM);
        if (r >= 0)
                add_quoted(text, field);
        return r;
}

int setting_read_fields(SettingForm *form) {
        return read_each(form, "ay", add_field);
}
