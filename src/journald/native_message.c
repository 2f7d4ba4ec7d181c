/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/native_message.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>

#include "base/error.h"

#define NAME_LENGTH_MAX 64
#define SIZE_LENGTH 8

bool native_field_is_valid(Str name) {
        if (name.length == 0 || name.length > NAME_LENGTH_MAX || name.data[0] == '_' ||
            (name.data[0] >= '0' && name.data[0] <= '9'))
                return false;
        for (size_t i = 0; i < name.length; i++) {
                char c = name.data[i];
                if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_')
                        return false;
        }
        return true;
}

static void skip(NativeMessage *message, size_t n) {
        message->data += n;
        message->length -= n;
}

static int add(NativeMessage *message, Str value, size_t name_length) {
        Str name = { value.data, name_length };

        if (!native_field_is_valid(name))
                return 0;
        if (message->n == message->max)
                return err_new(-E2BIG);
        message->values[message->n++] = value;
        Str text = { value.data + name_length + 1, value.length - name_length - 1 };
        if (text.length == 1 && text.data[0] >= '0' && text.data[0] <= '7' &&
            str_equal_c(name, "PRIORITY"))
                message->priority = text.data[0] - '0';
        return 0;
}

/* "NAME\n", 8 bytes of length, the value, "\n". The name moves to the front of the value. */
static int take_binary(NativeMessage *message, size_t name_length) {
        size_t start = name_length + 1 + SIZE_LENGTH;
        uint64_t size;

        if (message->length < start)
                return err_new(-EBADMSG);
        memcpy(&size, message->data + name_length + 1, sizeof(size));
        size = le64toh(size);
        if (size >= message->length - start || message->data[start + size] != '\n')
                return err_new(-EBADMSG);
        char *value = message->data + start - 1 - name_length;
        memmove(value, message->data, name_length);
        value[name_length] = '=';
        int r = add(message, (Str){ value, name_length + 1 + size }, name_length);
        skip(message, start + size + 1);
        return err_pass(r);
}

static int take_line(NativeMessage *message) {
        char *end = memchr(message->data, '\n', message->length);
        size_t length = end ? (size_t)(end - message->data) : message->length;
        Str line = { message->data, length };
        ssize_t equals = str_find_char(line, '=');
        int r = 0;

        if (line.data[0] != '.' && line.data[0] != '#') { /* these are comments */
                if (equals < 0)
                        return end ? err_pass(take_binary(message, length)) : err_new(-EBADMSG);
                r = add(message, line, (size_t)equals);
        }
        skip(message, end ? length + 1 : length);
        return err_pass(r);
}

int native_message_next(NativeMessage *message) {
        message->n = 0;
        message->priority = -1;
        while (message->length > 0) {
                if (message->data[0] == '\n') {
                        skip(message, 1);
                        if (message->n > 0)
                                return 1;
                        continue;
                }
                int r = take_line(message);
                if (r < 0) {
                        message->length = 0;
                        return err_pass(r);
                }
        }
        return message->n > 0;
}
