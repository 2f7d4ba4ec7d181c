/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The arguments of one message in D-Bus's own form (the "Marshaling" part of the D-Bus
 * specification), in the byte order of this machine. What is appended must be what the signature
 * says next: a value of another type is refused with -EINVAL, so that no client ever sees a message
 * that contradicts itself. Knows nothing of connections. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "base/auto.h"
#include "base/str.h"

#define BUS_BODY_DEPTH_MAX 16              /* containers inside one another */
#define BUS_BODY_ARRAY_MAX (64u * 1048576) /* bytes of one array, by the specification */
#define BUS_SIGNATURE_MAX 255              /* bytes */

/* One container that is open. */
typedef struct BusFrame {
        const char *cursor, *end; /* the types that are still to come */
        size_t length_at;         /* of an array: where its length goes */
        size_t contents_at;       /* of an array: where its elements begin */
        bool is_array;
} BusFrame;

typedef struct BusBody {
        const char *signature; /* of all arguments; not owned */
        uint8_t *data;         /* owned */
        size_t length, capacity;
        unsigned depth;
        BusFrame frames[BUS_BODY_DEPTH_MAX]; /* the first one is the list of arguments */
} BusBody;

/* A body without arguments so far; the signature must live longer. */
BusBody bus_body_of(const char *signature);

/* Releases the memory. */
void bus_body_done(BusBody *body);
DEFINE_AUTO_DONE(BusBody, bus_body_done);

/* Opens an array ('a'), struct ('r'), dictionary entry ('e') or variant ('v') with these contents,
 * and closes the one opened last. 0, -ENOMEM, -EINVAL; -EMSGSIZE for an array above the limit. */
int bus_body_open(BusBody *body, char type, const char *contents);
int bus_body_close(BusBody *body);

/* Appends one value: from the number ('b' is an int), or the string itself. -EINVAL also for what
 * is not UTF-8. */
int bus_body_append_basic(BusBody *body, char type, const void *value);

/* Appends basic values and structs of them, as sd_bus_message_append(3) does. */
int bus_body_append(BusBody *body, const char *types, ...);
int bus_body_append_va(BusBody *body, const char *types, va_list *args);

/* Appends an array of numbers; `size` is in bytes. */
int bus_body_append_array(BusBody *body, char type, const void *numbers, size_t size);

/* Whether all arguments are there. */
bool bus_body_is_complete(const BusBody *body);

/* The struct or dictionary entry that was appended when the body had this length: its bytes, which
 * are the same wherever it stands. */
const uint8_t *bus_body_element(const BusBody *body, size_t length_before, size_t *ret_size);

/* Appends to an array of structs or dictionary entries one that bus_body_element gave of another
 * body. 0, -ENOMEM, -EINVAL for an array of something else. */
int bus_body_append_element(BusBody *body, const uint8_t *bytes, size_t size);

/* Opens a dictionary entry {sv} and the variant in it, of which `head` is what comes before the
 * value: the name, and the variant's type, which is also `signature`. One bus_body_close closes
 * both. 0, -ENOMEM, -EINVAL where no such entry is expected. */
int bus_body_open_entry(BusBody *body, const uint8_t *head, size_t size, const char *signature);

/* Takes back the elements of the open array that came when the body had this length. */
void bus_body_rewind(BusBody *body, size_t length_before);

/* Appends the arguments to a message of libsystemd (bus_body_copy.c). */
int bus_body_copy(const BusBody *body, sd_bus_message *message);

/* Length of the first complete type of a valid signature. */
size_t bus_type_length(const char *signature);

/* What a value of this type is aligned to, in bytes; 0 for no type. */
size_t bus_type_alignment(char type);
