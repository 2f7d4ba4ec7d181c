/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hashtable.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/macros.h"

/* Entries stand in one array in order of insertion; a power-of-two index of 32-bit numbers finds
 * them by open addressing. A walk is therefore dense and the same in each run. */

#define SLOT_EMPTY UINT32_C(0)
#define SLOT_REMOVED UINT32_MAX
#define INDEX_FIRST UINT32_C(8)
#define INDEX_LIMIT (UINT32_C(1) << 30)
#define MAX_ENTRIES(n_index) ((n_index) / 4 * 3)

typedef union Key {
        const char *text;
        uint64_t number;
} Key;

typedef struct Entry {
        Key key;
        void *value;
        uint32_t hash;
        bool live; /* false: removed, dropped at the next rebuild */
} Entry;

struct HashTable {
        bool has_text_keys;
        uint32_t n_index;   /* power of two, or 0 before the first entry */
        uint32_t n_entries; /* entries in use, removed ones included */
        uint32_t n_live;
        uint32_t *index; /* owned; entry number + 1, or one of SLOT_... */
        Entry *entries;  /* owned; MAX_ENTRIES(n_index) long */
        uint8_t secret[16];
};

static HashTable *hashtable_new(bool has_text_keys) {
        HashTable *table = calloc(1, sizeof(*table));
        if (!table)
                return NULL;
        table->has_text_keys = has_text_keys;
        /* Sixteen random bytes that the kernel gives each process, see getauxval(3). */
        const void *random = (const void *)getauxval(AT_RANDOM);
        if (random)
                memcpy(table->secret, random, sizeof(table->secret));
        return table;
}

HashTable *hashtable_new_string(void) {
        return hashtable_new(true);
}

HashTable *hashtable_new_number(void) {
        return hashtable_new(false);
}

HashTable *hashtable_free(HashTable *table) {
        if (table) {
                free(table->index);
                free(table->entries);
                free(table);
        }
        return NULL;
}

static uint32_t hash_key(const HashTable *table, Key key) {
        uint64_t h = table->has_text_keys
                             ? siphash24(key.text, strlen(key.text), table->secret)
                             : siphash24(&key.number, sizeof(key.number), table->secret);
        return (uint32_t)(h ^ h >> 32);
}

static bool same_key(const HashTable *table, const Entry *entry, Key key) {
        return table->has_text_keys ? strcmp(entry->key.text, key.text) == 0
                                    : entry->key.number == key.number;
}

/* The place in the index that leads to `key`, or NULL. */
static uint32_t *find_slot(const HashTable *table, Key key, uint32_t hash) {
        uint32_t mask = table->n_index - 1;
        if (table->n_index == 0)
                return NULL;
        for (uint32_t i = hash & mask; table->index[i] != SLOT_EMPTY; i = (i + 1) & mask) {
                if (table->index[i] == SLOT_REMOVED)
                        continue;
                const Entry *entry = &table->entries[table->index[i] - 1];
                if (entry->hash == hash && same_key(table, entry, key))
                        return &table->index[i];
        }
        return NULL;
}

/* Enters an entry into an index that has a free slot and does not know its key. */
static void link_entry(uint32_t *index, uint32_t n_index, uint32_t hash, uint32_t entry_number) {
        uint32_t i = hash & (n_index - 1);
        while (index[i] != SLOT_EMPTY)
                i = (i + 1) & (n_index - 1);
        index[i] = entry_number + 1;
}

/* Makes a new index and entry array without the removed entries, twice as large when at least half
 * of the entries live. */
static int rebuild(HashTable *table) {
        uint32_t n_index = table->n_index ? table->n_index : INDEX_FIRST;
        if (table->n_live > 0 && table->n_live >= MAX_ENTRIES(n_index) / 2)
                n_index *= 2;
        if (n_index > INDEX_LIMIT)
                return err_new(-ENOMEM);
        AUTO_FREE uint32_t *index = calloc(n_index, sizeof(*index));
        AUTO_FREE Entry *entries = calloc(MAX_ENTRIES(n_index), sizeof(*entries));
        if (!index || !entries)
                return err_new(-ENOMEM);
        uint32_t n = 0;
        for (uint32_t i = 0; i < table->n_entries; i++) {
                if (!table->entries[i].live)
                        continue;
                entries[n] = table->entries[i];
                link_entry(index, n_index, entries[n].hash, n);
                n++;
        }
        free(table->index);
        free(table->entries);
        table->index = STEAL(index);
        table->entries = STEAL(entries);
        table->n_index = n_index;
        table->n_entries = n;
        return 0;
}

