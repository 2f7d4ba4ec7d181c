/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/syslog_line.h"

#include <string.h>
#include <syslog.h>

#include "journald/input_stdout.h"

static bool is_space(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* "Mmm dd hh:mm:ss " or nothing. */
static Str take_stamp(Str *text) {
        static const char pattern[] = "aaa  d dd:dd:dd "; /* ' ' may be a digit where two stand */

        if (text->length < sizeof(pattern) - 1)
                return STR_EMPTY;
        for (size_t i = 0; i < sizeof(pattern) - 1; i++) {
                char c = text->data[i];
                bool is_digit = c >= '0' && c <= '9';
                bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                bool fits = pattern[i] == 'a'   ? is_letter
                            : pattern[i] == 'd' ? is_digit
                            : i == 4            ? is_digit || c == ' '
                                                : c == pattern[i];
                if (!fits)
                        return STR_EMPTY;
        }
        Str stamp = { text->data, sizeof(pattern) - 1 };
        *text = (Str){ text->data + stamp.length, text->length - stamp.length };
        return stamp;
}

/* "name[pid]: " or "name: "; nothing is taken where the word does not end in a colon. */
static void take_identifier(Str *text, SyslogLine *line) {
        Str rest = str_trim_front(*text);
        size_t n = 0;

        while (n < rest.length && !is_space(rest.data[n]))
                n++;
        if (n < 2 || rest.data[n - 1] != ':')
                return;
        Str name = { rest.data, n - 1 };
        if (name.data[name.length - 1] == ']') {
                ssize_t bracket = str_find_char(name, '[');
                if (bracket >= 0) {
                        line->pid =
                                (Str){ name.data + bracket + 1, name.length - (size_t)bracket - 2 };
                        name.length = (size_t)bracket;
                }
        }
        line->identifier = name;
        rest = (Str){ rest.data + n, rest.length - n };
        if (rest.length > 0 && is_space(rest.data[0]))
                rest = (Str){ rest.data + 1, rest.length - 1 };
        *text = rest;
}

void syslog_line_parse(Str message, SyslogLine *ret) {
        *ret = (SyslogLine){ .priority = LOG_USER | LOG_INFO };
        size_t length = message.length;
        message.length = strnlen(message.data, message.length);
        while (message.length > 0 && is_space(message.data[message.length - 1]))
                message.length--;
        while (message.length > 0 && is_space(message.data[0]))
                message = (Str){ message.data + 1, message.length - 1 };
        bool is_cut = message.length < length;
        level_prefix_take(&message, &ret->priority);
        ret->stamp = take_stamp(&message);
        ret->is_changed = is_cut || ret->stamp.length == 0;
        take_identifier(&message, ret);
        ret->text = message;
}
