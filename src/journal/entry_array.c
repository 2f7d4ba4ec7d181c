/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/entry_array.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/hashtable.h"
#include "base/macros.h"

#define PLACES_MIN UINT64_C(4)
#define PLACES_MAX UINT64_C(4096)       /* where the last array is known: unused places cost disk */
#define PLACES_SANE (UINT64_C(1) << 40) /* more does not fit anyway, and would overflow */

/* Where a list begins and, if the file keeps that, where it ends. */
typedef struct Chain {
        Le64 *first;
        Le32 *tail, *n_tail; /* the last array and how many places of it are used; or NULL */
} Chain;

/* Where the next entry of a list goes. */
typedef struct Place {
        JournalArray *array; /* the last one of the list; NULL = there is none */
        uint64_t index;      /* in it; the number of its places when it is full */
        bool is_full;
} Place;

static JournalArray *array_at(const JournalFile *file, uint64_t offset) {
        if (offset % 8 != 0 || offset >= file->end || file->end - offset < sizeof(JournalArray))
                return NULL;
        JournalArray *array = journal_file_at(file, offset);
        uint64_t size = le64toh(array->object.size);
        bool is_sane = array->object.type == JOURNAL_OBJECT_ENTRY_ARRAY &&
                       size > sizeof(JournalArray) && size <= file->end - offset;
        return is_sane ? array : NULL;
}

static uint64_t n_places(const JournalFile *file, const JournalArray *array) {
        uint64_t bytes = le64toh(array->object.size) - sizeof(JournalArray);
        return bytes / (file->compact ? sizeof(Le32) : sizeof(Le64));
}

static void set_tail(const Chain *chain, uint64_t offset, uint64_t n_used) {
        if (!chain->tail)
                return;
        *chain->tail = htole32((uint32_t)offset);
        *chain->n_tail = htole32((uint32_t)n_used);
}

/* The size of the array that is added to a list of `n_before`. */
static uint64_t array_size(bool has_tail, bool compact, uint64_t n_before) {
        uint64_t n = MAX(n_before, PLACES_MIN);

        if (has_tail)
                n = MIN(n, PLACES_MAX);
        n = MIN(n, PLACES_SANE);
        n = (n + 1) & ~UINT64_C(1); /* whole units of 8 bytes */
        return sizeof(JournalArray) + n * (compact ? sizeof(Le32) : sizeof(Le64));
}

static Chain chain_of_file(JournalFile *file) {
        JournalHeader *header = file->header;

        return (Chain){
                .first = &header->entry_array_offset,
                .tail = &header->tail_entry_array_offset,
                .n_tail = &header->tail_entry_array_n_entries,
        };
}

static Chain chain_of_data(const JournalFile *file, JournalData *data) {
        Chain chain = { .first = &data->entry_array_offset };

        if (file->compact) {
                chain.tail = &data->tail_entry_array_offset;
                chain.n_tail = &data->tail_entry_array_n_entries;
        }
        return chain;
}

/* The place number `index` of a list, which may not be there yet. */
static int find_place(const JournalFile *file, const Chain *chain, uint64_t index, Place *ret) {
        bool has_tail = chain->tail && *chain->tail != 0;
        uint64_t offset = has_tail ? le32toh(*chain->tail) : le64toh(*chain->first);

        *ret = (Place){ .index = has_tail ? le32toh(*chain->n_tail) : index, .is_full = true };
        while (offset != 0) {
                JournalArray *here = array_at(file, offset);
                if (!here || (ret->array && here <= ret->array))
                        return err_new(-EBADMSG);
                uint64_t n = n_places(file, here);
                if (ret->array)
                        ret->index -= n_places(file, ret->array);
                ret->array = here;
                ret->is_full = ret->index >= n;
                if (!ret->is_full)
                        return 0;
                offset = le64toh(here->next_entry_array_offset);
        }
        return 0;
}

static uint64_t place_get(const JournalFile *file, const Place *place) {
        const JournalArray *array = place->array;

        return file->compact ? le32toh(array->items.compact[place->index])
                             : le64toh(array->items.regular[place->index]);
}

static void place_set(const JournalFile *file, const Place *place, uint64_t entry_offset) {
        if (file->compact)
                place->array->items.compact[place->index] = htole32((uint32_t)entry_offset);
        else
                place->array->items.regular[place->index] = htole64(entry_offset);
        journal_map_step(file->map);
}

