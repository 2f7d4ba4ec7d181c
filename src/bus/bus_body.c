/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_body.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/utf8.h"

#define FIRST_CAPACITY 1024
#define BODY_MAX (128u * 1048576) /* bytes of a message, by the specification */

/* --- types ------------------------------------------------------------------------------------ */

/* clang-format off */
static const struct {
        uint8_t size; /* of a number, 0 for anything else */
        uint8_t alignment;
} types[128] = {
        ['y'] = { 1, 1 }, ['b'] = { 4, 4 }, ['n'] = { 2, 2 }, ['q'] = { 2, 2 },
        ['i'] = { 4, 4 }, ['u'] = { 4, 4 }, ['x'] = { 8, 8 }, ['t'] = { 8, 8 },
        ['h'] = { 4, 4 }, ['d'] = { 8, 8 }, ['s'] = { 0, 4 }, ['o'] = { 0, 4 }, ['g'] = { 0, 1 },
        ['a'] = { 0, 4 }, ['('] = { 0, 8 }, ['{'] = { 0, 8 }, ['v'] = { 0, 1 },
};
/* clang-format on */

size_t bus_type_alignment(char type) {
        return types[(unsigned char)type & 127].alignment;
}

static size_t number_size(char type) {
        return types[(unsigned char)type & 127].size;
}

size_t bus_type_length(const char *signature) {
        size_t n = 0;
        unsigned depth = 0;

        while (signature[n] == 'a')
                n++;
        do {
                if (signature[n] == '(' || signature[n] == '{')
                        depth++;
                else if (signature[n] == ')' || signature[n] == '}')
                        depth--;
                n++;
        } while (depth > 0);
        return n;
}

/* --- memory ----------------------------------------------------------------------------------- */

BusBody bus_body_of(const char *signature) {
        BusBody body = { .signature = signature, .depth = 1 };

        body.frames[0] = (BusFrame){ .cursor = signature, .end = signature + strlen(signature) };
        return body;
}

void bus_body_done(BusBody *body) {
        free(STEAL(body->data));
        body->length = body->capacity = 0;
}

static int grow(BusBody *body, size_t needed) {
        size_t capacity = MAX(needed, body->capacity * 2);
        uint8_t *data;

        if (needed > BODY_MAX)
                return err_new(-EMSGSIZE);
        capacity = MAX(capacity, (size_t)FIRST_CAPACITY);
        data = realloc(body->data, capacity);
        if (!data)
                return err_new(-ENOMEM);
        body->data = data;
        body->capacity = capacity;
        return 0;
}

static size_t aligned(size_t offset, size_t alignment) {
        return (offset + alignment - 1) & ~(alignment - 1);
}

/* Room for `size` bytes behind zeros that align them; NULL without memory. */
static uint8_t *extend(BusBody *body, size_t alignment, size_t size) {
        size_t begin = aligned(body->length, alignment);

        if ((!body->data || begin + size > body->capacity) && grow(body, begin + size) < 0)
                return NULL;
        memset(body->data + body->length, 0, begin - body->length);
        body->length = begin + size;
        return body->data + begin;
}

static BusFrame *top(BusBody *body) {
        return &body->frames[body->depth - 1];
}

/* An array has any number of elements of one type. */
static void pass(BusFrame *frame, size_t length) {
        if (!frame->is_array)
                frame->cursor += length;
}

/* --- basic values ----------------------------------------------------------------------------- */

static bool is_text(const char *text, size_t length) {
        size_t i = 0;

        for (uint64_t word; i + sizeof(word) <= length; i += sizeof(word)) {
                memcpy(&word, text + i, sizeof(word));
                if (word & UINT64_C(0x8080808080808080))
                        return utf8_is_valid((Str){ text, length });
        }
        for (; i < length; i++)
                if ((unsigned char)text[i] & 0x80)
                        return utf8_is_valid((Str){ text, length });
        return true;
}

