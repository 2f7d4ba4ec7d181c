/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where LoadCredential= gets its data: files, directories of files, stream sockets, and the places
 * for those that are only named. */

#include "base/strbuf.h"

/* Appends what is at an absolute path: a file's content, or all that a stream socket gives, which
 * sees an abstract address that names unit and credential (systemd.exec(5)). -EISDIR for a
 * directory, -E2BIG beyond `limit` bytes. */
int credential_read(const char *path, const char *unit, const char *id, size_t limit, StrBuf *out);

/* The i-th directory in which credentials are looked for by name; NULL = `inherited` is NULL.
 * CREDENTIAL_PLACES of them. */
const char *credential_place(unsigned i, const char *inherited);

#define CREDENTIAL_PLACES 5

/* Appends the content of a credential that is only named, from `inherited` or the credstore
 * directories; -ENOENT when it is in none of them. */
int credential_find(const char *name, const char *inherited, size_t limit, StrBuf *out);
