/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The five kinds of directories a unit may own, as one table: settings, roots, variables. */

#include <stdbool.h>

#include "base/strbuf.h"
#include "unit/unit_spec.h"

typedef enum DirectoryKind {
        DIRECTORY_RUNTIME,
        DIRECTORY_STATE,
        DIRECTORY_CACHE,
        DIRECTORY_LOGS,
        DIRECTORY_CONFIGURATION,
        DIRECTORY_KIND_COUNT
} DirectoryKind;

typedef struct DirectoryKindRow {
        DirectoryKind kind;
        DirectiveId id;         /* RuntimeDirectory= */
        DirectiveId mode_id;    /* RuntimeDirectoryMode= */
        DirectiveId root_id;    /* RuntimeRoot= of the plan */
        const char *usual_root; /* of a system manager */
        const char *variable;   /* RUNTIME_DIRECTORY */
} DirectoryKindRow;

extern const DirectoryKindRow directory_kind_rows[DIRECTORY_KIND_COUNT];

/* The directory that all directories of this kind are below, from the plan or as usual. */
const char *directory_kind_root(const UnitSpec *spec, DirectoryKind kind);

/* Whether directories of this kind lie below "private" for a dynamic user: those that outlive it.
 */
bool directory_kind_is_private(const UnitSpec *spec, DirectoryKind kind);

/* Appends the full paths with colons between them (the variable's value); nothing when there are
 * none. */
void directory_kind_paths(const UnitSpec *spec, DirectoryKind kind, StrBuf *out);
