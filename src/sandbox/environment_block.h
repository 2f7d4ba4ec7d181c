/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A block of "NAME=value" strings as execve(2) takes it: each name once, in order of first
 * appearance. Owns its strings. Failure to allocate is remembered until environment_block_result.
 */

#include <stdbool.h>

#include "base/auto.h"
#include "base/macros.h"
#include "base/str.h"

typedef struct EnvironmentBlock {
        char **items; /* NULL-terminated once something was set; NULL before */
        unsigned n_items;
        unsigned n_allocated;
        bool failed;
} EnvironmentBlock;

#define ENVIRONMENT_BLOCK_INIT ((EnvironmentBlock){ 0 })

/* The value of `name` in a list of assignments, the last one where there are several; NULL when it
 * is not there. A NULL list is empty. */
const char *environment_find(char *const *list, Str name);

/* Sets from an assignment "NAME=value", replacing an older value of the name. Strings without '='
 * or with an empty name are dropped. */
void environment_block_put(EnvironmentBlock *block, const char *assignment);

/* The same from a name and formatted text. */
void environment_block_setf(EnvironmentBlock *block, const char *name, const char *format, ...)
        PRINTF_LIKE(3, 4);

/* Puts every assignment of a list that may be NULL. */
void environment_block_put_all(EnvironmentBlock *block, char *const *list);

/* Removes by name, or, when `pattern` contains '=', only that exact assignment (UnsetEnvironment=).
 */
void environment_block_unset(EnvironmentBlock *block, const char *pattern);

/* The value of `name`, NULL when it is not set. */
const char *environment_block_get(const EnvironmentBlock *block, const char *name);

/* The strings for execve(2); valid until the next change. */
char *const *environment_block_list(const EnvironmentBlock *block);

/* 0, or -ENOMEM when something could not be set. */
int environment_block_result(const EnvironmentBlock *block);

/* Releases everything; the block can be used again. */
void environment_block_done(EnvironmentBlock *block);

DEFINE_AUTO_DONE(EnvironmentBlock, environment_block_done);
