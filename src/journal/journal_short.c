/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <inttypes.h>

#include "journal/journal_renderer.h"

#define USEC_MAX_VALID (UINT64_C(1) << 55)

/* --- the front --------------------------------------------------------------------------------*/

static bool can_show(const JournalRenderer *renderer, JournalKnownField field) {
        return renderer->values[field].data && ((renderer->flags & JOURNAL_RENDER_ALL) ||
                                                (renderer->showable & UINT32_C(1) << field));
}

static bool moment(const JournalRenderer *renderer, JournalKnownField field, uint64_t *ret) {
        return renderer->values[field].data && journal_number_parse(renderer->values[field], ret) &&
               (*ret > 0 || field == FIELD_SOURCE_MONOTONIC) && *ret < USEC_MAX_VALID;
}

/* How long it is since the entry before, of the same boot. */
static void
add_delta(JournalRenderer *renderer, const JournalPlace *place, uint64_t usec, StrBuf *out) {
        bool same = renderer->has_last && id128_equal(renderer->last_boot, place->entry->boot_id);
        uint64_t last = renderer->last_monotonic, delta = usec > last ? usec - last : 0;

        if (same)
                strbuf_addf(
                        out, " <%5" PRIu64 ".%06" PRIu64 " >", delta / 1000000, delta % 1000000);
        else
                strbuf_add(out, "                ");
}

static uint64_t monotonic_of(const JournalRenderer *renderer, const JournalPlace *place) {
        uint64_t usec;

        return moment(renderer, FIELD_SOURCE_MONOTONIC, &usec) ? usec
                                                               : le64toh(place->entry->monotonic);
}

static void add_monotonic(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out) {
        uint64_t usec = monotonic_of(renderer, place);

        strbuf_addf(out, "[%5" PRIu64 ".%06" PRIu64, usec / 1000000, usec % 1000000);
        if (renderer->output == JOURNAL_OUTPUT_SHORT_DELTA)
                add_delta(renderer, place, usec, out);
        strbuf_add_char(out, ']');
}

static void add_time(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out) {
        uint64_t usec;

        if (renderer->output == JOURNAL_OUTPUT_SHORT_MONOTONIC ||
            renderer->output == JOURNAL_OUTPUT_SHORT_DELTA) {
                add_monotonic(renderer, place, out);
                return;
        }
        if (!moment(renderer, FIELD_SOURCE_REALTIME, &usec))
                usec = le64toh(place->entry->realtime);
        if (renderer->output == JOURNAL_OUTPUT_SHORT_UNIX)
                strbuf_addf(out, "%10" PRIu64 ".%06" PRIu64, usec / 1000000, usec % 1000000);
        else
                journal_time_print(&renderer->time, out, usec);
}

/* Who said it: "name[pid]". */
static void add_sender(const JournalRenderer *renderer, StrBuf *out) {
        const Str *values = renderer->values;
        JournalKnownField unit =
                values[FIELD_SYSTEMD_USER_UNIT].data ? FIELD_SYSTEMD_USER_UNIT : FIELD_SYSTEMD_UNIT;
        bool with_unit = renderer->output == JOURNAL_OUTPUT_WITH_UNIT && can_show(renderer, unit);

        strbuf_add_char(out, ' ');
        if (with_unit) {
                strbuf_add_str(out,
                               values[FIELD_SYSTEMD_UNIT].data ? values[FIELD_SYSTEMD_UNIT]
                                                               : values[unit]);
                if (values[FIELD_SYSTEMD_UNIT].data && values[FIELD_SYSTEMD_USER_UNIT].data) {
                        strbuf_add_char(out, '/');
                        strbuf_add_str(out, values[FIELD_SYSTEMD_USER_UNIT]);
                }
        } else if (can_show(renderer, FIELD_IDENTIFIER)) {
                strbuf_add_str(out, values[FIELD_IDENTIFIER]);
        } else if (can_show(renderer, FIELD_COMM)) {
                strbuf_add_str(out, values[FIELD_COMM]);
        } else {
                strbuf_add(out, "unknown");
        }
        JournalKnownField pid = can_show(renderer, FIELD_PID) ? FIELD_PID : FIELD_SYSLOG_PID;
        if (!can_show(renderer, pid))
                return;
        strbuf_add_char(out, '[');
        strbuf_add_str(out, values[pid]);
        strbuf_add_char(out, ']');
}

