/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Whether unit files are enabled: answers from one reading of the directories, until somebody says
 * that they changed. */

#include "host/host.h"

typedef void UnitFileFunction(void *userdata, const char *path, const char *state);

/* "enabled", "static", "masked", ... (static text); -ENOENT when there is no such file. */
int unit_file_state_get(Host *host, const char *name, const char **ret_state);

/* "enabled" or "disabled" by presets (static text); -errno. */
int unit_file_state_preset(Host *host, const char *name, const char **ret_preset);

/* Calls `add` for all unit files of the search path. */
int unit_file_state_each(Host *host, UnitFileFunction *add, void *userdata);

/* The unit that default.target leads to, in fresh memory. -ENOENT. */
int unit_file_default_target(Host *host, char **ret_name);

/* The directories are read again for the next question. */
void unit_file_state_forget(Host *host);
