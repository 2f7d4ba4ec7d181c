/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Adds strings to lists that hold each once and may become long: where strv_add_unique would
 * compare with all strings, this looks into hash tables. One index serves several lists. It belongs
 * to whoever fills the lists, and must not outlive them. */

#include <stdint.h>

#include "base/auto.h"

typedef struct StrvIndex StrvIndex; /* by key, the strings of each list that is long */

/* Appends a copy to `*list` unless it is there. `*index` is NULL at first and made when it is worth
 * it; `key` tells its lists apart, and while it lives they are changed only through it, or emptied.
 * -ENOMEM leaves the list as it was. */
int strv_index_add(StrvIndex **index, uint64_t key, char ***list, const char *s);

/* The same for a list of variables: takes "NAME=value" into the place of a variable of that name,
 * or to the end. The string is released on failure too. */
int strv_index_assign(StrvIndex **index, uint64_t key, char ***list, char *assignment);

/* Releases the index, not the lists; returns NULL. */
StrvIndex *strv_index_free(StrvIndex *index);
DEFINE_AUTO(StrvIndex *, strv_index_free);
