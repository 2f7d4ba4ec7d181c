/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_read.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/macros.h"
#include "journal/journal_compress.h"
#include "journal/journal_value.h"

#define NONE UINT64_MAX

/* --- opening ----------------------------------------------------------------------------------*/

int journal_reader_new(JournalMap *map, const char *path, JournalReader **ret) {
        AUTO(journal_map_close) JournalMap *owned = map;
        AUTO(journal_reader_free) JournalReader *reader = calloc(1, sizeof(*reader));

        if (!reader)
                return err_new(-ENOMEM);
        reader->path = str_dup(str_of(path));
        if (!reader->path)
                return err_new(-ENOMEM);
        int r = journal_bytes_init(&reader->bytes, owned->base, owned->size);
        if (r >= 0)
                r = journal_chain_init_all(&reader->all, &reader->bytes);
        if (r < 0)
                return err_pass(r);
        reader->map = STEAL(owned);
        *ret = STEAL(reader);
        return 0;
}

int journal_reader_open(const char *path, JournalReader **ret) {
        AUTO(journal_map_close) JournalMap *map = NULL;
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

        if (fd < 0)
                return err_new(-errno);
        int r = journal_map_file(fd, false, 0, &map);
        return r < 0 ? err_pass(r) : err_pass(journal_reader_new(STEAL(map), path, ret));
}

static void forget_values(JournalReader *reader) {
        for (unsigned i = 0; i < reader->n_values; i++)
                journal_chain_done(&reader->values[i]);
        free(STEAL(reader->values));
        reader->n_values = 0;
}

JournalReader *journal_reader_free(JournalReader *reader) {
        if (!reader)
                return NULL;
        forget_values(reader);
        journal_chain_done(&reader->all);
        journal_map_close(reader->map);
        free(reader->path);
        free(reader);
        return NULL;
}

/* --- matches ----------------------------------------------------------------------------------*/

int journal_reader_find_value(JournalReader *reader, Str payload, JournalChain *ret) {
        const JournalData *data = journal_value_find(&reader->bytes, payload);

        if (!data)
                return err_pass(journal_chain_init(ret, &reader->bytes, 0, 0, 0));
        return err_pass(journal_chain_init(ret,
                                           &reader->bytes,
                                           le64toh(data->entry_offset),
                                           le64toh(data->entry_array_offset),
                                           le64toh(data->n_entries)));
}