bool entry_array_is_free(const JournalFile *file, uint64_t array_offset, uint64_t index) {
        const Place place = { .array = journal_file_at(file, array_offset), .index = index };

        return index < n_places(file, place.array) && place_get(file, &place) == 0;
}

void entry_array_set(const JournalFile *file,
                     uint64_t array_offset,
                     uint64_t index,
                     uint64_t entry_offset) {
        const Place place = { .array = journal_file_at(file, array_offset), .index = index };

        place_set(file, &place, entry_offset);
}

/* A new array behind all others of the list, with `size` bytes. */
static int add_array(JournalFile *file, const Chain *chain, uint64_t size, Place *place) {
        uint64_t offset;
        int r = journal_file_allocate(file, size, &offset);

        if (r < 0)
                return err_pass(r);
        journal_file_seal(file, offset, JOURNAL_OBJECT_ENTRY_ARRAY);
        if (place->array)
                place->array->next_entry_array_offset = htole64(offset);
        else
                *chain->first = htole64(offset);
        journal_map_step(file->map);
        *place = (Place){ .array = journal_file_at(file, offset) };
        return 0;
}

static uint64_t offset_of(const JournalFile *file, const JournalArray *array) {
        return (uint64_t)((const uint8_t *)array - file->map->base);
}

/* --- lists of several values
 * ------------------------------------------------------------------------------- */

static uint64_t copy_size(const JournalFile *file, uint64_t n) {
        uint64_t more = array_size(file->compact, file->compact, n);
        return more + ((n + 1) & ~UINT64_C(1)) * (file->compact ? sizeof(Le32) : sizeof(Le64));
}

/* The first `n` members of the chain at `from`, one after the other. */
static int copy_members(const JournalFile *file, uint64_t from, uint64_t n, JournalArray *to) {
        uint64_t width = file->compact ? sizeof(Le32) : sizeof(Le64);
        uint8_t *at = (uint8_t *)&to->items;

        while (n > 0) {
                const JournalArray *array = array_at(file, from);
                if (!array)
                        return err_new(-EBADMSG);
                uint64_t n_here = MIN(n, n_places(file, array));
                memcpy(at, &array->items, n_here * width);
                at += n_here * width;
                n -= n_here;
                uint64_t next = le64toh(array->next_entry_array_offset);
                if (n > 0 && next <= from)
                        return err_new(-EBADMSG);
                from = next;
        }
        return 0;
}

static const struct EntryList *find_list(const EntryLinks *links, uint64_t from, uint64_t n) {
        for (unsigned i = 0; i < links->n_lists; i++)
                if (links->lists[i].from == from && links->lists[i].n == n)
                        return &links->lists[i];
        return NULL;
}

/* Without room for it the next value does the same for itself. */
static void note_list(EntryLinks *links, const struct EntryList *list) {
        if (links->n_lists < ENTRY_LISTS_MAX)
                links->lists[links->n_lists++] = *list;
}

/* Gives the list, of which `n` members are its own, arrays that are not those of others. */
static int separate(JournalFile *file, const Chain *chain, uint64_t n) {
        uint64_t to;
        int r = journal_file_allocate(file, copy_size(file, n), &to);

        if (r < 0)
                return err_pass(r);
        r = copy_members(file, le64toh(*chain->first), n, journal_file_at(file, to));
        journal_file_seal(file, to, JOURNAL_OBJECT_ENTRY_ARRAY);
        if (r < 0)
                return err_pass(r);
        *chain->first = htole64(to);
        set_tail(chain, to, n);
        journal_map_step(file->map);
        return 0;
}

int entry_array_separate_all(JournalFile *file, uint64_t most) {
        AUTO(hashtable_free) HashTable *seen = hashtable_new_number();
        uint64_t end = file->end, next;

        if (!seen)
                return err_new(-ENOMEM);
        file->repeat.entry = 0; /* its lists are others now */
        for (uint64_t at = le64toh(file->header->header_size); at < end; at = next) {
                JournalData *data = journal_file_at(file, at);
                const Chain chain = chain_of_data(file, data);
                next = journal_align(at + le64toh(data->object.size));
                if (data->object.type != JOURNAL_OBJECT_DATA || data->entry_array_offset == 0)
                        continue;
                uint64_t first = le64toh(data->entry_array_offset);
                if (!hashtable_find_number(seen, first)) {
                        if (hashtable_set_number(seen, first, data) < 0)
                                return err_new(-ENOMEM);
                        continue;
                }
                if (file->end - end > most)
                        return 0;
                int r = separate(file, &chain, le64toh(data->n_entries) - 1);
                if (r < 0)
                        return err_pass(r);
        }
        return 1;
}