static int append_text(BusBody *body, const char *text) {
        size_t length = strlen(text);
        uint32_t number = (uint32_t)length;
        uint8_t *at;

        if (!is_text(text, length))
                return -EINVAL;
        if (length >= BODY_MAX)
                return err_new(-EMSGSIZE);
        at = extend(body, 4, sizeof(number) + length + 1);
        if (!at)
                return err_new(-ENOMEM);
        memcpy(at, &number, sizeof(number));
        memcpy(at + sizeof(number), text, length + 1);
        return 0;
}

static int append_signature(BusBody *body, Str signature) {
        uint8_t *at = signature.length <= BUS_SIGNATURE_MAX ? extend(body, 1, signature.length + 2)
                                                            : NULL;

        if (!at)
                return err_new(-ENOMEM);
        at[0] = (uint8_t)signature.length;
        memcpy(at + 1, signature.data, signature.length);
        at[1 + signature.length] = 0;
        return 0;
}

static int append_number(BusBody *body, char type, const void *value) {
        uint32_t truth = type == 'b' && *(const int *)value != 0;
        size_t size = number_size(type);
        uint8_t *at;

        if (size == 0)
                return err_new(-EINVAL);
        at = extend(body, size, size);
        if (!at)
                return err_new(-ENOMEM);
        memcpy(at, type == 'b' ? &truth : value, size);
        return 0;
}

int bus_body_append_basic(BusBody *body, char type, const void *value) {
        BusFrame *frame = top(body);
        int r;

        if (frame->cursor == frame->end || *frame->cursor != type)
                return err_new(-EINVAL);
        if (type == 's' || type == 'o')
                r = append_text(body, value);
        else if (type == 'g')
                r = append_signature(body, str_of(value));
        else
                r = append_number(body, type, value);
        if (r < 0)
                return r;
        pass(frame, 1);
        return 0;
}

/* --- containers ------------------------------------------------------------------------------- */

static int push(BusBody *body, BusFrame frame) {
        if (body->depth == BUS_BODY_DEPTH_MAX)
                return err_new(-EINVAL);
        body->frames[body->depth++] = frame;
        return 0;
}

/* The array's length is filled in when it is closed. */
static int open_array(BusBody *body, Str element) {
        BusFrame frame = { element.data, element.data + element.length, 0, 0, true };
        size_t alignment = bus_type_alignment(*element.data);

        if (!extend(body, 4, 4))
                return err_new(-ENOMEM);
        frame.length_at = body->length - 4;
        if (!extend(body, alignment, 0))
                return err_new(-ENOMEM);
        frame.contents_at = body->length;
        return push(body, frame);
}

static int open_struct(BusBody *body, Str members) {
        BusFrame frame = { members.data, members.data + members.length, 0, 0, false };

        return extend(body, 8, 0) ? push(body, frame) : err_new(-ENOMEM);
}

static int open_variant(BusBody *body, const char *contents) {
        Str signature = { contents, bus_type_length(contents) };
        int r = append_signature(body, signature);

        if (r < 0)
                return r;
        return push(body, (BusFrame){ contents, contents + signature.length, 0, 0, false });
}

/* The types inside the container that comes next, `length` with the signs around them. */
static int expect(const BusFrame *frame, char type, const char *contents, Str *ret) {
        char sign = type == 'r' ? '(' : type == 'e' ? '{' : type;
        size_t around = type == 'a' ? 1 : 2;

        if (frame->cursor == frame->end || *frame->cursor != sign)
                return err_new(-EINVAL);
        *ret = (Str){ frame->cursor + 1, bus_type_length(frame->cursor) - around };
        if (contents && !str_equal(*ret, str_of(contents)))
                return err_new(-EINVAL);
        return 0;
}

static int open_container(BusBody *body, char type, const char *contents) {
        BusFrame *frame = top(body);
        Str inside;
        int r;

        if (type == 'v') {
                if (frame->cursor == frame->end || *frame->cursor != 'v')
                        return err_new(-EINVAL);
                pass(frame, 1);
                return open_variant(body, contents);
        }
        r = expect(frame, type, contents, &inside);
        if (r < 0)
                return r;
        pass(frame, inside.length + (type == 'a' ? 1 : 2));
        return type == 'a' ? open_array(body, inside) : open_struct(body, inside);
}

