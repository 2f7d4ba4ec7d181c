/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_work.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

int install_work_init(InstallWork *work, const UnitInstallOptions *options) {
        *work = (InstallWork){ .machine = options->machine };
        int r = install_paths_init(options->search, options->global, &work->paths);

        if (r >= 0 && options->transient_directory) {
                char **place = &work->paths.special[INSTALL_DIRECTORY_TRANSIENT];
                free(*place);
                *place = strdup(options->transient_directory);
                r = *place ? 0 : err_new(-ENOMEM);
        }
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
