/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What enabling needs to know of one unit: where its file is, whether it is a link, and what its
 * [Install] section asks for; and the set of units that one operation is about, in order. */

#include <stdbool.h>

#include "unit/unit_install_work.h"

typedef enum InstallMode {
        INSTALL_MODE_UNKNOWN, /* not looked for yet */
        INSTALL_MODE_REGULAR,
        INSTALL_MODE_LINKED, /* a link out of the search path */
        INSTALL_MODE_ALIAS,  /* a link to another name, or to the same one elsewhere */
        INSTALL_MODE_MASKED,
} InstallMode;

typedef struct InstallInfo {
        char *name, *path;
        char *target; /* of INSTALL_MODE_LINKED and INSTALL_MODE_ALIAS */
        char *default_instance;
        char **aliases, **wanted_by, **required_by, **also;
        InstallMode mode;
        bool auxiliary; /* only named by Also= */
} InstallInfo;

/* The units of one operation; the first `n_processed` are done with. */
typedef struct InstallSet {
        InstallInfo **items; /* owned */
        size_t n_items, n_processed;
} InstallSet;

typedef enum InstallSearchFlags {
        INSTALL_SEARCH_LOAD = 1 << 0,          /* read [Install] */
        INSTALL_SEARCH_FOLLOW_CONFIG = 1 << 1, /* follow links of the administrator */
        INSTALL_SEARCH_DROPIN = 1 << 2,        /* internal: the file is a drop-in */
} InstallSearchFlags;

/* Releases the units. */
void install_set_done(InstallSet *set);
DEFINE_AUTO_DONE(InstallSet, install_set_done);

/* The unit of this name; NULL. */
InstallInfo *install_set_find(const InstallSet *set, const char *name);

/* Adds a unit by name, or by path (then `name` is NULL), unless it is there. -EINVAL. */
int install_set_add(InstallSet *set, const char *name, const char *path, InstallInfo **ret);

/* The same for what a person gave: a name or a path below the root directory. */
int install_set_add_typed(InstallSet *set,
                          const InstallWork *work,
                          const char *typed,
                          InstallInfo **ret);

/* Finds the unit's file and follows links to the unit they lead to. -ENOENT, -ELOOP, -ENOLINK (a
 * link leads nowhere), other -errno. `ret` may be NULL. */
int install_info_find(
        InstallWork *work, InstallSet *set, InstallInfo *start, unsigned flags, InstallInfo **ret);

/* Adds a unit and finds it; what is wrong becomes a change. */
int install_discover(
        InstallWork *work, InstallSet *set, const char *typed, unsigned flags, InstallInfo **ret);

/* The same, and refuses masked, generated and transient units. */
int install_discover_usable(
        InstallWork *work, InstallSet *set, const char *typed, unsigned flags, InstallInfo **ret);

/* Whether [Install] asks for links, and whether it names other units. */
bool install_info_has_rules(const InstallInfo *info);
bool install_info_has_also(const InstallInfo *info);

/* Expands specifiers as they are meant for this unit. -EBADSLT and the like, -ENOMEM. */
int install_info_expand(const InstallWork *work,
                        const InstallInfo *info,
                        const char *text,
                        char **ret);
