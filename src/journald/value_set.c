/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/value_set.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static int make_room(ValueSet *set) {
        if (set->n < set->capacity)
                return 0;
        unsigned capacity = set->capacity ? set->capacity * 2 : 8;
        char **values = reallocarray(set->values, capacity, sizeof(*values));
        if (!values)
                return err_new(-ENOMEM);
        set->values = values;
        JournalItem *items = reallocarray(set->items, capacity, sizeof(*items));
        if (!items)
                return err_new(-ENOMEM);
        set->items = items;
        set->capacity = capacity;
        return 0;
}

int value_set_add(ValueSet *set, const char *name, const char *value) {
        char *text;

        if (!value || value[0] == '\0')
                return 0;
        int r = make_room(set);
        if (r < 0)
                return err_pass(r);
        if (asprintf(&text, "%s=%s", name, value) < 0)
                return err_new(-ENOMEM);
        set->values[set->n++] = text;
        set->file = 0;
        return 0;
}

int value_set_add_number(ValueSet *set, const char *name, uint64_t value) {
        char text[24];

        (void)snprintf(text, sizeof(text), "%" PRIu64, value); /* always fits */
        return err_pass(value_set_add(set, name, text));
}

const char *value_set_find(const ValueSet *set, const char *name) {
        size_t length = strlen(name);

        for (unsigned i = 0; i < set->n; i++)
                if (strncmp(set->values[i], name, length) == 0 && set->values[i][length] == '=')
                        return set->values[i] + length + 1;
        return NULL;
}

int value_set_resolve(ValueSet *set, JournalFile *file) {
        if (set->file == journal_file_number(file))
                return 0;
        for (unsigned i = 0; i < set->n; i++) {
                int r = journal_append_data(file, str_of(set->values[i]), &set->items[i]);
                if (r < 0)
                        return err_pass(r);
        }
        set->file = journal_file_number(file);
        return 0;
}

bool value_set_equal(const ValueSet *a, const ValueSet *b) {
        if (a->n != b->n)
                return false;
        for (unsigned i = 0; i < a->n; i++)
                if (!streq(a->values[i], b->values[i]))
                        return false;
        return true;
}

void value_set_done(ValueSet *set) {
        for (unsigned i = 0; i < set->n; i++)
                free(set->values[i]);
        free(set->values);
        free(set->items);
        *set = (ValueSet){ 0 };
}
