/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_cursor.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>

#include "base/error.h"

void journal_cursor_print(StrBuf *out, const JournalPlace *place) {
        char seqnum_id[ID128_TEXT_SIZE], boot_id[ID128_TEXT_SIZE];
        const JournalEntry *entry = place->entry;

        strbuf_addf(out,
                    "s=%s;i=%" PRIx64 ";b=%s;m=%" PRIx64 ";t=%" PRIx64 ";x=%" PRIx64,
                    id128_print(journal_reader_header(place->reader)->seqnum_id, seqnum_id),
                    le64toh(entry->seqnum),
                    id128_print(entry->boot_id, boot_id),
                    le64toh(entry->monotonic),
                    le64toh(entry->realtime),
                    le64toh(entry->xor_hash));
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
