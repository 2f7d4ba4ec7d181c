/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/temporary_files.h"

#include <errno.h>
#include <glob.h>
#include <string.h>

#include "base/macros.h"
#include "tend/program_run.h"

static const char *const patterns[] = {
        "/etc/tmpfiles.d/*.conf",
        "/run/tmpfiles.d/*.conf",
        "/usr/local/lib/tmpfiles.d/*.conf",
        "/usr/lib/tmpfiles.d/*.conf",
};

static size_t count_files(void) {
        glob_t found = { 0 };

        for (size_t i = 0; i < ARRAY_LENGTH(patterns); i++)
                (void)glob(
                        patterns[i], i > 0 ? GLOB_APPEND : 0, NULL, &found); /* none is as good */
        size_t n = found.gl_pathc;
        globfree(&found);
        return n;
}

void temporary_files_make(const Tend *tend) {
        static const char *const command[] = { "systemd-tmpfiles",      "--create",
                                               "--exclude-prefix=/dev", "--exclude-prefix=/proc",
                                               "--exclude-prefix=/sys", NULL };
        size_t n_files = count_files();

        if (n_files == 0)
                return;
        int r = program_run((char *const *)(uintptr_t)command);
        if (r == -ENOENT)
                tend_complain(
                        tend,
                        "Nobody makes what %zu files of tmpfiles.d ask for: there is no "
                        "systemd-tmpfiles here. Install it (Debian, Ubuntu: package "
                        "systemd-standalone-tmpfiles), or services may miss directories below /run",
                        n_files);
        else if (r < 0)
                tend_complain(tend, "Cannot run systemd-tmpfiles: %s", strerror(-r));
        else if (r > 0)
                tend_complain(tend, "systemd-tmpfiles --create ended with status %d, see above", r);
}
