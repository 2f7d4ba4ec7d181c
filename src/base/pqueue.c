/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pqueue.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/macros.h"

#define PQUEUE_FIRST 16

/* Positions are 1-based: the parent of i is i / 2, its children are 2i and 2i + 1. */

static bool is_before(const PqueueItem *a, const PqueueItem *b) {
        return a->key != b->key ? a->key < b->key : a->order < b->order;
}

static void place(Pqueue *queue, unsigned position, PqueueItem *item) {
        queue->items[position - 1] = item;
        item->position = position;
}

static void sift_up(Pqueue *queue, PqueueItem *item) {
        unsigned at = item->position;
        for (; at > 1 && is_before(item, queue->items[at / 2 - 1]); at /= 2)
                place(queue, at, queue->items[at / 2 - 1]);
        place(queue, at, item);
}

static void sift_down(Pqueue *queue, PqueueItem *item) {
        unsigned at = item->position;
        while (at <= queue->n_items / 2) {
                unsigned child = 2 * at;
                if (child < queue->n_items &&
                    is_before(queue->items[child], queue->items[child - 1]))
                        child++;
                if (!is_before(queue->items[child - 1], item))
                        break;
                place(queue, at, queue->items[child - 1]);
                at = child;
        }
        place(queue, at, item);
}

static int reserve_one(Pqueue *queue) {
        if (queue->n_items < queue->capacity)
                return 0;
        if (queue->capacity > UINT_MAX / 4)
                return err_new(-ENOMEM);
        unsigned capacity = MAX((unsigned)PQUEUE_FIRST, queue->capacity * 2);
        PqueueItem **items = reallocarray(queue->items, capacity, sizeof(PqueueItem *));
        if (!items)
                return err_new(-ENOMEM);
        queue->items = items;
        queue->capacity = capacity;
        return 0;
}

int pqueue_set(Pqueue *queue, PqueueItem *item, uint64_t key) {
        if (!pqueue_is_queued(item)) {
                int r = reserve_one(queue);
                if (r < 0)
                        return err_pass(r);
                place(queue, ++queue->n_items, item);
        }
        item->key = key;
        item->order = queue->next_order++;
        sift_up(queue, item);
        sift_down(queue, item);
        return 0;
}

void pqueue_remove(Pqueue *queue, PqueueItem *item) {
        if (!pqueue_is_queued(item))
                return;
        PqueueItem *last = queue->items[--queue->n_items];
        unsigned position = item->position;
        item->position = 0;
        if (last == item)
                return;
        place(queue, position, last);
        sift_up(queue, last);
        sift_down(queue, last);
}

PqueueItem *pqueue_first(const Pqueue *queue) {
        return queue->n_items > 0 ? queue->items[0] : NULL;
}

void pqueue_done(Pqueue *queue) {
        for (unsigned i = 0; i < queue->n_items; i++)
                queue->items[i]->position = 0;
        free(queue->items);
        *queue = PQUEUE_INIT;
}
