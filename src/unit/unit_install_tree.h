/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Directories of unit files as they will be: what is on the disk, with the changes that are
 * planned. Nothing is written here; unit_install_commit.h carries the plan out. Links are followed
 * below the root directory only. */

#include <stdbool.h>

#include "base/auto.h"
#include "base/hashtable.h"

typedef struct InstallNode {
        char *name;
        unsigned char type; /* DT_REG, DT_LNK, DT_DIR, ... */
        char *target;       /* of a link, as written */
} InstallNode;

typedef struct InstallListing {
        char *path;
        int error;        /* why it could not be read, 0 */
        HashTable *nodes; /* name to InstallNode, in the directory's own order */
} InstallListing;

typedef enum InstallStepKind {
        INSTALL_STEP_LINK,   /* path becomes a link to target */
        INSTALL_STEP_UNLINK, /* the file or link at path goes, and directories it leaves empty */
        INSTALL_STEP_REMOVE, /* path goes with everything in it */
        INSTALL_STEP_KIND_COUNT
} InstallStepKind;

typedef struct InstallStep {
        InstallStepKind kind;
        char *path;
        char *target; /* of INSTALL_STEP_LINK */
} InstallStep;

typedef struct InstallTree {
        const char *root;    /* NULL = "/"; not owned */
        HashTable *listings; /* path to InstallListing, owned */
        InstallStep *steps;  /* the plan, in order; owned */
        size_t n_steps;
} InstallTree;

/* Starts without having read anything. -ENOMEM. */
int install_tree_init(InstallTree *tree, const char *root);

/* Releases it. */
void install_tree_done(InstallTree *tree);
DEFINE_AUTO_DONE(InstallTree, install_tree_done);

/* The listing of a directory, read on first use; one that cannot be read is empty. -ENOMEM. */
int install_tree_list(InstallTree *tree, const char *path, const InstallListing **ret);

/* What is at `path`: 1, or 0 when nothing is, -errno when its directory cannot be read. */
int install_tree_find(InstallTree *tree, const char *path, const InstallNode **ret);

/* Plans a link at `path`, over what may be there. */
int install_tree_link(InstallTree *tree, const char *path, const char *target);

/* Plans the removal of a link or file, or (`kind` INSTALL_STEP_REMOVE) of all below it. */
int install_tree_remove(InstallTree *tree, InstallStepKind kind, const char *path);

typedef enum InstallChaseFlags {
        INSTALL_CHASE_NOFOLLOW = 1 << 0, /* a link at the end stays */
} InstallChaseFlags;

/* `path` with all links on the way followed, in fresh memory, root included; what is missing is
 * taken as it is written. -ELOOP, -errno. */
int install_tree_chase(InstallTree *tree, const char *path, unsigned flags, char **ret);

/* Whether what is at `path` (links followed) masks a unit: an empty file, or /dev/null. 1, 0, or
 * -ENOENT and other -errno. */
int install_tree_is_mask(InstallTree *tree, const char *path);

/* The text of a regular file, links followed. -errno. */
int install_tree_read(InstallTree *tree, const char *path, char **ret_text, size_t *ret_length);
