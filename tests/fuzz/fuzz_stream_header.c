/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_input.h"
#include "journald/input_stdout.h"
#include "journald/syslog_line.h"
#include "journald/varlink_control.h"

/* What cannot be true whatever the input is. */
static void require(bool truth) {
        if (!truth)
                abort();
}

static void check_header(Str text) {
        AUTO(stream_header_done) StreamHeader header = { 0 }, again = { 0 };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        Str rest = text;

        if (stream_header_parse(&rest, &header) <= 0)
                return;
        require(rest.length < text.length && stream_header_print(&header, &out) == 0);
        Str printed = { strbuf_text(&out), out.length };
        if (header.identifier && strlen(header.identifier) != strcspn(header.identifier, "\n"))
                return;
        require(stream_header_parse(&printed, &again) == 1 && printed.length == 0);
        require(streq_null(header.unit, again.unit) && header.priority == again.priority);
}

static bool is_inside(Str part, Str text) {
        return part.length == 0 ||
               (part.data >= text.data && part.data + part.length <= text.data + text.length);
}

static void check_line(Str text) {
        SyslogLine line;
        char method[128];

        syslog_line_parse(text, &line);
        require(is_inside(line.stamp, text) && is_inside(line.identifier, text) &&
                is_inside(line.pid, text) && is_inside(line.text, text));
        varlink_method(text, method);
        require(strlen(method) < sizeof(method));
}

/* The three texts that strangers send to the recorder besides native messages. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        char *copy = malloc(size ? size : 1); /* of the exact size, so that an overrun is seen */

        if (!copy)
                return 0;
        memcpy(copy, data, size);
        check_header((Str){ copy, size });
        check_line((Str){ copy, size });
        free(copy);
        return 0;
}
