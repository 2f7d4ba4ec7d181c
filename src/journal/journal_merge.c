/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_merge.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"

int journal_set_add(JournalSet *set, JournalReader *reader) {
        JournalStream *grown =
                reallocarray(set->streams, set->n_streams + 1, sizeof(*set->streams));

        if (!grown) {
                (void)journal_reader_free(reader);
                return err_new(-ENOMEM);
        }
        set->streams = grown;
        grown[set->n_streams++] = (JournalStream){ .reader = reader };
        return err_pass(journal_reader_set_matches(reader, set->matches));
}

int journal_set_match(JournalSet *set, const JournalMatches *matches) {
        set->matches = matches;
        for (unsigned i = 0; i < set->n_streams; i++) {
                int r = journal_reader_set_matches(set->streams[i].reader, matches);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

void journal_set_done(JournalSet *set) {
        for (unsigned i = 0; i < set->n_streams; i++)
                (void)journal_reader_free(set->streams[i].reader);
        free(set->streams);
        *set = (JournalSet){ 0 };
}

/* --- order ------------------------------------------------------------------------------------*/

static int order(uint64_t a, uint64_t b) {
        return a < b ? -1 : a > b;
}

/* Numbers of one writer are best, then the clock of one boot, which is never set; then the time of
 * day (sd_journal of systemd 252 orders so). */
static int compare(const JournalPlace *a, const JournalPlace *b) {
        const JournalEntry *x = a->entry, *y = b->entry;
        const JournalHeader *h = journal_reader_header(a->reader);
        const JournalHeader *g = journal_reader_header(b->reader);
        int r = 0;

        if (a->reader == b->reader)
                return order(a->offset, b->offset);
        if (id128_equal(x->boot_id, y->boot_id) && x->monotonic == y->monotonic &&
            x->realtime == y->realtime && x->xor_hash == y->xor_hash)
                return 0;
        if (id128_equal(h->seqnum_id, g->seqnum_id))
                r = order(le64toh(x->seqnum), le64toh(y->seqnum));
        if (r == 0 && id128_equal(x->boot_id, y->boot_id))
                r = order(le64toh(x->monotonic), le64toh(y->monotonic));
        if (r == 0)
                r = order(le64toh(x->realtime), le64toh(y->realtime));
        return r ? r : order(le64toh(x->xor_hash), le64toh(y->xor_hash));
}

void journal_location_of(const JournalPlace *place, JournalLocation *ret) {
        const JournalEntry *entry = place->entry;

        *ret = (JournalLocation){
                .seqnum_id = journal_reader_header(place->reader)->seqnum_id,
                .boot_id = entry->boot_id,
                .seqnum = le64toh(entry->seqnum),
                .realtime = le64toh(entry->realtime),
                .monotonic = le64toh(entry->monotonic),
                .xor_hash = le64toh(entry->xor_hash),
                .has_seqnum = true,
                .has_monotonic = true,
                .has_realtime = true,
                .has_xor_hash = true,
        };
}

int journal_location_compare(const JournalPlace *place, const JournalLocation *location) {
        const JournalEntry *entry = place->entry;
        const Id128 *seqnum_id = &journal_reader_header(place->reader)->seqnum_id;

        if (location->has_seqnum && id128_equal(*seqnum_id, location->seqnum_id))
                return order(le64toh(entry->seqnum), location->seqnum);
        if (location->has_monotonic && id128_equal(entry->boot_id, location->boot_id)) {
                int r = order(le64toh(entry->monotonic), location->monotonic);
                if (r != 0)
                        return r;
        }
        if (location->has_realtime) {
                int r = order(le64toh(entry->realtime), location->realtime);
                if (r != 0)
                        return r;
        }
        return location->has_xor_hash ? order(le64toh(entry->xor_hash), location->xor_hash) : 0;
}

/* --- seeking ----------------------------------------------------------------------------------*/

static void begin(JournalSet *set, bool backward) {
        set->is_backward = backward;
        set->current = NULL;
        for (unsigned i = 0; i < set->n_streams; i++) {
                set->streams[i].head = (JournalPlace){ 0 };
                set->streams[i].is_at_end = false;
        }
}

void journal_set_seek_head(JournalSet *set) {
        begin(set, false);
        for (unsigned i = 0; i < set->n_streams; i++)
                set->streams[i].offset = 0;
}

void journal_set_seek_tail(JournalSet *set, bool backward) {
        begin(set, backward);
        for (unsigned i = 0; i < set->n_streams; i++) {
                JournalStream *stream = &set->streams[i];
                uint64_t n = stream->reader->all.n;
                stream->offset = backward ? UINT64_MAX
                                 : n > 0  ? journal_chain_get(&stream->reader->all, n - 1) + 1
                                          : 0;
        }
}

void journal_set_seek_realtime(JournalSet *set, uint64_t usec, bool backward) {
        begin(set, backward);
        for (unsigned i = 0; i < set->n_streams; i++) {
                JournalStream *stream = &set->streams[i];
                uint64_t wanted = backward && usec < UINT64_MAX ? usec + 1 : usec;
                stream->offset = journal_reader_find_realtime(stream->reader, wanted);
                if (backward && stream->offset != UINT64_MAX)
                        stream->offset--;
                if (!backward && stream->offset == UINT64_MAX && stream->reader->all.n > 0)
                        stream->offset =
                                journal_chain_get(&stream->reader->all, stream->reader->all.n - 1) +
                                1;
        }
}

static bool look(JournalSet *set, JournalStream *stream);

/* Goes on while what comes is on the wrong side of the place. */
static void approach(JournalSet *set, JournalStream *stream, const JournalLocation *location) {
        while (look(set, stream)) {
                int r = journal_location_compare(&stream->head, location);
                if (set->is_backward ? r <= 0 : r >= 0)
                        return;
                stream->head.entry = NULL;
        }
}

void journal_set_seek(JournalSet *set, const JournalLocation *location, bool backward) {
        begin(set, backward);
        for (unsigned i = 0; i < set->n_streams; i++) {
                JournalStream *stream = &set->streams[i];
                JournalReader *reader = stream->reader;
                bool same =
                        location->has_seqnum &&
                        id128_equal(journal_reader_header(reader)->seqnum_id, location->seqnum_id);
                uint64_t at = same ? journal_reader_find_seqnum(reader, location->seqnum)
                              : location->has_realtime && !location->has_monotonic
                                      ? journal_reader_find_realtime(reader, location->realtime)
                              : backward ? UINT64_MAX
                                         : 0;
                stream->offset = at;
                stream->is_at_end = at == UINT64_MAX && !backward;
                if (!stream->is_at_end)
                        approach(set, stream, location);
        }
}

/* --- walking ----------------------------------------------------------------------------------*/

/* Finds what comes next from one file, if that is not known yet. */
static bool look(JournalSet *set, JournalStream *stream) {
        while (!stream->head.entry && !stream->is_at_end) {
                uint64_t at = set->is_backward
                                      ? journal_reader_previous(stream->reader, stream->offset)
                                      : journal_reader_next(stream->reader, stream->offset);
                stream->is_at_end = at == 0;
                if (at == 0)
                        break;
                stream->offset = set->is_backward ? at - 1 : at + 1;
                stream->head = (JournalPlace){
                        .reader = stream->reader,
                        .entry = journal_reader_entry(stream->reader, at),
                        .offset = at,
                };
        }
        return stream->head.entry != NULL;
}

/* Copies of an entry that was given out are passed over. */
static void drop_copies(JournalSet *set, const JournalStream *given) {
        for (unsigned i = 0; i < set->n_streams; i++) {
                JournalStream *stream = &set->streams[i];
                while (stream != given && look(set, stream) &&
                       compare(&stream->head, &given->head) == 0)
                        stream->head.entry = NULL;
        }
}

bool journal_set_next(JournalSet *set, JournalPlace *ret) {
        JournalStream *best = NULL;

        if (set->current)
                set->current->head.entry = NULL;
        for (unsigned i = 0; i < set->n_streams; i++) {
                JournalStream *stream = &set->streams[i];
                if (!look(set, stream))
                        continue;
                int r = best ? compare(&stream->head, &best->head) : 0;
                if (!best || (set->is_backward ? r > 0 : r < 0))
                        best = stream;
        }
        set->current = best;
        if (!best)
                return false;
        if (set->n_streams > 1)
                drop_copies(set, best);
        *ret = best->head;
        return true;
}

int journal_set_refresh(JournalSet *set) {
        int is_new = 0;

        for (unsigned i = 0; i < set->n_streams; i++) {
                JournalStream *stream = &set->streams[i];
                uint64_t serial = stream->reader->serial;
                int r = journal_reader_refresh(stream->reader);
                if (r < 0)
                        return err_pass(r);
                is_new |= r > 0;
                stream->is_at_end = stream->is_at_end && r == 0;
                if (stream->head.entry && stream->reader->serial != serial)
                        stream->head.entry =
                                journal_reader_entry(stream->reader, stream->head.offset);
        }
        return is_new;
}
