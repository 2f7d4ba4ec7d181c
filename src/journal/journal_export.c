/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <inttypes.h>

#include "journal/journal_cursor.h"
#include "journal/journal_renderer.h"

/* --- export: for systemd-journal-remote(8) and others -----------------------------------------*/

static bool is_plain(Str value) {
        return journal_text_is_printable(value, false);
}

void journal_render_export(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out) {
        uint64_t n = journal_place_n_values(place);
        char boot_id[ID128_TEXT_SIZE];
        Str field, value;

        strbuf_add(out, "__CURSOR=");
        journal_cursor_print(out, place);
        strbuf_addf(out,
                    "\n__REALTIME_TIMESTAMP=%" PRIu64 "\n__MONOTONIC_TIMESTAMP=%" PRIu64
                    "\n_BOOT_ID=%s\n",
                    le64toh(place->entry->realtime),
                    le64toh(place->entry->monotonic),
                    id128_print(place->entry->boot_id, boot_id));
        for (uint64_t i = 0; i < n; i++) {
                if (!journal_renderer_payload(renderer, place, i, &field, &value) ||
                    str_equal_c(field, "_BOOT_ID") || !journal_renderer_wants(renderer, field))
                        continue;
                strbuf_add_str(out, field);
                if (is_plain(value)) {
                        strbuf_add_char(out, '=');
                } else {
                        Le64 length = htole64(value.length);
                        strbuf_add_char(out, '\n');
                        strbuf_add_bytes(out, &length, sizeof(length));
                }
                strbuf_add_str(out, value);
                strbuf_add_char(out, '\n');
        }
        strbuf_add_char(out, '\n');
}

/* --- verbose: everything for people -----------------------------------------------------------*/

static void add_value(const JournalRenderer *renderer, Str field, Str value, StrBuf *out) {
        Str line;
        bool first = true;

        bool is_strong = (renderer->flags & JOURNAL_RENDER_COLOUR) && str_equal_c(field, "MESSAGE");

        strbuf_add(out, is_strong ? "    \033[0;1;39m" : "    ");
        strbuf_add_str(out, field);
        strbuf_add_char(out, '=');
        if (!(renderer->flags & JOURNAL_RENDER_ALL) && !journal_text_is_printable(value, true)) {
                strbuf_add_char(out, '[');
                journal_size_print(out, value.length);
                strbuf_add(out, " blob data]\n");
                return;
        }
        if (value.length > 0 && value.data[value.length - 1] == '\n')
                value.length--;
        for (; str_next_part(&value, '\n', &line); first = false) {
                for (size_t i = 0; !first && i < field.length + 5; i++)
                        strbuf_add_char(out, ' ');
                const char *nul = memchr(line.data, '\0', line.length);
                if (nul) /* as far as journalctl shows it */
                        line.length = (size_t)(nul - line.data);
                strbuf_add_str(out, line);
                strbuf_add_char(out, '\n');
        }
        strbuf_add(out, is_strong ? "\033[0m" : "");
}

void journal_render_verbose(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out) {
        uint64_t n = journal_place_n_values(place), usec = le64toh(place->entry->realtime);
        Str field, value;
        uint64_t source;

        if (journal_renderer_field(renderer, place, "_SOURCE_REALTIME_TIMESTAMP", &value) &&
            journal_number_parse(value, &source) && source > 0)
                usec = source;
        journal_time_print(&renderer->time, out, usec);
        strbuf_add(out, " [");
        journal_cursor_print(out, place);
        strbuf_add(out, "]\n");
        for (uint64_t i = 0; i < n; i++) {
                renderer->n_unpacked = 0;
                if (journal_renderer_payload(renderer, place, i, &field, &value) &&
                    journal_renderer_wants(renderer, field))
                        add_value(renderer, field, value, out);
        }
}
