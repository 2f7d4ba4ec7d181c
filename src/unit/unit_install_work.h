/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What one file operation works on: paths, the tree with its plan, and what there is to report. */

#include "base/diag.h"
#include "unit/specifier.h"
#include "unit/unit_install.h"
#include "unit/unit_install_paths.h"
#include "unit/unit_install_tree.h"

typedef struct InstallWork {
        InstallPaths paths;
        InstallTree tree;
        const SpecifierMachine *machine; /* not owned */
        Diag diag;                       /* what is wrong in unit files */
        UnitInstallChanges changes;
        const char *config_path; /* where links are made, NULL = nowhere; of `paths` */
        unsigned flags;          /* UnitInstallFlags */
} InstallWork;

/* Starts without a plan. -ENOMEM. */
int install_work_init(InstallWork *work, const UnitInstallOptions *options);

/* Releases everything. */
void install_work_done(InstallWork *work);
DEFINE_AUTO_DONE(InstallWork, install_work_done);
