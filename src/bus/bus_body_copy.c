/* SPDX-License-Identifier: Apache-2.0 */

/* From our form of arguments to a message of libsystemd. */

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "bus/bus_body.h"

typedef struct Copy {
        const BusBody *body;
        sd_bus_message *message;
        size_t offset; /* in the body */
} Copy;

/* The body was made by us and is well formed; this only keeps a mistake from doing harm. */
static const void *take(Copy *copy, size_t alignment, size_t size) {
        size_t begin = (copy->offset + alignment - 1) & ~(alignment - 1);

        if (begin + size > copy->body->length)
                return NULL;
        copy->offset = begin + size;
        return copy->body->data + begin;
}

static int take_u32(Copy *copy, uint32_t *ret) {
        const void *at = take(copy, 4, sizeof(*ret));

        if (!at)
                return err_new(-EBADMSG);
        memcpy(ret, at, sizeof(*ret));
        return 0;
}

static int copy_values(Copy *copy, Str types);

static int copy_text(Copy *copy, char type) {
        const uint8_t *length_byte;
        const char *text;
        uint32_t length;
        int r = 0;

        if (type == 'g') {
                length_byte = take(copy, 1, 1);
                length = length_byte ? *length_byte : 0;
        } else
                r = take_u32(copy, &length);
        if (r < 0)
                return r;
        text = take(copy, 1, (size_t)length + 1);
        return text ? sd_bus_message_append_basic(copy->message, type, text) : err_new(-EBADMSG);
}

static int copy_basic(Copy *copy, char type) {
        size_t size = bus_type_alignment(type);
        const void *at;
        uint64_t number = 0;

        if (type == 's' || type == 'o' || type == 'g')
                return copy_text(copy, type);
        at = take(copy, size, size);
        if (!at)
                return err_new(-EBADMSG);
        memcpy(&number, at, size);
        return sd_bus_message_append_basic(copy->message, type, &number);
}

static int copy_elements(Copy *copy, Str element) {
        uint32_t size;
        int r = take_u32(copy, &size);

        if (r < 0)
                return r;
        if (!take(copy, bus_type_alignment(*element.data), 0))
                return err_new(-EBADMSG);
        for (size_t end = copy->offset + size; r >= 0 && copy->offset < end;)
                r = copy_values(copy, element);
        return r;
}

static int copy_variant(Copy *copy) {
        const uint8_t *length = take(copy, 1, 1);
        const char *signature = length ? take(copy, 1, (size_t)*length + 1) : NULL;
        int r;

        if (!signature)
                return err_new(-EBADMSG);
        r = sd_bus_message_open_container(copy->message, 'v', signature);
        if (r >= 0)
                r = copy_values(copy, (Str){ signature, *length });
        return r < 0 ? r : sd_bus_message_close_container(copy->message);
}

static int copy_container(Copy *copy, Str type) {
        bool is_array = *type.data == 'a';
        Str inside = { type.data + 1, type.length - (is_array ? 1 : 2) };
        char contents[BUS_SIGNATURE_MAX + 1], sign = is_array ? 'a' : *type.data == '(' ? 'r' : 'e';
        int r;

        if (inside.length >= sizeof(contents))
                return err_new(-EINVAL);
        memcpy(contents, inside.data, inside.length);
        contents[inside.length] = '\0';
        r = sd_bus_message_open_container(copy->message, sign, contents);
        if (r >= 0 && is_array)
                r = copy_elements(copy, inside);
        else if (r >= 0)
                r = take(copy, 8, 0) ? copy_values(copy, inside) : err_new(-EBADMSG);
        return r < 0 ? r : sd_bus_message_close_container(copy->message);
}

static int copy_value(Copy *copy, Str type) {
        if (*type.data == 'v')
                return copy_variant(copy);
        if (*type.data == 'a' || *type.data == '(' || *type.data == '{')
                return copy_container(copy, type);
        return copy_basic(copy, *type.data);
}

static int copy_values(Copy *copy, Str list) {
        int r = 0;

        while (list.length > 0 && r >= 0) {
                size_t n = bus_type_length(list.data);
                r = copy_value(copy, (Str){ list.data, n });
                list.data += n;
                list.length -= n;
        }
        return r;
}

int bus_body_copy(const BusBody *body, sd_bus_message *message) {
        Copy copy = { .body = body, .message = message };

        if (!bus_body_is_complete(body))
                return err_new(-EINVAL);
        return copy_values(&copy, str_of(body->signature));
}
