/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Reads JSON (RFC 8259) without building a tree: a text is checked once, then its parts are found
 * as slices of it. Numbers stay text. */

#include <stdbool.h>

#include "base/str.h"

#define JSON_DEPTH_MAX 64U

typedef enum JsonType {
        JSON_NULL,
        JSON_BOOLEAN,
        JSON_NUMBER,
        JSON_STRING,
        JSON_ARRAY,
        JSON_OBJECT,
} JsonType;

/* One member of an object. */
typedef struct JsonMember {
        Str key;   /* with its quotes and escapes */
        Str value; /* without blanks around it */
} JsonMember;

/* Whether the text is one JSON value, nested no deeper than JSON_DEPTH_MAX. Else -EINVAL, and
 * `ret_offset` (may be NULL) is where it ceases to be one. All below want a text that has passed,
 * or a part of it. */
int json_check(Str text, size_t *ret_offset);

/* What kind of value it is. */
JsonType json_type(Str value);

/* Takes the next member off an object; start with `rest` as the object itself. False at the end,
 * and for what is no object. */
bool json_next_member(Str *rest, JsonMember *ret);

/* The value of the last member of this name. False when there is none. */
bool json_find_member(Str object, const char *name, Str *ret);

/* A string without its quotes and escapes, in fresh memory; U+0000 ends it. -EINVAL for what is no
 * string, -ENOMEM. */
int json_read_string(Str value, char **ret);
