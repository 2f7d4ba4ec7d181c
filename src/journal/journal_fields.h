/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The names of fields of a file, and the values that a field takes, without looking at entries. */

#include "base/strv.h"
#include "journal/journal_read.h"

typedef int JournalValueFunction(void *userdata, Str value);

/* Calls for each field; ends with the first negative answer. */
int journal_fields_each(JournalReader *reader, JournalValueFunction *function, void *userdata);

/* Calls for each value of a field (that which is behind the '='), newest first. */
int journal_field_values_each(JournalReader *reader,
                              Str field,
                              JournalValueFunction *function,
                              void *userdata);