int bus_body_open(BusBody *body, char type, const char *contents) {
        assert(contents);
        assert(type == 'a' || type == 'r' || type == 'e' || type == 'v');
        return open_container(body, type, contents);
}

int bus_body_close(BusBody *body) {
        const BusFrame *frame = top(body);
        uint32_t size = (uint32_t)(body->length - frame->contents_at);

        assert(body->depth > 1);
        if (frame->is_array) {
                if (size > BUS_BODY_ARRAY_MAX)
                        return err_new(-EMSGSIZE);
                memcpy(body->data + frame->length_at, &size, sizeof(size));
        } else if (frame->cursor != frame->end)
                return err_new(-EINVAL);
        body->depth--;
        return 0;
}

/* --- several at once -------------------------------------------------------------------------- */

static int append_argument(BusBody *body, char type, va_list *args) {
        uint64_t wide;
        uint32_t word;
        uint16_t half;
        uint8_t byte;
        double real;

        switch (type) {
        case 's':
        case 'o':
        case 'g':
                return bus_body_append_basic(body, type, va_arg(*args, const char *));
        case 't':
        case 'x':
                wide = va_arg(*args, uint64_t);
                return bus_body_append_basic(body, type, &wide);
        case 'b':
        case 'u':
        case 'i':
                word = va_arg(*args, uint32_t);
                return bus_body_append_basic(body, type, &word);
        case 'n':
        case 'q':
                half = (uint16_t)va_arg(*args, int);
                return bus_body_append_basic(body, type, &half);
        case 'y':
                byte = (uint8_t)va_arg(*args, int);
                return bus_body_append_basic(body, type, &byte);
        case 'd':
                real = va_arg(*args, double);
                return bus_body_append_basic(body, type, &real);
        case '(':
                return open_container(body, 'r', NULL);
        case ')':
                return bus_body_close(body);
        default:
                return err_new(-EINVAL);
        }
}

int bus_body_append_va(BusBody *body, const char *arguments, va_list *args) {
        int r = 0;

        for (const char *type = arguments; *type && r >= 0; type++)
                r = append_argument(body, *type, args);
        return r;
}

int bus_body_append(BusBody *body, const char *arguments, ...) {
        va_list args;
        int r;

        va_start(args, arguments);
        r = bus_body_append_va(body, arguments, &args);
        va_end(args);
        return r;
}

int bus_body_append_array(BusBody *body, char type, const void *numbers, size_t size) {
        const char contents[] = { type, '\0' };
        int r = bus_body_open(body, 'a', contents);
        uint8_t *at;

        if (r < 0)
                return r;
        at = extend(body, 1, size);
        if (!at)
                return err_new(-ENOMEM);
        if (size > 0)
                memcpy(at, numbers, size);
        return bus_body_close(body);
}

bool bus_body_is_complete(const BusBody *body) {
        return body->depth == 1 && body->frames[0].cursor == body->frames[0].end;
}

const uint8_t *bus_body_element(const BusBody *body, size_t length_before, size_t *ret_size) {
        size_t begin = aligned(length_before, 8);

        assert(begin <= body->length);
        *ret_size = body->length - begin;
        return body->data + begin;
}

int bus_body_append_element(BusBody *body, const uint8_t *bytes, size_t size) {
        const BusFrame *frame = top(body);
        uint8_t *at;

        if (!frame->is_array || bus_type_alignment(*frame->cursor) != 8)
                return err_new(-EINVAL);
        at = extend(body, 8, size);
        if (!at)
                return err_new(-ENOMEM);
        memcpy(at, bytes, size);
        return 0;
}

int bus_body_open_entry(BusBody *body, const uint8_t *head, size_t size, const char *signature) {
        int r = strncmp(top(body)->cursor, "{sv}", 4) == 0 ? 0 : err_new(-EINVAL);

        if (r >= 0)
                r = bus_body_append_element(body, head, size);
        if (r >= 0)
                r = push(body, (BusFrame){ signature, signature + strlen(signature), 0, 0, false });
        return r;
}

void bus_body_rewind(BusBody *body, size_t length_before) {
        assert(length_before <= body->length && top(body)->is_array);
        body->length = length_before;
}
