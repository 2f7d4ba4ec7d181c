/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The directories of unit files by what they are for: where links are made, what belongs to
 * generators, the manager or the vendor. Text only. All paths include the root directory. */

#include <stdbool.h>

#include "base/auto.h"
#include "unit/unit_search.h"

typedef enum InstallDirectory {
        INSTALL_DIRECTORY_PERSISTENT, /* /etc/systemd/system: where links are made */
        INSTALL_DIRECTORY_RUNTIME,    /* /run/systemd/system: with --runtime */
        INSTALL_DIRECTORY_PERSISTENT_CONTROL,
        INSTALL_DIRECTORY_RUNTIME_CONTROL,
        INSTALL_DIRECTORY_TRANSIENT,
        INSTALL_DIRECTORY_GENERATOR,
        INSTALL_DIRECTORY_GENERATOR_EARLY,
        INSTALL_DIRECTORY_GENERATOR_LATE,
        INSTALL_DIRECTORY_COUNT
} InstallDirectory;

typedef struct InstallPaths {
        char *root;                             /* NULL = "/" */
        char **search;                          /* highest priority first */
        char *special[INSTALL_DIRECTORY_COUNT]; /* NULL where there is none */
        bool is_user;                           /* users' units, their own or for all users */
} InstallPaths;

/* Fills in the paths; `global`: the units of all users, in /etc/systemd/user. -ENOMEM. */
int install_paths_init(const UnitSearchOptions *options, bool global, InstallPaths *ret);

/* Releases them. */
void install_paths_done(InstallPaths *paths);
DEFINE_AUTO_DONE(InstallPaths, install_paths_done);

/* Whether the directory that `path` lies in is this one. */
bool install_paths_is_in(const InstallPaths *paths, InstallDirectory directory, const char *path);

/* The same for the directories of groups: the administrator's, control, generators, and those that
 * a reboot empties (also for a directory itself). */
bool install_paths_is_config(const InstallPaths *paths, const char *path);
bool install_paths_is_control(const InstallPaths *paths, const char *path);
bool install_paths_is_generator(const InstallPaths *paths, const char *path);
bool install_paths_is_runtime(const InstallPaths *paths, const char *path);
bool install_paths_is_runtime_directory(const InstallPaths *paths, const char *directory);

/* Whether `path` came with the operating system. */
bool install_paths_is_vendor(const InstallPaths *paths, const char *path);

/* Whether `path` lies directly in a directory of the search path. */
bool install_paths_is_searched(const InstallPaths *paths, const char *path);

/* `path` without the root directory; as it is when it does not lie there. */
const char *install_paths_without_root(const InstallPaths *paths, const char *path);

/* `path` below the root directory in fresh memory; NULL when out of memory. */
char *install_paths_with_root(const InstallPaths *paths, const char *path);
