/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_work.h"

#include "base/error.h"

int install_work_init(InstallWork *work, const UnitInstallOptions *options) {
        *work = (InstallWork){ .machine = options->machine };
        int r = install_paths_init(options->search, options->global, &work->paths);

        if (r >= 0)
                r = install_tree_init(&work->tree, work->paths.root);
        return err_pass(r);
}

void install_work_done(InstallWork *work) {
        install_tree_done(&work->tree);
        install_paths_done(&work->paths);
        unit_install_changes_done(&work->changes);
        diag_clear(&work->diag);
}
