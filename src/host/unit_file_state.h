/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Whether unit files are enabled: by the links that [Install] asks for. Reading only. */

#include "host/host.h"

typedef void UnitFileFunction(void *userdata, const char *path, const char *state);

/* "enabled", "enabled-runtime", "linked", "alias", "masked", "masked-runtime", "static",
 * "indirect", "disabled", "generated", "transient", "bad"; -ENOENT when there is no such file. */
int unit_file_state_get(Host *host, const char *name, const char **ret_state, char **ret_path);

/* Calls `add` for all unit files of the search path. */
int unit_file_state_each(Host *host, UnitFileFunction *add, void *userdata);

/* The unit that default.target leads to, in fresh memory. -ENOENT. */
int unit_file_default_target(Host *host, char **ret_name);
