/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a file operation (enable, mask, ...) did or could not do, in order, and how systemctl says
 * it. */

#include <stddef.h>

#include "base/auto.h"
#include "base/strbuf.h"

typedef enum UnitInstallChangeKind {
        INSTALL_LINKED,              /* path now points to source */
        INSTALL_UNLINKED,            /* path is gone */
        INSTALL_IS_MASKED,           /* unit `path` is masked and was passed over */
        INSTALL_IS_DANGLING,         /* unit `path` is an alias of nothing */
        INSTALL_DESTINATION_MISSING, /* `source` was made a dependency of `path`, which is no unit
                                      */
        INSTALL_AUXILIARY_FAILED,    /* unit `path` of Also= could not be enabled */
        INSTALL_FAILED,              /* `error` about `path` */
        INSTALL_CHANGE_KIND_COUNT
} UnitInstallChangeKind;

typedef struct UnitInstallChange {
        UnitInstallChangeKind kind;
        int error; /* negative errno of INSTALL_FAILED, else 0 */
        char *path, *source;
} UnitInstallChange;

typedef struct UnitInstallChanges {
        UnitInstallChange *items; /* owned */
        size_t n_items;
} UnitInstallChanges;

/* Adds a change; `source` may be NULL. -ENOMEM. */
int unit_install_change_add(UnitInstallChanges *changes,
                            UnitInstallChangeKind kind,
                            const char *path,
                            const char *source);

/* Adds a failure and returns its error (or -ENOMEM). */
int unit_install_change_fail(UnitInstallChanges *changes,
                             int error,
                             const char *path,
                             const char *source);

/* Releases the changes; the list can be used again. */
void unit_install_changes_done(UnitInstallChanges *changes);
DEFINE_AUTO_DONE(UnitInstallChanges, unit_install_changes_done);

/* The kind's name on the bus: "symlink", "unlink", "masked", ...; NULL for failures. */
const char *unit_install_change_kind_name(UnitInstallChangeKind kind);

/* The kind of a name on the bus, or -EINVAL. */
int unit_install_change_kind_parse(const char *name);

/* Appends the line that systemctl prints for a change, without its line break. `verb` is the word
 * after "Failed to". */
void unit_install_change_print(const UnitInstallChange *change, const char *verb, StrBuf *out);

/* Whether the line only informs: nothing is wrong. */
bool unit_install_change_is_information(const UnitInstallChange *change);

/* Appends the text of a failure as the manager words it on the bus, and gives the last part of the
 * error's D-Bus name below org.freedesktop.systemd1; NULL where the errno says it all. */
const char *unit_install_failure_print(const UnitInstallChange *change, StrBuf *out);
