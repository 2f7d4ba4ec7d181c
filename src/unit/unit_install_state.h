/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Whether unit files are enabled, and what presets say of them (systemctl(1), is-enabled and
 * list-unit-files). Reads only; one object answers many questions from one reading of the
 * directories. */

#include "unit/unit_install.h"

typedef struct UnitInstallView UnitInstallView;

typedef enum UnitFileState {
        UNIT_FILE_ENABLED,
        UNIT_FILE_ENABLED_RUNTIME,
        UNIT_FILE_LINKED,
        UNIT_FILE_LINKED_RUNTIME,
        UNIT_FILE_ALIAS,
        UNIT_FILE_MASKED,
        UNIT_FILE_MASKED_RUNTIME,
        UNIT_FILE_STATIC,
        UNIT_FILE_DISABLED,
        UNIT_FILE_INDIRECT,
        UNIT_FILE_GENERATED,
        UNIT_FILE_TRANSIENT,
        UNIT_FILE_BAD,
        UNIT_FILE_STATE_COUNT
} UnitFileState;

/* Starts; directories are read as they are needed. `options` and what it points to must outlive the
 * view. */
int unit_install_view_new(const UnitInstallOptions *options, UnitInstallView **ret);

/* Releases it; returns NULL. */
UnitInstallView *unit_install_view_free(UnitInstallView *view);
DEFINE_AUTO(UnitInstallView *, unit_install_view_free);

/* The state of a unit file. -ENOENT when there is none, -EINVAL for what is no name, -errno for one
 * that cannot be used (UNIT_FILE_BAD in lists). */
int unit_install_view_state(UnitInstallView *view, const char *name, UnitFileState *ret);

/* Whether a name leads to a file at all: 1, 0; -errno for links that go wrong. */
int unit_install_view_exists(UnitInstallView *view, const char *name);

/* What presets say: 1 enable, 0 disable; -errno. */
int unit_install_view_preset(UnitInstallView *view, const char *name);

/* One file of a list. The path includes the root directory. */
typedef void UnitInstallFileFunction(void *userdata, const char *path, UnitFileState state);

/* Calls `add` for every unit name there is, with the path of highest priority, sorted by
 * directory. */
int unit_install_view_each(UnitInstallView *view, UnitInstallFileFunction *add, void *userdata);

/* The unit that default.target leads to, in fresh memory. -ENOENT. */
int unit_install_view_default(UnitInstallView *view, char **ret);

/* The links that disable would remove. */
int unit_install_view_links(UnitInstallView *view, const char *name, bool runtime, char ***ret);

/* What is wrong in the unit files read so far; empty after. */
void unit_install_view_take_diag(UnitInstallView *view, Diag *to);

/* "enabled", "enabled-runtime", ... and back; -EINVAL. */
const char *unit_file_state_name(UnitFileState state);
int unit_file_state_parse(const char *name);
