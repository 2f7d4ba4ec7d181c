/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/plain_format.h"

#define STRBUF_LIMIT ((size_t)1 << 30)
#define STRBUF_FIRST 64

char *strbuf_reserve(StrBuf *b, size_t more) {
        if (b->failed)
                return NULL;
        if (more < b->capacity - b->length) /* capacity 0 only with length 0 */
                return b->data + b->length;
        if (more >= STRBUF_LIMIT - b->length) {
                b->failed = true;
                return NULL;
        }
        size_t needed = b->length + more + 1;
        size_t capacity = MAX(needed, MAX((size_t)STRBUF_FIRST, b->capacity * 2));
        char *data = realloc(b->data, capacity);
        if (!data) {
                b->failed = true;
                return NULL;
        }
        b->data = data;
        b->capacity = capacity;
        b->data[b->length] = '\0';
        return b->data + b->length;
}

void strbuf_add_bytes(StrBuf *b, const void *data, size_t length) {
        if (!strbuf_reserve(b, length))
                return;
        if (length > 0)
                memcpy(b->data + b->length, data, length);
        b->length += length;
        b->data[b->length] = '\0';
}

void strbuf_add(StrBuf *b, const char *text) {
        strbuf_add_bytes(b, text, strlen(text));
}

void strbuf_add_str(StrBuf *b, Str s) {
        strbuf_add_bytes(b, s.data, s.length);
}

void strbuf_add_char(StrBuf *b, char c) {
        if (!strbuf_reserve(b, 1))
                return;
        b->data[b->length++] = c;
        b->data[b->length] = '\0';
}

void strbuf_addf_va(StrBuf *b, const char *format, va_list args) {
        if (plain_format_is(format)) {
                plain_format_add(b, format, args);
                return;
        }
        if (!strbuf_reserve(b, STRBUF_FIRST - 1))
                return;
        va_list again;
        va_copy(again, args);
        size_t room = b->capacity - b->length;
        int n = vsnprintf(b->data + b->length, room, format, args);
        if (n >= 0 && (size_t)n >= room) {
                room = strbuf_reserve(b, (size_t)n) ? b->capacity - b->length : 0;
                n = room > 0 ? vsnprintf(b->data + b->length, room, format, again) : -1;
        }
        va_end(again);
        if (n < 0) {
                b->failed = true;
                b->data[b->length] = '\0';
                return;
        }
        b->length += (size_t)n;
}

void strbuf_addf(StrBuf *b, const char *format, ...) {
        va_list args;
        va_start(args, format);
        strbuf_addf_va(b, format, args);
        va_end(args);
}

void strbuf_truncate(StrBuf *b, size_t length) {
        assert(length <= b->length);
        b->length = length;
        if (b->data)
                b->data[length] = '\0';
}

void strbuf_clear(StrBuf *b) {
        b->failed = false;
        strbuf_truncate(b, 0);
}

char *strbuf_steal(StrBuf *b) {
        strbuf_add_bytes(b, "", 0);
        char *text = b->failed ? NULL : STEAL(b->data);
        strbuf_done(b);
        return text;
}

const char *strbuf_text(const StrBuf *b) {
        return b->data ? b->data : "";
}

int strbuf_result(const StrBuf *b) {
        return b->failed ? err_new(-ENOMEM) : 0;
}

void strbuf_done(StrBuf *b) {
        free(b->data);
        *b = STRBUF_INIT;
}
