/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/entry_array.h"

#include <endian.h>
#include <errno.h>

#include "base/error.h"
#include "base/macros.h"

#define PLACES_MIN UINT64_C(4)
#define PLACES_MAX UINT64_C(4096)       /* where the last array is known: unused places cost disk */
#define PLACES_SANE (UINT64_C(1) << 40) /* more does not fit anyway, and would overflow */

/* Where a list begins and, if the file keeps that, where it ends. */
typedef struct Chain {
        Le64 *first;
        Le32 *tail, *n_tail; /* the last array and how many places of it are used; or NULL */
} Chain;

/* A free place. */
typedef struct Place {
        JournalArray *array;
        uint64_t index;
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

uint64_t entry_array_room(const JournalFile *file, uint64_t n_entries) {
        return n_entries == 0 ? array_size(true, file->compact, 0)
                              : array_size(file->compact, file->compact, n_entries);
}

/* A new array after `last` (NULL: the first one of the list). */
static int add_array(JournalFile *file, const Chain *chain, JournalArray *last, uint64_t n_before) {
        uint64_t offset;
        int r = journal_file_allocate(
                file, array_size(chain->tail != NULL, file->compact, n_before), &offset);

        if (r < 0)
                return err_pass(r);
        journal_file_seal(file, offset, JOURNAL_OBJECT_ENTRY_ARRAY);
        if (last)
                last->next_entry_array_offset = htole64(offset);
        else
                *chain->first = htole64(offset);
        journal_map_step(file->map);
        return 0;
}

/* Where the search for the end begins: the place for `index`, counted from the returned array. */
static uint64_t start_at(const Chain *chain, uint64_t *index) {
        if (!chain->tail || *chain->tail == 0)
                return le64toh(*chain->first);
        *index = le32toh(*chain->n_tail);
        return le32toh(*chain->tail);
}

/* The place number `index` of the list, made if need be. */
static int find_place(JournalFile *file, const Chain *chain, uint64_t index, Place *ret) {
        uint64_t n_before = index, i = index;
        uint64_t offset = start_at(chain, &i);
        JournalArray *array = NULL;

        for (;;) {
                if (offset == 0) {
                        int r = add_array(file, chain, array, n_before);
                        if (r < 0)
                                return err_pass(r);
                        offset = array ? le64toh(array->next_entry_array_offset)
                                       : le64toh(*chain->first);
                        set_tail(chain, offset, 0);
                }
                JournalArray *here = array_at(file, offset);
                if (!here || (array && here <= array))
                        return err_new(-EBADMSG);
                array = here;
                uint64_t n = n_places(file, array);
                if (i < n) {
                        set_tail(chain, offset, i);
                        *ret = (Place){ array, i };
                        return 0;
                }
                i -= n;
                offset = le64toh(array->next_entry_array_offset);
        }
}

static int add(JournalFile *file, const Chain *chain, uint64_t index, uint64_t entry_offset) {
        Place place;
        int r = find_place(file, chain, index, &place);

        if (r < 0)
                return err_pass(r);
        if (file->compact)
                place.array->items.compact[place.index] = htole32((uint32_t)entry_offset);
        else
                place.array->items.regular[place.index] = htole64(entry_offset);
        journal_map_step(file->map);
        if (chain->tail)
                *chain->n_tail = htole32((uint32_t)place.index + 1);
        return 0;
}

int entry_array_link_file(JournalFile *file, uint64_t entry_offset) {
        JournalHeader *header = file->header;
        const Chain chain = {
                .first = &header->entry_array_offset,
                .tail = &header->tail_entry_array_offset,
                .n_tail = &header->tail_entry_array_n_entries,
        };
        uint64_t n = le64toh(header->n_entries);
        int r = add(file, &chain, n, entry_offset);

        if (r < 0)
                return err_pass(r);
        header->n_entries = htole64(n + 1);
        journal_map_step(file->map);
        return 0;
}

int entry_array_link_data(JournalFile *file, uint64_t data_offset, uint64_t entry_offset) {
        JournalData *data = journal_file_at(file, data_offset);
        Chain chain = { .first = &data->entry_array_offset };
        uint64_t n = le64toh(data->n_entries);

        if (file->compact) {
                chain.tail = &data->tail_entry_array_offset;
                chain.n_tail = &data->tail_entry_array_n_entries;
        }
        int r = 0;
        if (n == 0)
                data->entry_offset = htole64(entry_offset);
        else
                r = add(file, &chain, n - 1, entry_offset);
        if (r < 0)
                return err_pass(r);
        data->n_entries = htole64(n + 1);
        journal_map_step(file->map);
        return 0;
}
