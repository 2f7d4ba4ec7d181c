/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/kernel_record.h"

#include <errno.h>
#include <stdbool.h>
#include <syslog.h>

#include "base/error.h"
#include "base/parse_value.h"

static int hex_value(char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "\xNN" to the byte; in place, it only gets shorter. */
static Str unescape(char *text, size_t length) {
        size_t n = 0;

        for (size_t i = 0; i < length; i++) {
                bool is_escape = length - i >= 4 && text[i] == '\\' && text[i + 1] == 'x' &&
                                 hex_value(text[i + 2]) >= 0 && hex_value(text[i + 3]) >= 0;
                if (!is_escape) {
                        text[n++] = text[i];
                        continue;
                }
                text[n++] = (char)(hex_value(text[i + 2]) * 16 + hex_value(text[i + 3]));
                i += 3;
        }
        return (Str){ text, n };
}

static int take_numbers(Str head, KernelRecord *record) {
        Str priority, number, usec;
        uint32_t value;

        if (!str_next_part(&head, ',', &priority) || !str_next_part(&head, ',', &number) ||
            !str_next_part(&head, ',', &usec))
                return err_new(-EBADMSG);
        if (parse_u32(priority, &value) < 0 || value > (LOG_FACMASK | LOG_PRIMASK) ||
            parse_u64(number, 10, &record->number) < 0 ||
            parse_u64(usec, 10, &record->monotonic_usec) < 0)
                return err_new(-EBADMSG);
        record->priority = (int)value;
        return 0;
}

static void add_field(KernelRecord *record, char *line, size_t length) {
        if (length < 4 || line[0] != ' ' || record->n_fields == KERNEL_RECORD_FIELDS_MAX ||
            !memchr(line + 2, '=', length - 2))
                return;
        record->fields[record->n_fields++] = unescape(line + 1, length - 1);
}

int kernel_record_parse(char *record, size_t length, KernelRecord *ret) {
        char *end = record + length, *text = memchr(record, ';', length);

        *ret = (KernelRecord){ 0 };
        if (!text)
                return err_new(-EBADMSG);
        int r = take_numbers((Str){ record, (size_t)(text - record) }, ret);
        if (r < 0)
                return err_pass(r);
        text++;
        for (bool is_first = true; text < end; is_first = false) {
                char *stop = memchr(text, '\n', (size_t)(end - text));
                size_t n = (size_t)((stop ? stop : end) - text);
                if (is_first)
                        ret->text = unescape(text, n);
                else
                        add_field(ret, text, n);
                text += n + (stop != NULL);
        }
        return 0;
}