static int look_up(JournalReader *reader, const JournalMatch *match) {
        if (match->kind == JOURNAL_MATCH_VALUE) {
                JournalChain *chain = &reader->values[match->number];
                journal_chain_done(chain);
                return err_pass(journal_reader_find_value(
                        reader, (Str){ match->payload, match->length }, chain));
        }
        for (unsigned i = 0; i < match->n_children; i++) {
                int r = look_up(reader, match->children[i]);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

int journal_reader_set_matches(JournalReader *reader, const JournalMatches *matches) {
        forget_values(reader);
        reader->match = matches ? matches->root : NULL;
        if (!reader->match)
                return 0;
        reader->values = calloc(matches->n_values, sizeof(*reader->values));
        if (!reader->values)
                return err_new(-ENOMEM);
        reader->n_values = matches->n_values;
        return err_pass(look_up(reader, reader->match));
}

static uint64_t match_next(JournalReader *reader, const JournalMatch *match, uint64_t offset);
static uint64_t match_previous(JournalReader *reader, const JournalMatch *match, uint64_t offset);

/* Every child must agree on one entry: whoever is behind catches up. */
static uint64_t all_next(JournalReader *reader, const JournalMatch *match, uint64_t offset) {
        for (unsigned i = 0, n_agree = 0; n_agree < match->n_children;
             i = (i + 1) % match->n_children) {
                uint64_t found = match_next(reader, match->children[i], offset);
                if (found == 0)
                        return 0;
                n_agree = found == offset ? n_agree + 1 : 1;
                offset = found;
        }
        return offset;
}

static uint64_t all_previous(JournalReader *reader, const JournalMatch *match, uint64_t offset) {
        for (unsigned i = 0, n_agree = 0; n_agree < match->n_children;
             i = (i + 1) % match->n_children) {
                uint64_t found = match_previous(reader, match->children[i], offset);
                if (found == 0)
                        return 0;
                n_agree = found == offset ? n_agree + 1 : 1;
                offset = found;
        }
        return offset;
}

static uint64_t match_next(JournalReader *reader, const JournalMatch *match, uint64_t offset) {
        uint64_t best = 0;

        if (match->kind == JOURNAL_MATCH_VALUE)
                return journal_chain_next(&reader->values[match->number], offset);
        if (match->kind == JOURNAL_MATCH_ALL)
                return all_next(reader, match, offset);
        for (unsigned i = 0; i < match->n_children; i++) {
                uint64_t found = match_next(reader, match->children[i], offset);
                if (found != 0 && (best == 0 || found < best))
                        best = found;
        }
        return best;
}

static uint64_t match_previous(JournalReader *reader, const JournalMatch *match, uint64_t offset) {
        uint64_t best = 0;

        if (match->kind == JOURNAL_MATCH_VALUE)
                return journal_chain_previous(&reader->values[match->number], offset);
        if (match->kind == JOURNAL_MATCH_ALL)
                return all_previous(reader, match, offset);
        for (unsigned i = 0; i < match->n_children; i++)
                best = MAX(best, match_previous(reader, match->children[i], offset));
        return best;
}

uint64_t journal_reader_next(JournalReader *reader, uint64_t offset) {
        if (offset == NONE)
                return 0;
        return reader->match ? match_next(reader, reader->match, offset)
                             : journal_chain_next(&reader->all, offset);
}

uint64_t journal_reader_previous(JournalReader *reader, uint64_t offset) {
        return reader->match ? match_previous(reader, reader->match, offset)
                             : journal_chain_previous(&reader->all, offset);
}

/* --- what lies there --------------------------------------------------------------------------*/

const JournalEntry *journal_reader_entry(JournalReader *reader, uint64_t offset) {
        const JournalObject *object =
                journal_object_find(&reader->bytes, offset, JOURNAL_OBJECT_ENTRY);
        reader->n_damaged += !object;
        return (const JournalEntry *)(const void *)object;
}

bool journal_reader_value(JournalReader *reader, uint64_t offset, StrBuf *unpacked, Str *ret) {
        const JournalObject *object =
                journal_object_find(&reader->bytes, offset, JOURNAL_OBJECT_DATA);
        uint64_t length;

        if (!object) {
                reader->n_damaged++;
                return false;
        }
        const uint8_t *payload = journal_object_payload(&reader->bytes, object, &length);
        *ret = (Str){ (const char *)payload, length };
        if (!(object->flags & JOURNAL_OBJECT_COMPRESSED))
                return true;
        if (journal_decompress(object->flags, *ret, JOURNAL_PAYLOAD_MAX, unpacked) < 0) {
                reader->n_damaged++;
                return false;
        }
        *ret = (Str){ strbuf_text(unpacked), unpacked->length };
        return true;
}

typedef enum EntryKey { KEY_REALTIME, KEY_SEQNUM, ENTRY_KEY_COUNT } EntryKey;

/* The first entry whose key is not below `wanted`. */
static uint64_t bisect(JournalReader *reader, EntryKey key, uint64_t wanted) {
        uint64_t low = 0, high = reader->all.n;

        while (low < high) {
                uint64_t middle = low + (high - low) / 2;
                const JournalEntry *entry =
                        journal_reader_entry(reader, journal_chain_get(&reader->all, middle));
                uint64_t there = !entry              ? NONE
                                 : key == KEY_SEQNUM ? le64toh(entry->seqnum)
                                                     : le64toh(entry->realtime);
                if (there < wanted)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < reader->all.n ? journal_chain_get(&reader->all, low) : NONE;
}

uint64_t journal_reader_find_realtime(JournalReader *reader, uint64_t usec) {
        return bisect(reader, KEY_REALTIME, usec);
}

uint64_t journal_reader_find_seqnum(JournalReader *reader, uint64_t seqnum) {
        return bisect(reader, KEY_SEQNUM, seqnum);
}

/* --- while it is written ----------------------------------------------------------------------*/

/* The file may have become longer than what is mapped. */
static int map_again(JournalReader *reader) {
        AUTO(journal_map_close) JournalMap *map = NULL;
        struct stat status;

        if (reader->map->fd < 0 || fstat(reader->map->fd, &status) < 0 ||
            (uint64_t)status.st_size <= reader->map->size)
                return 0;
        int fd = fcntl(reader->map->fd, F_DUPFD_CLOEXEC, 3);
        if (fd < 0)
                return err_new(-errno);
        int r = journal_map_file(fd, false, 0, &map);
        if (r < 0)
                return err_pass(r);
        JournalBytes bytes;
        if (journal_bytes_init(&bytes, map->base, map->size) < 0)
                return 0; /* what we have is better */
        journal_map_close(reader->map);
        reader->map = STEAL(map);
        reader->bytes = bytes;
        reader->serial++;
        return 0;
}

int journal_reader_refresh(JournalReader *reader) {
        int r = map_again(reader);
        uint64_t n_before = reader->all.n;

        if (r < 0)
                return err_pass(r);
        const JournalHeader *header = journal_reader_header(reader);
        uint64_t n = le64toh(header->n_entries);
        if (n == reader->all.n_told && !reader->all.is_damaged)
                return 0;
        journal_chain_done(&reader->all);
        r = journal_chain_init_all(&reader->all, &reader->bytes);
        if (r >= 0 && reader->match)
                r = look_up(reader, reader->match);
        return r < 0 ? err_pass(r) : reader->all.n > n_before;
}

bool journal_reader_is_cut(const JournalReader *reader) {
        struct stat status;

        return reader->map->fd >= 0 && fstat(reader->map->fd, &status) == 0 &&
               (uint64_t)status.st_size < reader->map->size;
}

bool journal_reader_is_damaged(const JournalReader *reader) {
        bool is_damaged = reader->n_damaged > 0 || reader->all.is_damaged;

        for (unsigned i = 0; i < reader->n_values; i++)
                is_damaged |= reader->values[i].is_damaged;
        return is_damaged || journal_reader_is_cut(reader);
}