/* --- the message ------------------------------------------------------------------------------*/

/* The length of a terminal's control sequence at the front of a text; 0 = there is none whole. */
static size_t sequence_length(Str text) {
        size_t i = 2;

        if (text.length < 2 || text.data[0] != '\033')
                return 0;
        if (text.data[1] == '[') { /* to a letter */
                while (i < text.length && strchr("0123456789;", text.data[i]) && text.data[i])
                        i++;
                return i < text.length && ((text.data[i] | 0x20) >= 'a') &&
                                       ((text.data[i] | 0x20) <= 'z')
                               ? i + 1
                               : 0;
        }
        if (text.data[1] != ']') /* to a bell, or to an escape with a backslash */
                return 0;
        for (; i < text.length; i++) {
                if (text.data[i] == '\a')
                        return i + 1;
                if (text.data[i] == '\033')
                        return i + 1 < text.length && text.data[i + 1] == '\\' ? i + 2 : 0;
        }
        return 0;
}

/* Without what would move a terminal's cursor: tabs are eight blanks, control sequences are left
 * out. */
static Str strip(JournalRenderer *renderer, Str text) {
        StrBuf *out = &renderer->stripped;

        if (!memchr(text.data, '\t', text.length) && !memchr(text.data, '\033', text.length))
                return text;
        strbuf_clear(out);
        while (text.length > 0) {
                size_t n = sequence_length(text);
                if (n == 0 && text.data[0] == '\t')
                        strbuf_add(out, "        ");
                else if (n == 0)
                        strbuf_add_char(out, text.data[0]);
                n = n > 0 ? n : 1;
                text = (Str){ text.data + n, text.length - n };
        }
        return (Str){ strbuf_text(out), out->length };
}

static void add_message(JournalRenderer *renderer, size_t begin, StrBuf *out) {
        Str message = renderer->values[FIELD_MESSAGE];

        if (!(renderer->flags & JOURNAL_RENDER_ALL)) {
                message = strip(renderer, message);
                if (!journal_text_is_printable(message, true)) {
                        strbuf_add(out, ": [");
                        journal_size_print(out, message.length);
                        strbuf_add(out, " blob data]\n");
                        return;
                }
        }
        strbuf_add(out, ": ");
        journal_lines_add(renderer, message, out->length - begin, out);
}

static void add_line(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out) {
        size_t begin = out->length;

        add_time(renderer, place, out);
        if (!(renderer->flags & JOURNAL_RENDER_NO_HOSTNAME) && can_show(renderer, FIELD_HOSTNAME)) {
                strbuf_add_char(out, ' ');
                strbuf_add_str(out, renderer->values[FIELD_HOSTNAME]);
        }
        add_sender(renderer, out);
        add_message(renderer, begin, out);
}

void journal_render_short(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out) {
        journal_renderer_collect(renderer, place);
        if (renderer->values[FIELD_MESSAGE].data)
                add_line(renderer, place, out);
        renderer->has_last = true;
        renderer->last_monotonic = monotonic_of(renderer, place);
        renderer->last_boot = place->entry->boot_id;
}

void journal_render_cat(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out) {
        uint64_t n = journal_place_n_values(place);
        Str field, value;

        journal_renderer_collect(renderer, place);
        if (!renderer->fields) {
                if (renderer->values[FIELD_MESSAGE].data)
                        journal_lines_add_plain(renderer, renderer->values[FIELD_MESSAGE], out);
                return;
        }
        for (uint64_t i = 0; i < n; i++)
                if (journal_renderer_payload(renderer, place, i, &field, &value) &&
                    journal_renderer_wants(renderer, field))
                        journal_lines_add_plain(renderer, value, out);
}
