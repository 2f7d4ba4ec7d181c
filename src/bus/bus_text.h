/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Strings onto the bus. D-Bus takes UTF-8 only; names of files and command lines of processes are
 * bytes. */

#include "bus/bus_body.h"

/* Appends a string; bytes that are not UTF-8 become "?", NULL becomes "". */
int bus_append_text(BusBody *body, const char *text);

/* Appends a list of strings in the same way; NULL is the empty list. */
int bus_append_strv(BusBody *body, char *const *list);
