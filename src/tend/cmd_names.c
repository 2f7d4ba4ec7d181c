/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_names.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/file_io.h"
#include "base/path_name.h"
#include "base/str.h"
#include "tend/systemd_names.h"

/* Whether there is a link to us already. */
static bool is_ours(const char *path, const char *program) {
        AUTO_FREE char *target = realpath(path, NULL);
        return target && streq(target, program);
}

static int install_name(const Tend *tend, const char *path, const char *program) {
        if (symlink(program, path) == 0) {
                if (!(tend->flags & TEND_QUIET))
                        printf("  %s\n", path);
                return 0;
        }
        int r = -errno;
        if (r == -EEXIST && is_ours(path, program))
                return 0;
        if (r == -EEXIST)
                tend_complain(tend, "%s is there and is another program; it stays", path);
        else
                tend_complain(tend, "Cannot make %s: %s", path, strerror(-r));
        return 1;
}

/* This program's path, also where an image is made and nobody has mounted /proc. */
static char *own_path(void) {
        char *path = realpath("/proc/self/exe", NULL);
        const char *executed = (const char *)(uintptr_t)getauxval(AT_EXECFN);
        return path || !executed ? path : realpath(executed, NULL);
}

int cmd_install_names(Tend *tend, char **arguments) {
        AUTO_FREE char *program = own_path();
        const char *name;
        int status = 0;

        if (!program) {
                tend_complain(tend, "Cannot tell where this program is: %s", strerror(errno));
                return 1;
        }
        int r = dir_make_all(arguments[0], 0755);
        if (r < 0) {
                tend_complain(tend, "Cannot make %s: %s", arguments[0], strerror(-r));
                return 1;
        }
        for (unsigned i = 0; (name = systemd_name_at(i)); i++) {
                AUTO_FREE char *path = path_join(arguments[0], name);
                if (!path || install_name(tend, path, program) != 0)
                        status = 1;
        }
        return status;
}
