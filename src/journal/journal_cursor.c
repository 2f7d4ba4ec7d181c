/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_cursor.h"

#include <endian.h>
#include <errno.h>

#include "base/error.h"

/* "<key><number in hex>" */
static void add_hex(StrBuf *out, const char *key, uint64_t number) {
        char digits[16];
        size_t i = sizeof(digits);

        strbuf_add(out, key);
        do
                digits[--i] = "0123456789abcdef"[number & 15];
        while (number >>= 4);
        strbuf_add_bytes(out, digits + i, sizeof(digits) - i);
}

static void add_id(StrBuf *out, const char *key, Id128 id) {
        char text[ID128_TEXT_SIZE];

        strbuf_add(out, key);
        strbuf_add_bytes(out, id128_print(id, text), ID128_TEXT_SIZE - 1);
}

void journal_cursor_print(StrBuf *out, const JournalPlace *place) {
        const JournalEntry *entry = place->entry;

        add_id(out, "s=", journal_reader_header(place->reader)->seqnum_id);
        add_hex(out, ";i=", le64toh(entry->seqnum));
        add_id(out, ";b=", entry->boot_id);
        add_hex(out, ";m=", le64toh(entry->monotonic));
        add_hex(out, ";t=", le64toh(entry->realtime));
        add_hex(out, ";x=", le64toh(entry->xor_hash));
}

static int parse_hex(Str text, uint64_t *ret) {
        uint64_t value = 0;

        if (text.length == 0 || text.length > 16)
                return err_new(-EINVAL);
        for (size_t i = 0; i < text.length; i++) {
                char c = text.data[i];
                unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                                 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                                 : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                                        : 16;
                if (digit == 16)
                        return err_new(-EINVAL);
                value = value << 4 | digit;
        }
        *ret = value;
        return 0;
}

static int parse_part(char key, Str value, JournalLocation *location, unsigned *seen) {
        switch (key) {
        case 's':
                *seen |= 1;
                return err_pass(id128_parse(value, &location->seqnum_id));
        case 'i':
                *seen |= 2;
                return err_pass(parse_hex(value, &location->seqnum));
        case 'b':
                *seen |= 4;
                return err_pass(id128_parse(value, &location->boot_id));
        case 'm':
                *seen |= 8;
                return err_pass(parse_hex(value, &location->monotonic));
        case 't':
                location->has_realtime = true;
                return err_pass(parse_hex(value, &location->realtime));
        case 'x':
                location->has_xor_hash = true;
                return err_pass(parse_hex(value, &location->xor_hash));
        default:
                return 0;
        }
}

int journal_cursor_parse(Str text, JournalLocation *ret) {
        JournalLocation location = { 0 };
        unsigned seen = 0;
        Str part;

        while (str_next_part(&text, ';', &part)) {
                if (part.length < 2 || part.data[1] != '=')
                        return err_new(-EINVAL);
                Str value = { part.data + 2, part.length - 2 };
                int r = parse_part(part.data[0], value, &location, &seen);
                if (r < 0)
                        return err_pass(r);
        }
        location.has_seqnum = (seen & 3) == 3;
        location.has_monotonic = (seen & 12) == 12;
        if (!location.has_seqnum && !location.has_monotonic && !location.has_realtime)
                return err_new(-EINVAL);
        *ret = location;
        return 0;
}