/* --- one more entry
 * --------------------------------------------------------------------------------- */

/* Whether the place is another list's already. */
static bool is_taken(const JournalFile *file, const Place *place, uint64_t entry_offset) {
        if (place->is_full)
                return false;
        uint64_t there = place_get(file, place);
        return there != 0 && there != entry_offset;
}

static int
put(JournalFile *file, const Chain *chain, uint64_t n, Place *place, uint64_t entry_offset) {
        int r = 0;

        if (place->is_full)
                r = add_array(file, chain, array_size(chain->tail, file->compact, n), place);
        if (r < 0)
                return err_pass(r);
        if (place_get(file, place) == 0)
                place_set(file, place, entry_offset);
        set_tail(chain, offset_of(file, place->array), place->index + 1);
        return 0;
}

int entry_array_link_file(JournalFile *file, uint64_t entry_offset) {
        const Chain chain = chain_of_file(file);
        uint64_t n = le64toh(file->header->n_entries);
        Place place;
        int r = find_place(file, &chain, n, &place);

        if (r >= 0 && is_taken(file, &place, entry_offset))
                r = err_new(-EBADMSG);
        if (r >= 0)
                r = put(file, &chain, n, &place, entry_offset);
        if (r < 0)
                return err_pass(r);
        file->header->n_entries = htole64(n + 1);
        journal_map_step(file->map);
        return 0;
}

/* The second entry or a later one: `n` are in the list. */
static int
link_more(JournalFile *file, EntryLinks *links, JournalData *data, uint64_t n, uint64_t offset) {
        const Chain chain = chain_of_data(file, data);
        struct EntryList list = { .from = le64toh(data->entry_array_offset), .n = n };
        const struct EntryList *done = find_list(links, list.from, n);
        Place place;

        if (done) {
                data->entry_array_offset = htole64(done->first);
                set_tail(&chain, done->tail, done->n_tail);
                return 0;
        }
        int r = find_place(file, &chain, n - 1, &place);
        if (r >= 0 && is_taken(file, &place, offset)) {
                r = separate(file, &chain, n - 1);
                if (r >= 0)
                        r = find_place(file, &chain, n - 1, &place);
        }
        if (r >= 0)
                r = put(file, &chain, n - 1, &place, offset);
        if (r < 0)
                return err_pass(r);
        list.first = le64toh(data->entry_array_offset);
        list.tail = offset_of(file, place.array);
        list.n_tail = place.index + 1;
        note_list(links, &list);
        return 0;
}

int entry_array_link_data(JournalFile *file,
                          EntryLinks *links,
                          uint64_t data_offset,
                          uint64_t entry_offset) {
        JournalData *data = journal_file_at(file, data_offset);
        uint64_t n = le64toh(data->n_entries);
        int r = 0;

        if (n == 0)
                data->entry_offset = htole64(entry_offset);
        else
                r = link_more(file, links, data, n, entry_offset);
        if (r < 0)
                return err_pass(r);
        data->n_entries = htole64(n + 1);
        journal_map_step(file->map);
        return 0;
}

/* --- room
 * ------------------------------------------------------------------------------------------- */

uint64_t entry_array_room_file(JournalFile *file) {
        const Chain chain = chain_of_file(file);
        uint64_t n = le64toh(file->header->n_entries);
        Place place;

        if (find_place(file, &chain, n, &place) < 0 || !place.is_full)
                return 0;
        return array_size(true, file->compact, n);
}

uint64_t entry_array_room_data(JournalFile *file, EntryLinks *links, uint64_t data_offset) {
        JournalData *data = journal_file_at(file, data_offset);
        const struct EntryList list = { .from = le64toh(data->entry_array_offset),
                                        .n = le64toh(data->n_entries) };
        Place place;

        if (list.n == 0 || find_list(links, list.from, list.n))
                return 0;
        const Chain chain = chain_of_data(file, data);
        if (find_place(file, &chain, list.n - 1, &place) < 0)
                return 0;
        note_list(links, &list);
        if (is_taken(file, &place, 0))
                return copy_size(file, list.n - 1);
        return place.is_full ? array_size(chain.tail, file->compact, list.n - 1) : 0;
}
