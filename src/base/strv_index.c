/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strv_index.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/hashtable.h"
#include "base/strv.h"

/* Lists below this length are searched: most never get longer. */
#define LONG_LIST 32

typedef struct IndexedList {
        HashTable *known; /* owned; its keys are the list's strings */
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

int strv_index_add(StrvIndex **index, uint64_t key, char ***list, const char *s) {
        if (!is_long(*list))
                return strv_add_unique(list, s);
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
