/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One property of the bus as text, as `systemctl show` words it, or as JSON with its type. */

#include <systemd/sd-bus.h>

#include "base/json.h"
#include "base/strbuf.h"

/* Reads the value at the front of the message (its signature is `contents`) and appends it. Lists
 * of structures give one text with the parts in braces. */
int property_print(sd_bus_message *message, const char *name, const char *contents, StrBuf *out);

/* One item of a list, whose items are of type `contents`, for which systemctl has a line each. */
int property_print_item(sd_bus_message *message,
                        const char *name,
                        const char *contents,
                        StrBuf *out);

/* The same as a JSON value under `key` (NULL inside arrays). */
int property_print_json(sd_bus_message *message, const char *key, JsonWriter *writer);

/* A number of the property `name` in the words of systemctl: times as dates and spans, limits as
 * "infinity". */
void property_print_number(const char *name, uint64_t number, StrBuf *out);
