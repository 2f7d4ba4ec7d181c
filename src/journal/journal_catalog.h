/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Explanations of messages: a text for a MESSAGE_ID, in several languages, with "@FIELD@" where
 * values of the entry go. They are in the database that `journalctl --update-catalog` makes of
 * *.catalog files; texts for what tend itself says are built in for machines without one. Nothing
 * of the database is believed. */

#include "base/auto.h"
#include "base/random_id.h"
#include "base/str.h"
#include "base/strbuf.h"

typedef struct JournalCatalog JournalCatalog;

#define JOURNAL_CATALOG_PATH "/var/lib/systemd/catalog/database"

/* Opens the database. `language` ("de_DE"; NULL or "" = none) is preferred where there is a text in
 * it. -ENOMEM; -ENOENT when it is not there; one that is no database has no texts. */
int journal_catalog_open(const char *path, const char *language, JournalCatalog **ret);

/* The same of bytes in memory, which are copied. */
int journal_catalog_new(Str bytes, const char *language, JournalCatalog **ret);

/* The text of an id, which ends in a line break; false when there is none. */
bool journal_catalog_find(const JournalCatalog *catalog, Id128 id, Str *ret);

/* Calls `each` with every id of the database once, in order; ends with what it returns below 0. */
int journal_catalog_each(const JournalCatalog *catalog,
                         int (*each)(void *userdata, Id128 id, Str text),
                         void *userdata);

/* Appends a text with values: `value` says what a field has (false = nothing, then its name is
 * taken). */
void journal_catalog_fill(Str text,
                          bool (*value)(void *userdata, const char *field, Str *ret),
                          void *userdata,
                          StrBuf *out);

/* The value of a header line of a text ("Subject"), empty when there is none. */
Str journal_catalog_header(Str text, const char *name);

/* Releases it; NULL. */
JournalCatalog *journal_catalog_free(JournalCatalog *catalog);
DEFINE_AUTO(JournalCatalog *, journal_catalog_free);
