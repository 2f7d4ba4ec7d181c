/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/environment_block.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/strbuf.h"

/* Whether this assignment is one of this name. */
static bool assigns(const char *assignment, Str name) {
        return strncmp(assignment, name.data, name.length) == 0 && assignment[name.length] == '=';
}

const char *environment_find(char *const *list, Str name) {
        const char *found = NULL;

        for (; list && *list; list++)
                if (assigns(*list, name))
                        found = *list + name.length + 1;
        return found;
}

static bool block_reserve(EnvironmentBlock *block) {
        unsigned n = block->n_allocated ? block->n_allocated * 2 : 32;
        char **items;

        if (block->n_items + 1 < block->n_allocated)
                return true;
        items = reallocarray(block->items, n, sizeof(*items));
        if (!items)
                return false;
        block->items = items;
        block->n_allocated = n;
        return true;
}

/* Takes ownership of `assignment`. */
static void block_take(EnvironmentBlock *block, char *assignment, size_t name_length) {
        Str name = { assignment, name_length };

        for (unsigned i = 0; i < block->n_items; i++) {
                if (!assigns(block->items[i], name))
                        continue;
                free(block->items[i]);
                block->items[i] = assignment;
                return;
        }
        if (!block_reserve(block)) {
                block->failed = true;
                free(assignment);
                return;
        }
        block->items[block->n_items++] = assignment;
        block->items[block->n_items] = NULL;
}

void environment_block_put(EnvironmentBlock *block, const char *assignment) {
        const char *equals = strchr(assignment, '=');
        char *copy;

        if (!equals || equals == assignment)
                return;
        copy = strdup(assignment);
        if (copy)
                block_take(block, copy, (size_t)(equals - assignment));
        else
                block->failed = true;
}

void environment_block_setf(EnvironmentBlock *block, const char *name, const char *format, ...) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        va_list args;
        char *assignment;

        strbuf_add(&text, name);
        strbuf_add_char(&text, '=');
        va_start(args, format);
        strbuf_addf_va(&text, format, args);
        va_end(args);
        assignment = strbuf_steal(&text);
        if (assignment)
                block_take(block, assignment, strlen(name));
        else
                block->failed = true;
}

void environment_block_put_all(EnvironmentBlock *block, char *const *list) {
        for (; list && *list; list++)
                environment_block_put(block, *list);
}

void environment_block_unset(EnvironmentBlock *block, const char *pattern) {
        bool exact = strchr(pattern, '=');
        Str name = str_of(pattern);
        unsigned n = 0;

        for (unsigned i = 0; i < block->n_items; i++) {
                char *item = block->items[i];

                if (exact ? streq(item, pattern) : assigns(item, name))
                        free(item);
                else
                        block->items[n++] = item;
        }
        block->n_items = n;
        if (block->items)
                block->items[n] = NULL;
}

const char *environment_block_get(const EnvironmentBlock *block, const char *name) {
        return environment_find(block->items, str_of(name));
}

char *const *environment_block_list(const EnvironmentBlock *block) {
        static char *const none[] = { NULL };

        return block->items ? block->items : none;
}

int environment_block_result(const EnvironmentBlock *block) {
        return block->failed ? err_new(-ENOMEM) : 0;
}

void environment_block_done(EnvironmentBlock *block) {
        for (unsigned i = 0; i < block->n_items; i++)
                free(block->items[i]);
        free(block->items);
        *block = ENVIRONMENT_BLOCK_INIT;
}
