/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pqueue.h"

#include "unit_test.h"

#define MANY 500

/* Every parent stands before its children, and each item knows its place. */
static void assert_heap(const Pqueue *queue) {
        for (unsigned i = 1; i <= queue->n_items; i++) {
                assert_int_equal(queue->items[i - 1]->position, i);
                if (i > 1)
                        assert_true(queue->items[i / 2 - 1]->key <= queue->items[i - 1]->key);
        }
}

static void test_smallest_first_through_random_changes(void **state UNUSED) {
        Pqueue queue = PQUEUE_INIT;
        static PqueueItem items[MANY];
        uint64_t random = 7;
        for (unsigned step = 0; step < 20 * MANY; step++) {
                random = random * UINT64_C(6364136223846793005) + 1;
                PqueueItem *item = &items[(random >> 33) % MANY];
                if (random >> 63)
                        pqueue_remove(&queue, item);
                else
                        assert_int_equal(pqueue_set(&queue, item, (random >> 20) % 100), 0);
                if (step % 100 == 0)
                        assert_heap(&queue);
        }
        assert_heap(&queue);
        uint64_t last = 0;
        while (pqueue_first(&queue)) {
                PqueueItem *item = pqueue_first(&queue);
                assert_true(item->key >= last);
                last = item->key;
                pqueue_remove(&queue, item);
                assert_false(pqueue_is_queued(item));
        }
        pqueue_done(&queue);
}

static void test_equal_keys_come_in_order_of_insertion(void **state UNUSED) {
        Pqueue queue = PQUEUE_INIT;
        PqueueItem items[50] = { 0 };
        for (unsigned i = 0; i < ARRAY_LENGTH(items); i++)
                assert_int_equal(pqueue_set(&queue, &items[i], 5), 0);
        assert_int_equal(pqueue_set(&queue, &items[0], 5), 0); /* goes to the end */
        for (unsigned i = 0; i < ARRAY_LENGTH(items); i++) {
                PqueueItem *first = pqueue_first(&queue);
                assert_ptr_equal(first, &items[(i + 1) % ARRAY_LENGTH(items)]);
                pqueue_remove(&queue, first);
        }
        assert_null(pqueue_first(&queue));
        pqueue_done(&queue);
}

static void test_done_leaves_items_unqueued(void **state UNUSED) {
        Pqueue queue = PQUEUE_INIT;
        PqueueItem item = { 0 };
        pqueue_remove(&queue, &item);
        assert_int_equal(pqueue_set(&queue, &item, 1), 0);
        assert_true(pqueue_is_queued(&item));
        pqueue_done(&queue);
        assert_false(pqueue_is_queued(&item));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_smallest_first_through_random_changes),
                cmocka_unit_test(test_equal_keys_come_in_order_of_insertion),
                cmocka_unit_test(test_done_leaves_items_unqueued),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
