/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* 128-bit ids (invocations, boots, machines) and jitter. */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef struct Id128 {
        uint8_t bytes[16];
} Id128;

#define ID128_TEXT_SIZE 33 /* 32 lower-case hex digits and NUL */

/* A random version 4 id from getrandom(2); -errno. */
int id128_random(Id128 *ret);

/* Whether all bytes are 0. */
bool id128_is_null(Id128 id);

/* Whether both are the same id. */
bool id128_equal(Id128 a, Id128 b);

/* Writes 32 hex digits and NUL; returns `text`. */
char *id128_print(Id128 id, char text[static ID128_TEXT_SIZE]);

/* 32 hex digits, or the 36-character UUID form; -EINVAL. */
int id128_parse(Str text, Id128 *ret);

/* A random number below `limit` (0 gives 0), good enough for jitter. */
uint64_t random_below(uint64_t limit);
