/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Embedded doubly linked lists. A link that is in no list points to itself or is zero. The object
 * leaves its lists when it is freed. */

#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

typedef struct ListLink {
        struct ListLink *next, *prev;
} ListLink;

/* The head is a link of its own; call before use. */
static inline void list_init(ListLink *head) {
        head->next = head->prev = head;
}

static inline bool list_is_empty(const ListLink *head) {
        return !head->next || head->next == head;
}

/* Whether the link is in a list. */
static inline bool list_is_linked(const ListLink *link) {
        return link->next && link->next != link;
}

static inline void list_insert_before(ListLink *where, ListLink *link) {
        link->prev = where->prev;
        link->next = where;
        where->prev->next = link;
        where->prev = link;
}

static inline void list_append(ListLink *head, ListLink *link) {
        list_insert_before(head, link);
}

static inline void list_prepend(ListLink *head, ListLink *link) {
        list_insert_before(head->next, link);
}

/* Leaves its list; harmless when it is in none. */
static inline void list_remove(ListLink *link) {
        if (!link->next)
                return;
        link->prev->next = link->next;
        link->next->prev = link->prev;
        link->next = link->prev = NULL;
}

/* The first object, or NULL. */
#define LIST_FIRST(head, type, member)                                                             \
        (list_is_empty(head) ? NULL : CONTAINER_OF((head)->next, type, member))

/* Walks all objects; the current one may be removed. */
#define LIST_FOREACH(item, head, type, member)                                                     \
        for (ListLink *link_##item = (head)->next, *next_##item = link_##item->next;               \
             link_##item != (head);                                                                \
             link_##item = next_##item, next_##item = link_##item->next)                           \
                for (type *item = CONTAINER_OF(link_##item, type, member); item; item = NULL)