static int put_new(HashTable *table, Key key, uint32_t hash, void *value) {
        if (table->n_entries >= MAX_ENTRIES(table->n_index)) {
                int r = rebuild(table);
                if (r < 0)
                        return err_pass(r);
        }
        link_entry(table->index, table->n_index, hash, table->n_entries);
        table->entries[table->n_entries++] = (Entry){
                .key = key,
                .value = value,
                .hash = hash,
                .live = true,
        };
        table->n_live++;
        return 0;
}

static int put(HashTable *table, Key key, void *value) {
        uint32_t hash = hash_key(table, key);
        return find_slot(table, key, hash) ? err_new(-EEXIST) : put_new(table, key, hash, value);
}

static int set(HashTable *table, Key key, void *value) {
        uint32_t hash = hash_key(table, key);
        const uint32_t *slot = find_slot(table, key, hash);
        if (!slot)
                return put_new(table, key, hash, value);
        table->entries[*slot - 1].key = key;
        table->entries[*slot - 1].value = value;
        return 0;
}

static void *find(const HashTable *table, Key key) {
        if (!table || table->n_live == 0)
                return NULL;
        const uint32_t *slot = find_slot(table, key, hash_key(table, key));
        return slot ? table->entries[*slot - 1].value : NULL;
}

static void *take(HashTable *table, Key key) {
        if (!table || table->n_live == 0)
                return NULL;
        uint32_t *slot = find_slot(table, key, hash_key(table, key));
        if (!slot)
                return NULL;
        Entry *entry = &table->entries[*slot - 1];
        *slot = SLOT_REMOVED;
        entry->live = false;
        table->n_live--;
        return entry->value;
}

int hashtable_put(HashTable *table, const char *key, void *value) {
        assert(table->has_text_keys);
        return put(table, (Key){ .text = key }, value);
}

int hashtable_put_number(HashTable *table, uint64_t key, void *value) {
        assert(!table->has_text_keys);
        return put(table, (Key){ .number = key }, value);
}

int hashtable_set(HashTable *table, const char *key, void *value) {
        assert(table->has_text_keys);
        return set(table, (Key){ .text = key }, value);
}

int hashtable_set_number(HashTable *table, uint64_t key, void *value) {
        assert(!table->has_text_keys);
        return set(table, (Key){ .number = key }, value);
}

void *hashtable_find(const HashTable *table, const char *key) {
        assert(!table || table->has_text_keys);
        return find(table, (Key){ .text = key });
}

void *hashtable_find_number(const HashTable *table, uint64_t key) {
        assert(!table || !table->has_text_keys);
        return find(table, (Key){ .number = key });
}

void *hashtable_remove(HashTable *table, const char *key) {
        assert(!table || table->has_text_keys);
        return take(table, (Key){ .text = key });
}

void *hashtable_remove_number(HashTable *table, uint64_t key) {
        assert(!table || !table->has_text_keys);
        return take(table, (Key){ .number = key });
}

size_t hashtable_count(const HashTable *table) {
        return table ? table->n_live : 0;
}

void *hashtable_next(const HashTable *table, size_t *cursor, const char **ret_key) {
        while (table && *cursor < table->n_entries) {
                const Entry *entry = &table->entries[(*cursor)++];
                if (!entry->live)
                        continue;
                if (ret_key)
                        *ret_key = entry->key.text;
                return entry->value;
        }
        return NULL;
}

void hashtable_clear(HashTable *table) {
        free(STEAL(table->index));
        free(STEAL(table->entries));
        table->n_index = table->n_entries = table->n_live = 0;
}
