/* SPDX-License-Identifier: Apache-2.0 */
#include "base/list.h"

#include "unit_test.h"

typedef struct Thing {
        int number;
        ListLink link;
} Thing;

static void test_objects_join_leave_and_are_walked(void **state UNUSED) {
        ListLink head;
        Thing things[4] = { { 1, { 0 } }, { 2, { 0 } }, { 3, { 0 } }, { 4, { 0 } } };
        int seen = 0;
        list_init(&head);
        assert_true(list_is_empty(&head));
        assert_null(LIST_FIRST(&head, Thing, link));
        list_append(&head, &things[1].link);
        list_append(&head, &things[2].link);
        list_prepend(&head, &things[0].link);
        assert_ptr_equal(LIST_FIRST(&head, Thing, link), &things[0]);
        assert_true(list_is_linked(&things[1].link));
        assert_false(list_is_linked(&things[3].link));
        list_remove(&things[3].link);
        LIST_FOREACH(thing, &head, Thing, link) {
                seen = seen * 10 + thing->number;
                list_remove(&thing->link);
        }
        assert_int_equal(seen, 123);
        assert_true(list_is_empty(&head));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_objects_join_leave_and_are_walked),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
