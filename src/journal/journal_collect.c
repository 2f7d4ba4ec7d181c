/* SPDX-License-Identifier: Apache-2.0 */

/* Which known fields an entry has, and the groups that most of its values come in. */

#include "journal/journal_renderer.h"

#define NEAR 16384 /* new values are hardly larger; old ones are hardly so near */

/* How many values stand in the file since an entry before. The new ones lie right before their
 * entry, one after the other. A guess is enough: it only decides what is kept. */
static uint64_t n_old_values(const JournalPlace *place, uint64_t n) {
        const JournalBytes *bytes = &place->reader->bytes;
        uint64_t end = place->offset;

        while (n > 0) {
                uint64_t offset = journal_place_item(place, n - 1);
                if (offset >= end || end - offset > NEAR)
                        break;
                const JournalObject *object =
                        journal_object_find(bytes, offset, JOURNAL_OBJECT_DATA);
                if (!object || ((offset + le64toh(object->size) + 7) & ~UINT64_C(7)) != end)
                        break;
                end = offset;
                n--;
        }
        return n;
}

static uint64_t items_size(const JournalPlace *place, uint64_t n) {
        return n * (place->reader->bytes.compact ? sizeof(Le32) : sizeof(JournalEntryItem));
}

/* Where the group of the first `n` values is, if it is known. */
static JournalGroup *group_slot(JournalRenderer *renderer, const JournalPlace *place, uint64_t n) {
        const uint8_t *items = (const uint8_t *)&place->entry->items;
        uint64_t size = items_size(place, n), hash = n, word;
        uint32_t half;

        for (; size >= sizeof(word); size -= sizeof(word), items += sizeof(word)) {
                memcpy(&word, items, sizeof(word));
                hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        }
        if (size >= sizeof(half)) {
                memcpy(&half, items, sizeof(half));
                hash = (hash ^ half) * UINT64_C(0x9e3779b97f4a7c15);
        }
        return &renderer->groups[hash >> (64 - JOURNAL_GROUP_BITS)];
}

static bool is_of(const JournalGroup *group, const JournalPlace *place, uint64_t n) {
        return group->reader == place->reader && group->serial == place->reader->serial &&
               group->n == n &&
               memcmp(&group->entry->items, &place->entry->items, items_size(place, n)) == 0;
}

/* Notes what one value is. */
static void note(JournalRenderer *renderer, const FieldSlot *slot) {
        bool first_wins = renderer->output == JOURNAL_OUTPUT_CAT;
        uint32_t bit = UINT32_C(1) << slot->field;

        if (first_wins && renderer->values[slot->field].data)
                return;
        renderer->values[slot->field] = slot->value;
        renderer->showable =
                slot->is_showable ? renderer->showable | bit : renderer->showable & ~bit;
}

JournalGroup *journal_group_get(JournalRenderer *renderer, const JournalPlace *place) {
        uint64_t n = n_old_values(place, journal_place_n_values(place));
        JournalGroup *group = group_slot(renderer, place, n);

        if (!is_of(group, place, n))
                *group = (JournalGroup){
                        .reader = place->reader,
                        .serial = place->reader->serial,
                        .entry = place->entry,
                        .n = n,
                };
        return group;
}

static void look_at_old(JournalRenderer *renderer, const JournalPlace *place, JournalGroup *group) {
        uint64_t n_damaged = place->reader->n_damaged;
        unsigned n_unpacked = renderer->n_unpacked;

        memset(renderer->values, 0, sizeof(renderer->values));
        renderer->showable = 0;
        for (uint64_t i = 0; i < group->n; i++) {
                const FieldSlot *slot = journal_renderer_known(
                        renderer, place->reader, journal_place_item(place, i));
                if (slot)
                        note(renderer, slot);
        }
        if (place->reader->n_damaged != n_damaged || renderer->n_unpacked != n_unpacked)
                return; /* to be told each time; or not to last */
        group->is_collected = true;
        group->showable = renderer->showable;
        memcpy(group->values, renderer->values, sizeof(group->values));
}

/* These come once: a slot for each would only drive out others. */
static void look_at_new(JournalRenderer *renderer, const JournalPlace *place, uint64_t i) {
        FieldSlot slot;

        if (journal_renderer_fill(renderer, place->reader, journal_place_item(place, i), &slot) &&
            slot.field != FIELD_OTHER)
                note(renderer, &slot);
}

void journal_renderer_collect(JournalRenderer *renderer, const JournalPlace *place) {
        uint64_t n = journal_place_n_values(place);
        JournalGroup *group = journal_group_get(renderer, place);

        journal_renderer_begin(renderer, place->reader);
        if (group->is_collected) {
                memcpy(renderer->values, group->values, sizeof(renderer->values));
                renderer->showable = group->showable;
        } else
                look_at_old(renderer, place, group);
        for (uint64_t i = group->n; i < n; i++)
                look_at_new(renderer, place, i);
}
