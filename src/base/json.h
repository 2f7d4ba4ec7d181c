/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A JSON writer: appends to a StrBuf, keeps track of commas and nesting, escapes strings; bytes
 * that are not UTF-8 become U+FFFD. */

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

typedef struct JsonWriter {
        StrBuf *out;     /* not owned */
        bool need_comma; /* a value stands before on this level */
        bool pretty;     /* line breaks and two spaces of indentation */
        bool tabs;       /* with pretty: as systemd's programs, a tab a level, " : " behind keys */
        unsigned depth;
} JsonWriter;

/* Begin and end containers. `key` is NULL inside arrays and at the top. */
void json_begin_object(JsonWriter *w, const char *key);
void json_end_object(JsonWriter *w);
void json_begin_array(JsonWriter *w, const char *key);
void json_end_array(JsonWriter *w);

/* One value; a NULL string writes null. */
void json_string(JsonWriter *w, const char *key, const char *value);
void json_number(JsonWriter *w, const char *key, int64_t value);
void json_unsigned(JsonWriter *w, const char *key, uint64_t value);
void json_boolean(JsonWriter *w, const char *key, bool value);
void json_null(JsonWriter *w, const char *key);

/* A value that is JSON already. */
void json_raw(JsonWriter *w, const char *key, Str value);
