/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One hash table: keys are strings (siphash with a random key, so that hostile names cannot slow it
 * down) or 64-bit numbers; values are pointers. Keys are not copied: a string key must live as long
 * as its entry (usually it is a member of the value). Values are not owned. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"

typedef struct HashTable HashTable; /* entries in order, and an open-addressing index */

/* A table whose keys are terminated strings; NULL when out of memory. */
HashTable *hashtable_new_string(void);

/* A table whose keys are numbers; NULL when out of memory. */
HashTable *hashtable_new_number(void);

/* Releases the table, not the values; returns NULL. */
HashTable *hashtable_free(HashTable *table);

/* Adds; -EEXIST when the key is there, -ENOMEM. */
int hashtable_put(HashTable *table, const char *key, void *value);

/* The same with a number as key. */
int hashtable_put_number(HashTable *table, uint64_t key, void *value);

/* Adds or replaces (also the key pointer); -ENOMEM. */
int hashtable_set(HashTable *table, const char *key, void *value);

/* The same with a number as key. */
int hashtable_set_number(HashTable *table, uint64_t key, void *value);

/* The value or NULL. A NULL table is empty. */
void *hashtable_find(const HashTable *table, const char *key);

/* The same with a number as key. */
void *hashtable_find_number(const HashTable *table, uint64_t key);

/* Removes and returns the value, or NULL. */
void *hashtable_remove(HashTable *table, const char *key);

/* The same with a number as key. */
void *hashtable_remove_number(HashTable *table, uint64_t key);

/* How many entries there are; a NULL table has none. */
size_t hashtable_count(const HashTable *table);

/* Walks in order of insertion (a replaced entry keeps its place): start with *cursor = 0; NULL at
 * the end. Removing the entry just returned is allowed, adding is not. `ret_key` may be NULL
 * (string tables only). */
void *hashtable_next(const HashTable *table, size_t *cursor, const char **ret_key);

/* Removes all entries. */
void hashtable_clear(HashTable *table);

DEFINE_AUTO(HashTable *, hashtable_free);
