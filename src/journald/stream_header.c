/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/error.h"
#include "base/parse_value.h"
#include "journald/input_stdout.h"
#include "unit/unit_name.h"

#define N_LINES 7

static int take_text(Str line, char **ret) {
        if (line.length == 0)
                return 0;
        *ret = str_dup(line);
        return *ret ? 0 : err_new(-ENOMEM);
}

static int take_priority(Str line, int *ret) {
        uint32_t number;

        if (parse_u32(line, &number) < 0 || number > (LOG_FACMASK | LOG_PRIMASK))
                return err_new(-EINVAL);
        *ret = (int)number;
        return 0;
}

static int take_lines(const Str lines[N_LINES], StreamHeader *header) {
        static const ForwardTarget targets[] = { FORWARD_SYSLOG, FORWARD_KERNEL, FORWARD_CONSOLE };
        bool wanted;
        int r = take_text(lines[0], &header->identifier);

        if (r >= 0)
                r = take_text(lines[1], &header->unit);
        if (r >= 0)
                r = take_priority(lines[2], &header->priority);
        if (r >= 0)
                r = parse_boolean(lines[3], &header->level_prefix);
        for (unsigned i = 4; i < N_LINES && r >= 0; i++) {
                r = parse_boolean(lines[i], &wanted);
                if (r >= 0 && wanted)
                        header->forward |= 1U << targets[i - 4];
        }
        if (r >= 0 && header->unit &&
            !unit_name_is_valid(header->unit, UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE))
                free(STEAL(header->unit));
        return err_pass(r);
}

int stream_header_parse(Str *text, StreamHeader *ret) {
        AUTO(stream_header_done) StreamHeader header = { 0 };
        Str rest = *text, lines[N_LINES];

        for (unsigned i = 0; i < N_LINES; i++) {
                ssize_t end = str_find_char(rest, '\n');
                if (end < 0)
                        return 0;
                lines[i] = str_trim((Str){ rest.data, (size_t)end });
                rest.data += end + 1;
                rest.length -= (size_t)end + 1;
        }
        int r = take_lines(lines, &header);
        if (r < 0)
                return err_pass(r);
        *text = rest;
        *ret = header;
        header = (StreamHeader){ 0 };
        return 1;
}

int stream_header_print(const StreamHeader *header, StrBuf *out) {
        strbuf_addf(out,
                    "%s\n%s\n%d\n%d\n%d\n%d\n%d\n",
                    header->identifier ?: "",
                    header->unit ?: "",
                    header->priority,
                    header->level_prefix,
                    (header->forward & 1U << FORWARD_SYSLOG) != 0,
                    (header->forward & 1U << FORWARD_KERNEL) != 0,
                    (header->forward & 1U << FORWARD_CONSOLE) != 0);
        return strbuf_result(out);
}

void stream_header_done(StreamHeader *header) {
        free(header->identifier);
        free(header->unit);
        *header = (StreamHeader){ 0 };
}

void level_prefix_take(Str *line, int *priority) {
        int number = 0;
        size_t i = 1;

        if (line->length < 3 || line->data[0] != '<')
                return;
        for (; i < line->length && i < 5 && line->data[i] >= '0' && line->data[i] <= '9'; i++)
                number = number * 10 + (line->data[i] - '0');
        if (i == 1 || i == line->length || line->data[i] != '>' ||
            number > (LOG_FACMASK | LOG_PRIMASK))
                return;
        *priority = number > LOG_PRIMASK ? number : (*priority & LOG_FACMASK) | number;
        *line = (Str){ line->data + i + 1, line->length - i - 1 };
}
