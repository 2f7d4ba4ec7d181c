/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Priority queue (binary heap) of objects that embed a PqueueItem; smallest key first, equal keys
 * in order of insertion. Used for timers. */

#include <stdbool.h>
#include <stdint.h>

typedef struct PqueueItem {
        uint64_t key;
        uint64_t order;    /* set by the queue */
        unsigned position; /* 1-based place in the heap, 0 when not queued */
} PqueueItem;

typedef struct Pqueue {
        PqueueItem **items; /* owned array of items that are not owned */
        unsigned n_items;
        unsigned capacity;
        uint64_t next_order;
} Pqueue;

#define PQUEUE_INIT ((Pqueue){ 0 })

/* Queues the item under `key`, or moves it there when it is queued. -ENOMEM. */
int pqueue_set(Pqueue *queue, PqueueItem *item, uint64_t key);

/* Takes the item out; harmless when it is not queued. */
void pqueue_remove(Pqueue *queue, PqueueItem *item);

/* The item with the smallest key, or NULL. */
PqueueItem *pqueue_first(const Pqueue *queue);

static inline bool pqueue_is_queued(const PqueueItem *item) {
        return item->position != 0;
}

/* Releases the array; items are left unqueued. */
void pqueue_done(Pqueue *queue);
