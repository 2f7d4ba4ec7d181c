/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The environment that services start from: what the manager passes on, PassEnvironment= and what
 * belongs to one start. Unit settings (Environment= and so on) are the executor's. */

#include <stdbool.h>

#include "base/auto.h"
#include "host/manager_config.h"

/* The list of assignments that every service of this scope starts with: for the system a search
 * path and the language, for a user all of the manager's own environment; then DefaultEnvironment=.
 */
int host_environment_new(const ManagerConfig *config, char *const *own, char ***ret);

/* Whether "NAME=value" may be an assignment. */
bool environment_assignment_is_valid(const char *assignment);

/* Whether it can be unset: a name, or an assignment. */
bool environment_name_is_valid(const char *text);

/* Replaces or adds assignments. -EINVAL when one is not valid; nothing has changed then. */
int host_environment_set(char ***list, char *const *assignments);

/* Removes by name, or, with '=' in it, that exact assignment. */
void host_environment_unset(char **list, char *const *names);

/* "NAME=value" in a list, NULL when it is not there; `name` may have a '=' and more behind it. */
char *const *host_environment_find(char *const *list, const char *name);
