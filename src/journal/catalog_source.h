/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The *.catalog files that packages install, and the database that is made of them
 * (journal_catalog.h reads it). In a file, texts stand behind lines "-- ID [LANGUAGE]"; without a
 * language the file's name says which ("x.de.catalog"). Files in /usr/local/lib hide those of the
 * same name in /usr/lib. */

#include "base/auto.h"
#include "base/diag.h"
#include "base/str.h"
#include "base/strbuf.h"

typedef struct CatalogSource CatalogSource;

/* Without texts. -ENOMEM. */
int catalog_source_new(CatalogSource **ret);

/* Adds the texts of one file; findings name `path`. -EBADMSG with a finding when it is no such
 * file, -ENOMEM; then some of its texts may have been taken. */
int catalog_source_add(CatalogSource *source, Str text, const char *path, Diag *diag);

/* Adds all files of a machine whose "/" is at `root`, in order of their names. As above; also
 * -errno with a finding when a file cannot be read. No files are success. */
int catalog_source_load(CatalogSource *source, const char *root, Diag *diag);

/* How many texts there are. */
size_t catalog_source_count(const CatalogSource *source);

/* Appends the database. Where a text comes twice, headers of the later one stand before the others,
 * and its body, if it has one, is taken. -ENOMEM. */
int catalog_source_print(CatalogSource *source, StrBuf *out);

/* Releases it; NULL. */
CatalogSource *catalog_source_free(CatalogSource *source);
DEFINE_AUTO(CatalogSource *, catalog_source_free);
