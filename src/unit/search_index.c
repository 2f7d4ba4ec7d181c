/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/search_index.h"

#include <errno.h>

#include "base/error.h"
#include "base/path_name.h"

#define ALIAS_HOPS_MAX 8 /* as in systemd */

int search_index_follow(const UnitSearch *search, const char *name, const UnitEntry **ret) {
        for (unsigned i = 0; i < ALIAS_HOPS_MAX; i++) {
                const UnitEntry *entry = hashtable_find(search->names, name);
                if (!entry)
                        return 0;
                if (!entry->alias_of) {
                        *ret = entry;
                        return 1;
                }
                name = entry->alias_of;
        }
        return err_new(-ELOOP);
}

char *search_index_path(const UnitEntry *entry) {
        return path_join(entry->directory->listing.path, entry->name);
}

int search_index_own_name(const UnitEntry *entry, const char *name, char **ret) {
        Str instance = unit_name_instance(name);

        if (instance.data && unit_name_kind(entry->name) == UNIT_NAME_TEMPLATE) {
                AUTO_FREE char *text = str_dup(instance);
                return text ? err_pass(unit_name_instantiate(entry->name, text, ret))
                            : err_new(-ENOMEM);
        }
        *ret = strdup(entry->name);
        return *ret ? 0 : err_new(-ENOMEM);
}

bool search_index_is_mask(const struct stat *st) {
        return S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode) ||
               (S_ISREG(st->st_mode) && st->st_size == 0);
}
