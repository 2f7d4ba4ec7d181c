/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strv_index.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/hashtable.h"
#include "base/strv.h"

/* Lists below this length are searched: most never get longer. */
#define LONG_LIST 32

typedef struct IndexedList {
        HashTable *known; /* owned; its keys are the list's strings, or hashes of variables' names
                             to places counted from 1 */
        char **list;      /* where the list was when it was last changed */
        size_t n;
        size_t capacity; /* strings that fit, without the end mark */
} IndexedList;

struct StrvIndex {
        HashTable *lists; /* owned, as are the IndexedLists; by the caller's keys */
};

static IndexedList *indexed_list_free(IndexedList *list) {
        if (list)
                hashtable_free(list->known);
        free(list);
        return NULL;
}
DEFINE_AUTO(IndexedList *, indexed_list_free);

StrvIndex *strv_index_free(StrvIndex *index) {
        size_t cursor = 0;
        IndexedList *list;

        if (!index)
                return NULL;
        while ((list = hashtable_next(index->lists, &cursor, NULL)))
                indexed_list_free(list);
        hashtable_free(index->lists);
        free(index);
        return NULL;
}

static bool is_long(char *const *list) {
        size_t n = 0;
        while (list && n < LONG_LIST && list[n])
                n++;
        return n == LONG_LIST;
}

static int prepare(StrvIndex **index) {
        AUTO(strv_index_free) StrvIndex *made = NULL;

        if (*index)
                return 0;
        made = calloc(1, sizeof(*made));
        if (!made)
                return err_new(-ENOMEM);
        made->lists = hashtable_new_number();
        if (!made->lists)
                return err_new(-ENOMEM);
        *index = STEAL(made);
        return 0;
}

static int learn(StrvIndex *index, uint64_t key, char **list, IndexedList **ret) {
        AUTO(indexed_list_free) IndexedList *made = calloc(1, sizeof(*made));

        if (!made)
                return err_new(-ENOMEM);
        made->known = hashtable_new_string();
        if (!made->known)
                return err_new(-ENOMEM);
        for (made->n = 0; list[made->n]; made->n++) {
                int r = hashtable_set(made->known, list[made->n], made);
                if (r < 0)
                        return err_pass(r);
        }
        made->list = list;
        made->capacity = made->n;
        int r = hashtable_put_number(index->lists, key, made);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(made);
        return 0;
}

static int append(IndexedList *to, char ***list, const char *s) {
        AUTO_FREE char *copy = strdup(s);

        if (!copy)
                return err_new(-ENOMEM);
        if (to->n == to->capacity) {
                char **bigger = reallocarray(*list, to->n * 2 + 1, sizeof(char *));
                if (!bigger)
                        return err_new(-ENOMEM);
                *list = to->list = bigger;
                to->capacity = to->n * 2;
        }
        int r = hashtable_put(to->known, copy, to);
        if (r < 0)
                return err_pass(r);
        (*list)[to->n++] = STEAL(copy);
        (*list)[to->n] = NULL;
        return 0;
}

/* A list that is short again was emptied in between: what is known of it is of another. */
static void forget(StrvIndex *index, uint64_t key) {
        if (index)
                indexed_list_free(hashtable_remove_number(index->lists, key));
}

int strv_index_add(StrvIndex **index, uint64_t key, char ***list, const char *s) {
        if (!is_long(*list)) {
                forget(*index, key);
                return strv_add_unique(list, s);
        }
        int r = prepare(index);
        if (r < 0)
                return err_pass(r);
        IndexedList *known = hashtable_find_number((*index)->lists, key);
        if (!known)
                r = learn(*index, key, *list, &known);
        if (r < 0)
                return err_pass(r);
        assert(known->list == *list);
        return hashtable_find(known->known, s) ? 0 : err_pass(append(known, list, s));
}

/* --- variables -------------------------------------------------------------------------------- */

static size_t name_length(const char *assignment) {
        return strcspn(assignment, "=");
}

static bool is_same_name(const char *one, const char *other) {
        size_t length = name_length(one);
        return name_length(other) == length && memcmp(one, other, length) == 0;
}

static uint64_t hash_name(const char *assignment) {
        static const uint8_t key[16] = "tend-variables";
        return siphash24(assignment, name_length(assignment), key);
}

/* The place of a variable of this name by looking at all of them; NULL. */
static char **search(char **list, const char *assignment) {
        for (char **entry = list; entry && *entry; entry++)
                if (is_same_name(*entry, assignment))
                        return entry;
        return NULL;
}

static int learn_names(StrvIndex *index, uint64_t key, char **list, IndexedList **ret) {
        AUTO(indexed_list_free) IndexedList *made = calloc(1, sizeof(*made));

        if (!made)
                return err_new(-ENOMEM);
        made->known = hashtable_new_number();
        if (!made->known)
                return err_new(-ENOMEM);
        for (made->n = 0; list[made->n]; made->n++) {
                int r = hashtable_set_number(
                        made->known, hash_name(list[made->n]), (void *)(made->n + 1));
                if (r < 0)
                        return err_pass(r);
        }
        made->list = list;
        made->capacity = made->n;
        int r = hashtable_put_number(index->lists, key, made);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(made);
        return 0;
}

static int append_variable(IndexedList *to, char ***list, char *assignment) {
        if (to->n == to->capacity) {
                char **bigger = reallocarray(*list, to->n * 2 + 1, sizeof(char *));
                if (!bigger)
                        return err_new(-ENOMEM);
                *list = to->list = bigger;
                to->capacity = to->n * 2;
        }
        int r = hashtable_set_number(to->known, hash_name(assignment), (void *)(to->n + 1));
        if (r < 0)
                return err_pass(r);
        (*list)[to->n++] = assignment;
        (*list)[to->n] = NULL;
        return 0;
}

/* The place of the variable in a list that is known; NULL. */
static char **find_variable(const IndexedList *known, const char *assignment) {
        size_t place = (size_t)hashtable_find_number(known->known, hash_name(assignment));

        if (place == 0)
                return NULL;
        /* Two names of one hash are as good as never there, but may be. */
        return is_same_name(known->list[place - 1], assignment) ? &known->list[place - 1]
                                                                : search(known->list, assignment);
}

int strv_index_assign(StrvIndex **index, uint64_t key, char ***list, char *assignment) {
        AUTO_FREE char *owned = assignment;
        IndexedList *known = NULL;
        int r = 0;

        if (is_long(*list)) {
                r = prepare(index);
                if (r == 0)
                        known = hashtable_find_number((*index)->lists, key);
                if (r == 0 && !known)
                        r = learn_names(*index, key, *list, &known);
        } else {
                forget(*index, key);
        }
        if (r < 0)
                return err_pass(r);
        assert(!known || known->list == *list);
        char **place = known ? find_variable(known, assignment) : search(*list, assignment);
        if (place) {
                free(*place);
                *place = STEAL(owned);
                return 0;
        }
        r = known ? append_variable(known, list, assignment) : strv_take(list, STEAL(owned));
        if (r == 0)
                owned = NULL;
        return err_pass(r);
}
